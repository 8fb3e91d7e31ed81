import { describe, expect, it } from 'vitest';
import { groupTotals } from '@consilium/statistics';
import { indicatorTest } from './indicator-test.js';

const moments = (values: readonly number[]) => {
  const { n, mean, m2 } = groupTotals(values);
  return { n, mean: Float64Array.of(mean), m2: Float64Array.of(m2) };
};
const repeated = (zeros: number, ones: number): number[] => [...Array<number>(zeros).fill(0), ...Array<number>(ones).fill(1)];

describe('a number of 0 and 1', () => {
  it('is tested as the category it is, with the p values of R for its table', () => {
    // chisq.test(matrix(c(124, 55, 233, 157), 2, byrow = TRUE), correct = FALSE) and fisher.test of it.
    const { chiSquared, fisherP } = indicatorTest({ events: moments(repeated(55, 157)), nonEvents: moments(repeated(124, 233)) });
    expect(chiSquared).toMatchObject({ df: 1 });
    expect(chiSquared!.p).toBeCloseTo(0.02901395233670164, 10);
    expect(fisherP).toBeCloseTo(0.031820844103976065, 10);
  });

  it('is told from numbers that only look like it, from constants and from an outcome without patients', () => {
    const events = moments(repeated(3, 4));
    for (const other of [[0, 0.5, 1], [0, 1, 2], [-1, 0, 1], [0.2, 0.4, 0.4], [0, 0, 1, 1.0001], []]) expect(indicatorTest({ events, nonEvents: moments(other) })).toEqual({});
    expect(indicatorTest({ events: moments([1, 1]), nonEvents: moments([1, 1, 1]) })).toEqual({});
    expect(indicatorTest({ events: moments([1, 1, 1]), nonEvents: moments([0, 0, 0]) }).fisherP).toBeCloseTo(0.1, 12);
  });
});
