import { NestPinoLogger } from '@consilium/operations';
import { pageFiles } from '@consilium/operations/pages';
import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { fileURLToPath } from 'node:url';
import { ConsoleModule } from './console.module.js';
import type { ConsoleParts } from './console-parts.js';

/** Where the console's build is, beside this program. */
const pagesFolder = fileURLToPath(new URL('../../../site-console/dist/', import.meta.url));

/** Other machines cannot reach this address, whatever the settings say. */
const LOOPBACK = '127.0.0.1';

/** Nothing is loaded from elsewhere and nothing is sent elsewhere; voxels are drawn from data of the console itself. */
const contentSecurity = { directives: { defaultSrc: ["'self'"], scriptSrc: ["'self'"], styleSrc: ["'self'", "'unsafe-inline'"], imgSrc: ["'self'", 'data:', 'blob:'], fontSrc: ["'self'"], connectSrc: ["'self'"], formAction: ["'self'"], frameAncestors: ["'none'"], upgradeInsecureRequests: null } };

/** Opens a site's console at its port of the loopback address. Rejects with E344 where the port is taken. */
export async function openConsole(parts: ConsoleParts): Promise<{ close(): Promise<void> }> {
  const { logger } = parts.runtime;
  const application = await NestFactory.create<NestExpressApplication>(ConsoleModule.over(parts), {
    logger: new NestPinoLogger(logger.child({}, { level: logger.level === 'info' ? 'warn' : logger.level })),
    bodyParser: false,
    forceCloseConnections: true,
    abortOnError: false,
  });
  application.use(helmet({ contentSecurityPolicy: contentSecurity, strictTransportSecurity: false }));
  application.useBodyParser('json', { limit: '256kb' });
  application.use(pageFiles(pagesFolder, { reserved: ['api'] }));
  try {
    await application.listen(parts.access.port, LOOPBACK);
  } catch (cause) {
    await application.close().catch(() => undefined);
    throw new ConsiliumError(agentErrors.consolePort, `The console cannot listen at port ${parts.access.port}. The agent works without it.`, { cause });
  }
  return { close: () => application.close() };
}
