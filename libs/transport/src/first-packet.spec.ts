import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { io } from 'socket.io-client';
import { AgentPolling, AgentWebSocket } from './agent-transports.js';
import { isReadable } from './first-packet.js';

const DAMAGED = '0{"sid":"abc" "upgrades":[]}';
const whole = { sid: 'abc', upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1_000_000 };

describe('the first packet of a connection', () => {
  it('is read where it is whole, and every other packet in any case', () => {
    expect(isReadable({ type: 'open', data: JSON.stringify(whole) })).toBe(true);
    expect(isReadable({ type: 'message', data: '{' })).toBe(true);
  });

  it('is not read where any of its bytes was altered so that it is another thing', () => {
    const text = JSON.stringify(whole);
    for (let at = 0; at < text.length; at++) {
      const altered = `${text.slice(0, at)}\u0001${text.slice(at + 1)}`;
      expect(isReadable({ type: 'open', data: altered })).toBe(false);
    }
    for (const data of ['', '[]', 'null', '{}', JSON.stringify({ ...whole, upgrades: undefined }), undefined]) expect(isReadable({ type: 'open', data })).toBe(false);
  });

  const servers: Server[] = [];
  const open: Duplex[] = [];
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  it.each([['a WebSocket', AgentWebSocket], ['polling', AgentPolling]] as const)('that is damaged ends the attempt over %s and not the program', async (_, transport) => {
    const server = createServer((request, response) => void response.end(DAMAGED));
    servers.push(server);
    server.on('upgrade', ({ headers }, socket) => {
      open.push(socket);
      const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
      socket.write(Buffer.from([0x81, DAMAGED.length]));
      socket.write(DAMAGED);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = io(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { transports: [transport], reconnection: false, forceNew: true });
    const error = await new Promise<Error>((resolve) => socket.on('connect_error', resolve));
    expect(error.message).toBe('the first packet is damaged');
    socket.disconnect();
  });
});
