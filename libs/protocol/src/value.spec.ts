import { describe, expect, it } from 'vitest';
import { decodeValue, encodeValue, ValueFormatError, type Value } from './value.js';

describe('encoding of values', () => {
  const value: Value = { b: [1, -0, 2.5e-308, 'é', null, true], a: { x: new Float64Array([1.5, -0, Number.MIN_VALUE]), empty: new Float64Array(0) } };

  it('gives back what it was given, blocks bit for bit', () => {
    expect(decodeValue(encodeValue(value))).toStrictEqual(value);
  });

  it('does not depend on the order of keys', () => {
    expect(encodeValue({ p: 1, q: new Float64Array([3]) })).toStrictEqual(encodeValue({ q: new Float64Array([3]), p: 1 }));
  });

  it('reads bytes that start at an odd place of a larger buffer', () => {
    const bytes = encodeValue(value);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeValue(shifted.subarray(3))).toStrictEqual(value);
  });

  it('writes every byte of the memory it is given, and gives the same bytes', () => {
    const used = (length: number) => new Uint8Array(new ArrayBuffer(length + 16), 8, length).fill(0xee);
    expect(encodeValue(value, used)).toStrictEqual(encodeValue(value));
  });

  it('leaves numbers of blocks to a reader that looks at each itself, and to no other', () => {
    const bytes = encodeValue({ x: new Float64Array([1, 2]) });
    new DataView(bytes.buffer).setFloat64(bytes.length - 8, Number.NaN, true);
    expect(decodeValue(bytes, { uncheckedBlocks: true })).toStrictEqual({ x: new Float64Array([1, Number.NaN]) });
    expect(() => decodeValue(bytes)).toThrow(ValueFormatError);
  });

  it('shares the memory of the bytes where it is allowed to, and gives the same value', () => {
    const bytes = encodeValue(value);
    const shared = decodeValue(bytes, { shareMemory: true }) as { a: { x: Float64Array } };
    expect(shared).toStrictEqual(value);
    expect(shared.a.x.buffer).toBe(bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeValue(shifted.subarray(3), { shareMemory: true })).toStrictEqual(value);
  });

  it.each([NaN, Infinity, -Infinity])('refuses %s, in blocks and outside', (x) => {
    expect(() => encodeValue({ x })).toThrow(ValueFormatError);
    expect(() => encodeValue({ x: new Float64Array([x]) })).toThrow(ValueFormatError);
  });

  it('refuses a number that is not finite at any place of a block', () => {
    for (let length = 1; length <= 9; length++) {
      for (let place = 0; place < length; place++) {
        for (const x of [NaN, Infinity, -Infinity]) {
          const block = new Float64Array(length).fill(Number.MAX_VALUE);
          expect(decodeValue(encodeValue(block))).toEqual(block);
          block[place] = x;
          expect(() => encodeValue(block)).toThrow(ValueFormatError);
        }
      }
    }
  });

  it('refuses a block that says it is longer than the message', () => {
    const bytes = encodeValue({ x: new Float64Array([1, 2]) });
    const text = new TextDecoder().decode(bytes).replace('[0,2]', '[0,9]');
    const forged = bytes.slice();
    forged.set(new TextEncoder().encode(text).subarray(8, 40), 8);
    expect(() => decodeValue(forged)).toThrow(ValueFormatError);
  });

  it('refuses every truncation', () => {
    const bytes = encodeValue(value);
    for (let length = 0; length < bytes.length; length++) expect(() => decodeValue(bytes.subarray(0, length))).toThrow(ValueFormatError);
  });

  it('refuses reserved keys in both directions', () => {
    expect(() => encodeValue({ $f64: [0, 1] })).toThrow(ValueFormatError);
    expect(() => encodeValue(JSON.parse('{"__proto__":1}') as Value)).toThrow(ValueFormatError);
  });
});
