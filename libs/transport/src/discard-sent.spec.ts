import { describe, expect, it } from 'vitest';
import { discardSent, type SendingSocket } from './discard-sent.js';

const FRAME_BYTES = 1 << 19;

/** A socket that holds frames until it is told that they are written. */
function slowSocket() {
  const waiting: (() => void)[] = [];
  const socket: SendingSocket = { send: (_data, _options, callback) => void waiting.push(() => callback?.()) };
  discardSent(socket);
  return { socket, write: () => waiting.splice(0).forEach((done) => done()) };
}

describe('frames that have been sent', () => {
  it('are in memory until they are written, and no longer', () => {
    const { socket, write } = slowSocket();
    const frame = new Uint8Array(FRAME_BYTES).fill(3);
    socket.send(frame, {});
    expect(frame.length).toBe(FRAME_BYTES);
    write();
    expect(frame.length).toBe(0);
  });

  it('are told of as before, with options or without', () => {
    const { socket, write } = slowSocket();
    const told: string[] = [];
    socket.send(new Uint8Array(FRAME_BYTES), {}, () => told.push('with options'));
    socket.send(new Uint8Array(FRAME_BYTES), () => told.push('without'));
    socket.send('3', {}, () => told.push('a text'));
    write();
    expect(told).toEqual(['with options', 'without', 'a text']);
  });
});
