// The container's health check: asks the coordinator's own health page, over the certificate it made or was given.
import { request } from 'node:https';

const call = request({ host: '127.0.0.1', port: Number(process.env.CONSILIUM_PORT ?? 8443), path: '/health', rejectUnauthorized: false, timeout: 4000 }, (answer) => {
  process.exit(answer.statusCode === 200 ? 0 : 1);
});
call.on('error', () => process.exit(1));
call.on('timeout', () => process.exit(1));
call.end();
