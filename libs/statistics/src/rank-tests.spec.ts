import { describe, expect, test } from 'vitest';
import { mannWhitney, rankCounts, rankCountsFromHistogram, vanElteren } from './rank-tests.js';

describe('rank counts', () => {
  test('U counts larger values, ties half, and equals the count over all pairs', () => {
    const group1 = [3, 5, 5, 2, 9, 3];
    const group0 = [1, 3, 4, 5, 5, 2.5, 3];
    const u = group1.flatMap((x) => group0.map((y) => (x > y ? 1 : x === y ? 0.5 : 0) as number)).reduce((a, b) => a + b, 0);
    expect(rankCounts(group1, group0)).toEqual({ u, n1: 6, n0: 7, tieTerm: 2 * (64 - 4) });
    expect(rankCounts(group0, group1).u).toBe(42 - u);
  });
  test('negative zero ties with zero', () => {
    expect(rankCounts([-0, 1], [0])).toMatchObject({ u: 1.5, tieTerm: 6 });
  });
  test('NaN has no rank', () => {
    expect(() => rankCounts([1, NaN], [2])).toThrow(RangeError);
    expect(() => rankCounts([], [NaN])).toThrow(RangeError);
  });
  test('from a histogram they are bounds around the exact U, and exact when a bin holds one value', () => {
    const group1 = [0.1, 0.35, 0.5, 0.9, 0.92];
    const group0 = [0.05, 0.2, 0.3, 0.4, 0.6];
    const histogram = (values: number[], bins: number): number[] => {
      const counts = new Array<number>(bins).fill(0);
      for (const value of values) counts[Math.floor(value * bins)]++;
      return counts;
    };
    const exact = rankCounts(group1, group0).u;
    const coarse = rankCountsFromHistogram(histogram(group1, 3), histogram(group0, 3));
    expect(coarse.low).toBeLessThan(exact);
    expect(coarse.high).toBeGreaterThan(exact);
    const fine = rankCountsFromHistogram(histogram(group1, 1000), histogram(group0, 1000));
    expect([fine.low, fine.counts.u, fine.high]).toEqual([exact, exact, exact]);
    expect(() => rankCountsFromHistogram([1], [1, 2])).toThrow(RangeError);
  });
});

describe('rank tests', () => {
  test('the continuity correction moves U towards its expectation and stops there', () => {
    const counts = { u: 30, n1: 5, n0: 8, tieTerm: 0 };
    expect(mannWhitney(counts).z).toBeCloseTo(9.5 / Math.sqrt((40 / 12) * 14), 14);
    expect(mannWhitney(counts, { continuity: false }).z).toBeCloseTo(10 / Math.sqrt((40 / 12) * 14), 14);
    expect(mannWhitney({ ...counts, u: 10 }).z).toBeCloseTo(-9.5 / Math.sqrt((40 / 12) * 14), 14);
    expect(mannWhitney({ ...counts, u: 20 })).toEqual({ z: 0, p: 1 });
  });
  test('one class, or one value throughout, is not estimable', () => {
    expect(mannWhitney({ u: 0, n1: 0, n0: 8, tieTerm: 0 }).p).toBeNaN();
    expect(mannWhitney(rankCounts([2, 2, 2], [2, 2])).p).toBeNaN();
    expect(vanElteren([]).p).toBeNaN();
  });
  test('with one stratum van Elteren is Mann-Whitney without continuity correction', () => {
    const counts = rankCounts([3, 5, 5, 2, 9], [1, 3, 4, 5, 2.5, 3]);
    expect(vanElteren([counts]).z).toBeCloseTo(mannWhitney(counts, { continuity: false }).z, 14);
  });
  test('a stratum with one class, and one whose values are all equal, contribute nothing', () => {
    const counts = rankCounts([3, 5, 5, 2, 9], [1, 3, 4, 5, 2.5, 3]);
    const alone = vanElteren([counts]);
    expect(vanElteren([counts, { u: 0, n1: 0, n0: 12, tieTerm: 0 }, rankCounts([7, 7, 7], [7])])).toEqual(alone);
  });
});
