import { describe, expect, it } from 'vitest';
import { decodeSums, encodeSums, ExactAccumulator, LimbStore, SumAccumulator } from './exact-accumulator.js';
import type { Sums } from './step.js';

/** round(x · 2^64), ties to even, in arbitrary precision: what the accumulator promises, by another road. */
function toInteger(x: number): bigint {
  if (x === 0) return 0n;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const raw = bits.getBigUint64(0);
  const exponentField = Number((raw >> 52n) & 0x7ffn);
  const mantissa = (raw & 0xfffffffffffffn) | (exponentField === 0 ? 0n : 1n << 52n);
  const shift = Math.max(exponentField, 1) - 1075 + 64;
  let magnitude: bigint;
  if (shift >= 0) magnitude = mantissa << BigInt(shift);
  else {
    const down = BigInt(-shift);
    const floor = mantissa >> down;
    const rest = mantissa - (floor << down);
    const half = 1n << (down - 1n);
    magnitude = rest > half || (rest === half && (floor & 1n) === 1n) ? floor + 1n : floor;
  }
  return x < 0 ? -magnitude : magnitude;
}

/** An integer over 2^64 as the nearest double, ties to even: Number(bigint) rounds that way, and a power of two scales exactly. */
const toDouble = (sum: bigint) => Number(sum) * 2 ** -32 * 2 ** -32;

const reference = (numbers: readonly number[]) => toDouble(numbers.map(toInteger).reduce((a, b) => a + b, 0n));

const sumOf = (numbers: readonly number[], terms = numbers.length) => {
  const accumulator = new ExactAccumulator(1, terms);
  for (const x of numbers) accumulator.add(Float64Array.of(x));
  return accumulator.total()[0]!;
};

