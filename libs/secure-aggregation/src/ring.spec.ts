import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addNumbers, addWords, numbersOf, sumRing, wordsOf, type Ring } from './ring.js';

interface FixedPointCase {
  readonly fraction_bits: number;
  readonly x: readonly number[];
  readonly encoded: readonly string[];
  readonly sum_mod_2_64: string;
  readonly decoded_sum: number;
}

const { fixed_point: cases } = JSON.parse(readFileSync(new URL('../../../test/oracle/expected/common.secure_aggregation.json', import.meta.url), 'utf8')) as { fixed_point: FixedPointCase[] };

const elements = (ring: Ring, block: Float64Array): bigint[] => {
  const digits = new Float64Array(ring.words * block.length);
  addNumbers(ring, digits, block);
  const words = wordsOf(ring, digits);
  return Array.from(block, (_, i) => [...words.subarray(i * ring.words, (i + 1) * ring.words)].reduce((all, word) => (all << 32n) | BigInt(word), 0n));
};

/** round(x · 2^64), ties to even, by whole numbers alone. */
function exactly(x: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const exponent = (bits.getUint32(0) >>> 20) & 0x7ff;
  const mantissa = ((BigInt(bits.getUint32(0)) & 0xfffffn) << 32n) | BigInt(bits.getUint32(4)) | (exponent === 0 ? 0n : 1n << 52n);
  const shift = Math.max(exponent, 1) - 1075 + 64;
  let magnitude = shift >= 0 ? mantissa << BigInt(shift) : 0n;
  if (shift < 0 && shift > -60) {
    const below = BigInt(-shift);
    magnitude = mantissa >> below;
    const rest = mantissa - (magnitude << below);
    const half = 1n << (below - 1n);
    if (rest > half || (rest === half && (magnitude & 1n) === 1n)) magnitude++;
  }
  return BigInt.asUintN(128, x < 0 ? -magnitude : magnitude);
}

describe('fixed-point numbers of 64 bits', () => {
  it.each(cases.map((one) => [one.fraction_bits, one] as const))('are the reference ones with %i bits below the point', (fractionBits, one) => {
    const ring: Ring = { words: 2, fractionBits };
    expect(elements(ring, Float64Array.from(one.x)).map(String)).toEqual(one.encoded);
    const digits = new Float64Array(2);
    for (const x of one.x) addNumbers(ring, digits, Float64Array.of(x));
    const words = wordsOf(ring, digits);
    expect(String((BigInt(words[0]!) << 32n) | BigInt(words[1]!))).toBe(one.sum_mod_2_64);
    expect(numbersOf(ring, words)[0]).toBe(one.decoded_sum);
  });
});

describe('fixed-point numbers of 128 bits', () => {
  const edges = [0, -0, 1, -1, 0.1, -0.1, 2 ** -64, 2 ** -65, 3 * 2 ** -66, -(2 ** -65), 5e-324, 2 ** 61, -(2 ** 61) - 2 ** 9, 2 ** 31.5, 123456789.123456789, -(2 ** 32) + 2 ** -20, 1 / 3, Math.PI * 2 ** 40];

  it('are the nearest whole multiples of 2^-64, at every edge', () => {
    expect(elements(sumRing, Float64Array.from(edges))).toEqual(edges.map(exactly));
  });

  it('are those of whole-number arithmetic, for numbers of all magnitudes', () => {
    let state = 12345;
    const next = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
    const numbers = Float64Array.from({ length: 2000 }, () => (next() - 0.5) * 2 ** Math.floor(next() * 126 - 66));
    expect(elements(sumRing, numbers)).toEqual([...numbers].map(exactly));
    const digits = new Float64Array(4 * numbers.length);
    addNumbers(sumRing, digits, numbers);
    expect([...numbersOf(sumRing, wordsOf(sumRing, digits))]).toEqual([...numbers].map((x) => Number(BigInt.asIntN(128, exactly(x))) * 2 ** -64));
  });

  it('come back after words were added and taken away, whatever the words', () => {
    const words = Uint32Array.of(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x80000000, 0, 7, 0xfffffff0);
    const digits = new Float64Array(8);
    addNumbers(sumRing, digits, Float64Array.of(-1.5, 2 ** 40));
    for (let i = 0; i < 50; i++) addWords(digits, words, 1);
    for (let i = 0; i < 50; i++) addWords(digits, words, -1);
    expect([...numbersOf(sumRing, wordsOf(sumRing, digits))]).toEqual([-1.5, 2 ** 40]);
  });
});
