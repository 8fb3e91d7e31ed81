import { describe, expect, it } from 'vitest';
import { discard, isAlone, memoryFor } from './discard.js';

const MEBIBYTE = 1 << 20;

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

  it('counts as alone where only a little of earlier bytes lies beside it', () => {
    const bytes = new Uint8Array(1 << 21);
    expect([bytes, bytes.subarray(100), bytes.subarray(2000), bytes.subarray(0, 10)].map(isAlone)).toEqual([true, true, false, false]);
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

describe('memory of what was discarded', () => {
  it('is had again by what is as long or a little shorter, once', () => {
    const bytes = Buffer.allocUnsafeSlow(2 * MEBIBYTE + 100).fill(7);
    discard(bytes);
    const again = memoryFor(2 * MEBIBYTE);
    expect(again.length).toBe(2 * MEBIBYTE);
    expect(again.buffer.byteLength).toBe(2 * MEBIBYTE + 100);
    expect(memoryFor(2 * MEBIBYTE).buffer.byteLength).toBe(2 * MEBIBYTE);
    expect(memoryFor(3 * MEBIBYTE).length).toBe(3 * MEBIBYTE);
  });

  it('is kept to thirty-two mebibytes', () => {
    const kept = Array.from({ length: 5 }, () => Buffer.allocUnsafeSlow(8 * MEBIBYTE + 8));
    const buffers = kept.map(({ buffer }) => buffer.byteLength);
    for (const each of kept) discard(each);
    expect(buffers).toEqual(Array(5).fill(8 * MEBIBYTE + 8));
    const reused = Array.from({ length: 5 }, () => memoryFor(8 * MEBIBYTE)).filter(({ buffer }) => buffer.byteLength === 8 * MEBIBYTE + 8);
    expect(reused.length).toBeLessThanOrEqual(4);
    expect(reused.length).toBeGreaterThan(0);
  });
});
