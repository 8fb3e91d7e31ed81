import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checkingOptions, limitServer, SERVER_LIMITS, type ServerLimits } from './server-limits.js';

let server: Server | undefined;
let sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  server?.closeAllConnections();
  server?.close();
});

async function serve(limits: ServerLimits): Promise<number> {
  server = createServer(checkingOptions(limits), (_, response) => response.end('well'));
  limitServer(server, limits);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function knock(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  sockets.push(socket);
  return socket;
}

const answerOf = (port: number): Promise<number | undefined> => new Promise((resolve, reject) => get({ port, host: '127.0.0.1', agent: false }, (response) => resolve(response.resume().statusCode)).on('error', reject));

describe('fault 19: connections that take their time', () => {
  it('over a header, a byte at a time, end, and others are answered meanwhile', async () => {
    const port = await serve({ headersMilliseconds: 200, checkMilliseconds: 50, connections: 100 });
    const slow = Array.from({ length: 50 }, () => knock(port));
    const ends = slow.map((socket) => once(socket, 'close'));
    for (const socket of slow) socket.write('GET / HTTP/1.1\r\nHost: a\r\n');
    const dripping = setInterval(() => slow.forEach((socket) => socket.writable && socket.write('X')), 40);
    const started = performance.now();
    expect(await answerOf(port)).toBe(200);
    await Promise.all(ends);
    clearInterval(dripping);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('and come by the hundred, are closed beyond the limit before a byte is read; those who are in stay', async () => {
    const port = await serve({ ...SERVER_LIMITS, connections: 20 });
    const first = knock(port);
    await once(first, 'connect');
    const many = Array.from({ length: 150 }, () => knock(port));
    await Promise.all(many.slice(-100).map((socket) => once(socket, 'close')));
    expect(first.destroyed).toBe(false);
    const answered = once(first, 'data');
    first.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(String((await answered)[0])).toMatch(/^HTTP\/1\.1 200/);
  });
});