/** A fixed sequence of 32-bit integers (Numerical Recipes' linear congruential generator), so that a failure can be repeated. */
function* integers(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

describe('an exact sum', () => {
  it.each([
    ['tenths that drift in floating point', [0.1, 0.2, 0.3, -0.6]],
    ['a large number that comes and goes', [1e17, 1, -1e17]],
    ['negatives that borrow through every limb', [-(2 ** -64), -1, -(2 ** 40)]],
    ['a negative sum of mixed signs', [3.5, -(2 ** 59), 2 ** 58, -0.1]],
    ['subnormals, which add nothing', [5e-324, 1, -5e-324, 2 ** -1060]],
    ['a half of the last place up and down', [2 ** -65, 3 * 2 ** -65, -(2 ** -65), -3 * 2 ** -65, 1.5 * 2 ** -64]],
    ['a tie at the 53rd bit, decided by the last limb', [2 ** 53, 1, 2 ** -64]],
    ['a tie at the 53rd bit, left even', [2 ** 53, 1]],
    ['a tie at the 53rd bit, made uneven from below', [2 ** 53, 1, -(2 ** -64)]],
    ['the largest numbers allowed', [2 ** 60 - 2 ** 10, 2 ** 60 - 2 ** 9, -(2 ** 60) + 2 ** 8]],
    ['nothing but zeros', [-0, 0]],
  ])('is the rounded sum in integers: %s', (_, numbers) => {
    expect(Object.is(sumOf(numbers), reference(numbers) + 0)).toBe(true);
  });

  it('agrees with integers of arbitrary precision on 20,000 sums over 120 powers of two', () => {
    const next = integers(7);
    for (let trial = 0; trial < 20_000; trial++) {
      const numbers = Array.from({ length: 2 + (next.next().value % 6) }, () => {
        const fraction = (next.next().value + next.next().value * 2 ** -32) * (next.next().value % 2 === 0 ? 1 : -1);
        return fraction * 2 ** ((next.next().value % 96) - 70);
      });
      if (trial % 3 === 0) numbers.push(-numbers[0]!);
      expect(sumOf(numbers, 8)).toBe(reference(numbers));
    }
  });

  it('does not change by one bit with the order', () => {
    const next = integers(11);
    const numbers = Array.from({ length: 300 }, () => (next.next().value - 2 ** 31) * 2 ** ((next.next().value % 60) - 50));
    const forwards = sumOf(numbers);
    expect(sumOf([...numbers].reverse())).toBe(forwards);
    expect(sumOf([...numbers].sort((a, b) => a - b))).toBe(forwards);
  });

  it('goes on after a total was read', () => {
    const accumulator = new ExactAccumulator(1, 3);
    accumulator.add(Float64Array.of(-0.5));
    expect(accumulator.total()[0]).toBe(-0.5);
    accumulator.add(Float64Array.of(2 ** 40));
    expect(accumulator.total()[0]).toBe(2 ** 40 - 0.5);
  });

  it.each([2 ** 62 / 4, -(2 ** 62) / 4, Infinity, -Infinity, NaN])('refuses %d among four terms and adds nothing of the block', (x) => {
    const accumulator = new ExactAccumulator(2, 4);
    expect(() => accumulator.add(Float64Array.of(1, x))).toThrow(expect.objectContaining({ code: 'E602' }));
    expect([...accumulator.total()]).toEqual([0, 0]);
  });

  it('refuses a block of another length, and more terms than were declared', () => {
    const accumulator = new ExactAccumulator(2, 1);
    expect(() => accumulator.add(new Float64Array(3))).toThrow(expect.objectContaining({ code: 'E601' }));
    accumulator.add(new Float64Array(2));
    expect(() => accumulator.add(new Float64Array(2))).toThrow(expect.objectContaining({ code: 'E603' }));
  });

  it('adds four million numbers without a BigInt in sight: well under a second', () => {
    const block = Float64Array.from({ length: 1_000_000 }, (_, i) => (i - 5e5) * 1.000000123);
    const accumulator = new ExactAccumulator(block.length, 8);
    for (let i = 0; i < 4; i++) accumulator.add(block);
    const started = performance.now();
    for (let i = 0; i < 4; i++) accumulator.add(block);
    const elapsed = performance.now() - started;
    expect(accumulator.total()[3]).toBe(block[3]! * 8);
    expect(elapsed).toBeLessThan(1000);
  });
});

describe('a sum of contributions', () => {
  it('is refused whole when one block does not fit, so the other blocks stay as they were', () => {
    const sums = new SumAccumulator(4);
    sums.add({ n: Float64Array.of(3), totals: Float64Array.of(1, 2) });
    const unfit: Sums[] = [
      { n: Float64Array.of(3), totals: Float64Array.of(1, NaN) },
      { n: Float64Array.of(3), totals: Float64Array.of(1) },
      { n: Float64Array.of(3), total: Float64Array.of(1, 2) },
      { n: Float64Array.of(3) },
      { n: Float64Array.of(3), totals: Float64Array.of(1, 2), more: Float64Array.of(1) },
    ];
    for (const contribution of unfit) expect(() => sums.add(contribution)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^E60[12]$/) }));
    expect(sums.count).toBe(1);
    expect(sums.total()).toEqual({ n: Float64Array.of(3), totals: Float64Array.of(1, 2) });
  });

  it('sets no shape when the first contribution was refused', () => {
    const sums = new SumAccumulator(2);
    expect(() => sums.add({ wrong: Float64Array.of(Infinity) })).toThrow();
    sums.add({ right: Float64Array.of(1) });
    expect(sums.total()).toEqual({ right: Float64Array.of(1) });
  });

  it('is the same in memory of an earlier sum, and zero before anything is added', () => {
    const store = new LimbStore(64);
    const first = new SumAccumulator(2, store);
    first.add({ v: Float64Array.of(1e17, -3, 0.1) });
    first.add({ v: Float64Array.of(1, 2 ** -60, 7) });
    const kept = first.total();
    first.release();
    const again = new ExactAccumulator(3, 2, store);
    expect(store.take(12)).toBeUndefined();
    expect([...again.total()]).toEqual([0, 0, 0]);
    again.add(Float64Array.of(0.5, -0.25, 3));
    expect([...again.total()]).toEqual([0.5, -0.25, 3]);
    expect(kept.v).toEqual(Float64Array.of(1e17, -3, 7.1));
  });

  it('keeps no more memory for later sums than it may', () => {
    const store = new LimbStore(10);
    for (const length of [4, 4, 8]) store.giveBack(new Float64Array(length));
    expect(store.take(4)).toBeUndefined();
    expect(store.take(8)).toHaveLength(8);
    store.giveBack(new Float64Array(12));
    expect(store.take(12)).toBeUndefined();
  });

  it('travels as bytes and comes back the same', () => {
    const sums = new SumAccumulator(1);
    sums.add({ b: Float64Array.of(-0.1, 2 ** 50), a: new Float64Array(0) });
    expect(decodeSums(encodeSums(sums.total()))).toEqual(sums.total());
  });
});
