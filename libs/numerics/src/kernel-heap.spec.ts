import { describe, expect, it } from 'vitest';
import { KernelHeap } from './kernel-heap.js';

/** A module with one page of memory whose heap begins at byte 20, and nothing else. */
const MODULE = btoa(String.fromCharCode(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1,
  7, 21, 2, 6, 109, 101, 109, 111, 114, 121, 2, 0, 8, 104, 101, 97, 112, 66, 97, 115, 101, 0, 0, 10, 6, 1, 4, 0, 65, 20, 11,
));

describe('the memory of kernels', () => {
  it('is a stack of places aligned to 16 bytes', () => {
    const heap = new KernelHeap<object>(MODULE);
    expect([heap.take(1), heap.take(17), heap.take(0), heap.take(1), heap.taken]).toEqual([32, 48, 80, 80, 64]);
    expect(heap.scoped(() => heap.take(100))).toBe(96);
    expect(heap.take(1)).toBe(96);
    expect(heap.clear()).toEqual({ large: false });
    expect([heap.taken, heap.take(8)]).toEqual([0, 32]);
  });

  it('gives its room back also where the work within fails', () => {
    const heap = new KernelHeap<object>(MODULE);
    expect(() => heap.scoped(() => { heap.take(64); throw new Error('within'); })).toThrow('within');
    expect(heap.taken).toBe(0);
  });

  it('keeps what lies in it when it grows, and zeros only what is asked for', () => {
    const heap = new KernelHeap<object>(MODULE);
    const at = heap.putDoubles([1.5, -2]);
    const words = heap.putWords([7, -8]);
    const far = heap.zeros(2 ** 20);
    expect([...heap.doubles(at, 2), ...heap.words(words, 2)]).toEqual([1.5, -2, 7, -8]);
    expect(heap.bytes(far, 2 ** 20).every((byte) => byte === 0)).toBe(true);
  });

  it('throws the error of its owner where there is no more memory', () => {
    expect(() => new KernelHeap<object>(MODULE, {}, () => new Error('cut the image')).take(2 ** 33)).toThrow('cut the image');
    expect(() => new KernelHeap<object>(MODULE).take(2 ** 33)).toThrow(RangeError);
  });
});
