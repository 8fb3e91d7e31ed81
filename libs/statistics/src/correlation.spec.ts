import { describe, expect, test } from 'vitest';
import { correlationMatrix, correlationP, pearsonFilter, pearsonOrder, pearsonReasons, varianceInflationFactors, type PearsonRule } from './correlation.js';

/** Features 0 and 1, and 1 and 2, are correlated; 0 and 2 are not. */
const chain = Float64Array.of(1, 0.95, 0.1, 0.95, 1, -0.95, 0.1, -0.95, 1);
const kept = (rule: PearsonRule, pValues: number[], threshold = 0.9): number[] => pearsonFilter({ rule, correlation: chain, pValues, count: 3, threshold });

describe('the correlation filter', () => {
  test('A keeps the earlier column, and a dropped column drops nobody', () => {
    expect(kept('A', [])).toEqual([0, 2]);
  });
  test('B keeps the smaller p value', () => {
    expect(kept('B', [0.2, 0.01, 0.3])).toEqual([1]);
    expect(kept('B', [0.2, 0.1, 0.01])).toEqual([0, 2]);
  });
  test('B goes by column order among equal p values and puts NaN last', () => {
    expect(kept('B', [0.1, 0.1, 0.1])).toEqual([0, 2]);
    expect(kept('B', [NaN, 0.9, NaN])).toEqual([1]);
    expect(pearsonOrder('B', [0.3, NaN, 0.3, 0.1], 4)).toEqual([3, 0, 2, 1]);
  });
  test('C drops the weaker of each pair still in', () => {
    expect(kept('C', [0.2, 0.01, 0.3])).toEqual([1]);
    expect(kept('C', [0.1, 0.2, 0.3])).toEqual([0, 2]);
    expect(kept('C', [0.1, 0.1, 0.1])).toEqual([0, 2]);
  });
  test('D lets a dropped column drop the next', () => {
    expect(kept('D', [])).toEqual([0]);
  });
  test('names for every dropped column the one it goes for', () => {
    const reasons = (rule: PearsonRule, pValues: number[]) => pearsonReasons({ rule, correlation: chain, pValues, count: 3, threshold: 0.9 });
    expect(reasons('A', [])).toEqual([-1, 0, -1]);
    expect(reasons('B', [0.2, 0.01, 0.3])).toEqual([1, -1, 1]);
    expect(reasons('C', [0.2, 0.01, 0.3])).toEqual([1, -1, 1]);
    expect(reasons('D', [])).toEqual([-1, 0, 1]);
  });
  test('the threshold is strict: |r| = 0.95 stays under 0.95', () => {
    for (const rule of ['A', 'B', 'C', 'D'] as const) expect(kept(rule, [0.1, 0.2, 0.3], 0.95)).toEqual([0, 1, 2]);
  });
});

describe('correlation', () => {
  test('of a constant column is 0, of a column with itself 1, and never beyond', () => {
    const S = Float64Array.of(4, 0, 2 * (1 + 1e-15), 0, 0, 0, 2 * (1 + 1e-15), 0, 1);
    expect(correlationMatrix(S, 3)).toEqual(Float64Array.of(1, 0, 1, 0, 0, 0, 1, 0, 1));
  });
  test('p values: r = 0.5 with 20 pairs gives 0.0248, r = 1 gives 0, two pairs nothing', () => {
    // R: 2 * pt(-abs(.5 * sqrt(18 / .75)), 18) = 0.02476956
    expect(correlationP(0.5, 20)).toBeCloseTo(0.02476956, 8);
    expect(correlationP(1, 20)).toBe(0);
    expect(correlationP(0.5, 2)).toBeNaN();
  });
  test('variance inflation of two columns is 1 / (1 - r²); collinear columns have none', () => {
    expect(varianceInflationFactors(Float64Array.of(1, 0.6, 0.6, 1), 2)!.map((v) => Math.round(v * 1e12) / 1e12)).toEqual(Float64Array.of(1.5625, 1.5625));
    expect(varianceInflationFactors(Float64Array.of(1, 1, 1, 1), 2)).toBeNull();
  });
});
