import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { normalCdf } from './index.js';
import { SeededRandom } from './seeded-random.js';
import { sha256Words } from './sha256.js';

const fixture = JSON.parse(readFileSync(new URL('fixtures/sfc64.json', import.meta.url), 'utf8')) as {
  cases: { state: number[]; uniforms: number[]; skipped: number }[];
};

describe('SeededRandom', () => {
  test("gives the doubles of NumPy's SFC64 to the bit from the same state", () => {
    for (const { state, uniforms, skipped } of fixture.cases) {
      const random = SeededRandom.fromState(Uint32Array.from(state));
      for (let i = 0; i < skipped; i++) random.uniform();
      expect(uniforms.map(() => random.uniform())).toEqual(uniforms);
    }
  });
  test('repeats itself for one seed and differs for another', () => {
    const draw = (seed: string): number[] => {
      const random = SeededRandom.fromSeed(seed);
      return Array.from({ length: 5 }, () => random.uniform());
    };
    expect(draw('study 7 / folds')).toEqual(draw('study 7 / folds'));
    expect(draw('study 7 / folds')).not.toEqual(draw('study 7 / folds '));
  });
  test('seeds keep giving the streams they gave when studies were recorded', () => {
    const random = SeededRandom.fromSeed('study 7 / folds');
    expect([random.integerBelow(10), random.integerBelow(1000), random.integerBelow(2 ** 40)]).toMatchInlineSnapshot(`
      [
        8,
        387,
        31460399439,
      ]
    `);
  });
  test('draws whole numbers evenly: chi-squared over ten cells of 100 000 draws', () => {
    const random = SeededRandom.fromSeed('evenness');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[random.integerBelow(10)]++;
    const statistic = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 27.9 is the 99.9 % point with nine degrees of freedom.
    expect(statistic).toBeLessThan(27.9);
  });
  test('draws without bias when the bound is not a fraction of 2⁵³: a third, not a half, below a third of three quarters', () => {
    const random = SeededRandom.fromSeed('bias');
    let below = 0;
    for (let i = 0; i < 9000; i++) if (random.integerBelow(3 * 2 ** 51) < 2 ** 51) below++;
    // Four standard deviations of a binomial count.
    expect(Math.abs(below - 3000)).toBeLessThan(180);
  });
  test('draws normal deviates whose distribution function is within the Kolmogorov bound', () => {
    const random = SeededRandom.fromSeed('normal');
    const n = 20_000;
    const sorted = Float64Array.from({ length: n }, () => random.normal()).sort();
    const distance = sorted.reduce((worst, value, i) => Math.max(worst, Math.abs(normalCdf(value) - (i + 0.5) / n)), 0);
    // 1.95 / √n is the 99.9 % point.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(n));
  });
  test('shuffles to every order of three equally often', () => {
    const random = SeededRandom.fromSeed('orders');
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(['a', 'b', 'c']).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
  test('samples without replacement: different numbers, each in range', () => {
    const sample = SeededRandom.fromSeed('sample').sampleWithoutReplacement(50, 20);
    expect(new Set(sample).size).toBe(20);
    expect(Math.min(...sample)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...sample)).toBeLessThan(50);
    expect(SeededRandom.fromSeed('sample').sampleWithoutReplacement(3, 3).sort()).toEqual(Int32Array.of(0, 1, 2));
  });
  test('refuses bounds and samples that make no sense', () => {
    const random = SeededRandom.fromSeed('x');
    for (const bound of [0, -3, 1.5, NaN, 2 ** 60]) expect(() => random.integerBelow(bound)).toThrow(RangeError);
    expect(() => random.sampleWithoutReplacement(3, 4)).toThrow(RangeError);
    expect(() => SeededRandom.fromState(new Uint32Array(5))).toThrow(RangeError);
  });
});

test('SHA-256 words equal those of OpenSSL for texts around the block length', () => {
  for (const length of [0, 1, 3, 54, 55, 56, 63, 64, 65, 119, 120, 1000]) {
    const text = 'ä€x'.repeat(400).slice(0, length);
    const digest = createHash('sha256').update(text, 'utf8').digest();
    expect(Array.from(sha256Words(text)), `length ${length}`).toEqual(Array.from({ length: 8 }, (_, i) => digest.readUInt32BE(4 * i)));
  }
});
