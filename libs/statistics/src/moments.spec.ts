import { SeededRandom } from '@consilium/numerics';
import { describe, expect, test } from 'vitest';
import { emptyTotals, groupTotals, mergeTotals, standardDeviation, totalsFromSums, variance } from './moments.js';
import { stratifiedMeanDifference, studentT, welchT } from './t-tests.js';

describe('group totals', () => {
  test('are n, mean and the sum of squares about the mean', () => {
    expect(groupTotals([1, 2, 6])).toEqual({ n: 3, mean: 3, m2: 14 });
    expect(variance(groupTotals([1, 2, 6]))).toBe(7);
    expect(variance(groupTotals([1, 2, 6]), 0)).toBeCloseTo(14 / 3, 15);
  });
  test('keep twelve digits of a standard deviation of 1e-3 about a mean of 1e6, where raw sums of squares keep none', () => {
    const random = SeededRandom.fromSeed('offset');
    const small = Float64Array.from({ length: 500 }, () => Math.round(random.normal() * 1e9) / 1e9);
    // Steps of 2^-30 are exact beside 2^20, so that both samples have the same deviations.
    const steps = small.map((value) => Math.round(value * 2 ** 20) / 2 ** 30);
    const shifted = steps.map((value) => value + 2 ** 20);
    const expected = standardDeviation(groupTotals(steps));
    expect(Math.abs(standardDeviation(groupTotals(shifted)) / expected - 1)).toBeLessThan(1e-12);
    const sum = shifted.reduce((a, b) => a + b, 0);
    const squares = shifted.reduce((a, b) => a + b * b, 0);
    const naive = Math.sqrt(Math.max(0, squares - (sum * sum) / 500) / 499);
    expect(Math.abs(naive / expected - 1)).toBeGreaterThan(1e-3);
  });
  test('of equal values have exactly no spread', () => {
    expect(groupTotals(new Float64Array(7).fill(0.1))).toEqual({ n: 7, mean: 0.1, m2: 0 });
  });
  test('of no values, of one value and of NaN', () => {
    expect(groupTotals([])).toBe(emptyTotals);
    expect(variance(groupTotals([4]))).toBeNaN();
    expect(variance(groupTotals([4]), 0)).toBe(0);
    expect(groupTotals([1, NaN]).mean).toBeNaN();
  });
  test('merge to the totals of the union, whichever side is empty', () => {
    const a = groupTotals([1, 2, 6]);
    expect(mergeTotals(a, emptyTotals)).toBe(a);
    expect(mergeTotals(emptyTotals, a)).toBe(a);
    const merged = mergeTotals(a, groupTotals([10, 11]));
    expect(merged).toEqual({ n: 5, mean: 6, m2: 82 });
  });
  test('follow from sums about an offset', () => {
    expect(totalsFromSums({ n: 3, sum: 9 - 6, sumOfSquares: 1 + 0 + 16, offset: 2 })).toEqual({ n: 3, mean: 3, m2: 14 });
    expect(totalsFromSums({ n: 0, sum: 0, sumOfSquares: 0, offset: 2 })).toBe(emptyTotals);
  });
});

describe('t tests', () => {
  test('a worked example: t = 2.6186, five degrees of freedom', () => {
    // R: x <- c(2, 3, 4); y <- c(0, 1, 1, 2) + c(-.2, 0, 0, .2); t.test(x, y, var.equal = TRUE)$p.value follows from t and df below
    const result = studentT({ n: 3, mean: 3, m2: 2 }, { n: 4, mean: 1, m2: 3 });
    expect(result.t).toBeCloseTo(2 / Math.sqrt(1 * (1 / 3 + 1 / 4)), 14);
    expect(result.df).toBe(5);
    expect(result.p).toBeGreaterThan(0.047);
    expect(result.p).toBeLessThan(0.0473);
  });
  test('a constant feature gives NaN, which no threshold selects', () => {
    const constant = groupTotals([0.1, 0.1, 0.1]);
    for (const test of [studentT, welchT]) {
      const { t, p } = test(constant, groupTotals([0.1, 0.1]));
      expect([t, p]).toEqual([NaN, NaN]);
      expect(p < 0.05).toBe(false);
    }
  });
  test('a constant that was summed with rounding is still a constant', () => {
    const { p } = studentT({ n: 3, mean: 0.1, m2: 1e-33 }, { n: 5, mean: 0.1 + 2e-17, m2: 0 });
    expect(p).toBeNaN();
  });
  test('two constant groups that differ are infinitely apart', () => {
    for (const test of [studentT, welchT]) expect(test(groupTotals([2, 2]), groupTotals([1, 1]))).toMatchObject({ t: Infinity, p: 0 });
  });
  test('an empty group and too few values give NaN; Student accepts a single value, Welch does not', () => {
    expect(studentT(emptyTotals, groupTotals([1, 2, 3])).p).toBeNaN();
    expect(studentT(groupTotals([1]), groupTotals([2])).p).toBeNaN();
    expect(studentT(groupTotals([1]), groupTotals([2, 3, 5])).p).toBeGreaterThan(0);
    expect(welchT(groupTotals([1]), groupTotals([2, 3, 5])).p).toBeNaN();
  });
  test('the stratified difference ignores a shift between sites that the plain test takes for an effect', () => {
    const site = (shift: number, n1: number, n0: number) => ({
      group1: { n: n1, mean: shift, m2: n1 - 1 },
      group0: { n: n0, mean: shift, m2: n0 - 1 },
    });
    const strata = [site(0, 10, 90), site(5, 90, 10)];
    const pooled = studentT(...(['group1', 'group0'] as const).map((g) => strata.map((s) => s[g]).reduce((a, b) => mergeTotals(a, b))) as [never, never]);
    expect(pooled.p).toBeLessThan(1e-6);
    expect(stratifiedMeanDifference(strata)).toMatchObject({ difference: 0, p: 1, strataUsed: 2 });
    expect(stratifiedMeanDifference(strata).standardError).toBeCloseTo(1 / Math.sqrt(18), 14);
    expect(stratifiedMeanDifference([]).p).toBeNaN();
  });
});
