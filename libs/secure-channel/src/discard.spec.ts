import { describe, expect, it } from 'vitest';
import { discard } from './discard.js';

describe('memory that nobody reads again', () => {
  it('is gone at once', () => {
    const bytes = new Uint8Array(1 << 20).fill(7);
    const { buffer } = bytes;
    discard(bytes);
    expect(bytes.length).toBe(0);
    expect(buffer.byteLength).toBe(0);
  });

  it('goes with the few bytes before a payload', () => {
    const bytes = new Uint8Array(1 << 20);
    discard(bytes.subarray(4));
    expect(bytes.length).toBe(0);
  });

  it('stays where it is a part of something larger, or small', () => {
    const large = new Uint8Array(1 << 20);
    discard(large.subarray(0, 1 << 19));
    expect(large.length).toBe(1 << 20);
    const small = Buffer.from('a few bytes of a pool');
    discard(small);
    expect(small.toString()).toBe('a few bytes of a pool');
  });

  it('may be shared memory, which stays', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(1 << 20));
    discard(shared);
    expect(shared.length).toBe(1 << 20);
  });

  it('is refused nothing when it is gone already', () => {
    const bytes = new Uint8Array(1 << 20);
    discard(bytes);
    expect(() => discard(bytes)).not.toThrow();
  });
});
