import { describe, expect, test } from 'vitest';
import { agreementMeanSquares, iccAbsoluteAgreement, iccConsistency } from './intraclass-correlation.js';
import { exactInterval, hanleyMcNeilStandardError, twoSidedZ, wilsonInterval } from './intervals.js';
import { cohenKappa } from './kappa.js';
import { quantileCuts, quantileType7 } from './quantiles.js';
import { maximalCoxSnellR2, rileySampleSize } from './sample-size.js';

describe('sample size of a prediction model', () => {
  test('the published example of pmsampsize: 24 parameters, 17.4 % events, R² 0.288 need 662 patients', () => {
    const result = rileySampleSize({ parameters: 24, outcomeProportion: 0.174, coxSnellR2: 0.288 });
    expect(result.criteria).toEqual({ shrinkage: 623, optimism: 662, proportion: 221 });
    expect(result.minimum).toBe(662);
    expect(result.eventsPerParameter).toBeCloseTo(4.8, 2);
    expect(result.maximalCoxSnellR2).toBeCloseTo(0.603, 3);
  });
  test('without an earlier study 15 % of the largest R² is assumed', () => {
    const result = rileySampleSize({ parameters: 10, outcomeProportion: 0.3 });
    expect(result.coxSnellR2).toBe(0.15 * maximalCoxSnellR2(0.3));
    expect(result).toEqual(rileySampleSize({ parameters: 10, outcomeProportion: 0.3, nagelkerkeR2: 0.15 }));
  });
  test('half the patients with events: R² can reach three quarters', () => {
    expect(maximalCoxSnellR2(0.5)).toBeCloseTo(0.75, 15);
  });
  test('assumptions that cannot be are refused', () => {
    expect(() => rileySampleSize({ parameters: 10, outcomeProportion: 0 })).toThrow(RangeError);
    expect(() => rileySampleSize({ parameters: 10, outcomeProportion: 0.5, coxSnellR2: 0.76 })).toThrow(RangeError);
    expect(() => rileySampleSize({ parameters: 2.5, outcomeProportion: 0.5 })).toThrow(RangeError);
    expect(() => rileySampleSize({ parameters: 3, outcomeProportion: 0.5, shrinkage: 0.1, coxSnellR2: 0.2 })).toThrow(RangeError);
  });
});

describe('quantiles', () => {
  test('interpolate as R type 7 and NumPy do', () => {
    // numpy.quantile([1, 2, 4, 8], [.25, .5, .75, .9])
    expect([quantileType7([1, 2, 4, 8], 1, 4), quantileType7([1, 2, 4, 8], 1, 2), quantileType7([1, 2, 4, 8], 3, 4)]).toEqual([1.75, 3, 5]);
    expect(quantileType7([1, 2, 4, 8], 9, 10)).toBeCloseTo(6.8, 15);
  });
  test('are the observation itself when the position is whole, for every n and k', () => {
    for (const parts of [3, 7, 10, 49]) {
      const values = Float64Array.from({ length: parts * 31 + 1 }, (_, i) => Math.sin(i) + i / 3).sort();
      quantileCuts(values, parts).forEach((cut, k) => expect(cut).toBe(values[31 * (k + 1)]));
    }
  });
  test('the ends, one value and none', () => {
    expect([quantileType7([3, 9], 0, 5), quantileType7([3, 9], 5, 5), quantileType7([3], 1, 2)]).toEqual([3, 9, 3]);
    expect(quantileType7([], 1, 2)).toBeNaN();
    expect(() => quantileType7([1], 0.5, 1)).toThrow(RangeError);
    expect(() => quantileType7([1], 3, 2)).toThrow(RangeError);
  });
});

describe('intervals', () => {
  test('reach 0 and 1 exactly and stay there', () => {
    for (let n = 1; n <= 300; n++) expect([wilsonInterval(0, n).low, wilsonInterval(n, n).high]).toEqual([0, 1]);
    expect(exactInterval(0, 12)).toMatchObject({ low: 0 });
    expect(exactInterval(12, 12)).toMatchObject({ high: 1 });
    expect(wilsonInterval(0, 0).low).toBeNaN();
    expect(exactInterval(0, 0).high).toBeNaN();
  });
  test('widen with the level', () => {
    expect(exactInterval(7, 10, 0.99).low).toBeLessThan(exactInterval(7, 10, 0.9).low);
    expect(twoSidedZ(0.95)).toBeCloseTo(1.959963984540054, 14);
  });
  test('more successes than trials, and levels outside 0 to 1, are mistakes', () => {
    expect(() => wilsonInterval(5, 4)).toThrow(RangeError);
    expect(() => exactInterval(2.5, 4)).toThrow(RangeError);
    expect(() => exactInterval(1, 4, 1)).toThrow(RangeError);
    expect(() => twoSidedZ(0)).toThrow(RangeError);
  });
  test('a perfect AUC has no spread by the formula of Hanley and McNeil', () => {
    expect(hanleyMcNeilStandardError(1, 20, 30)).toBe(0);
  });
});

describe('agreement', () => {
  test('kappa of 0.4 by hand, 1 for full and NaN for impossible tables', () => {
    expect(cohenKappa([[20, 5], [10, 15]]).kappa).toBeCloseTo(0.4, 15);
    expect(cohenKappa([[7, 0], [0, 3]])).toMatchObject({ kappa: 1, standardError: 0 });
    expect(cohenKappa([[7, 0], [0, 0]]).kappa).toBeNaN();
    expect(() => cohenKappa([[1, 2, 3], [4, 5, 6]])).toThrow(RangeError);
  });
  test('weights ask less of near misses', () => {
    const table = [[8, 2, 0], [2, 9, 3], [0, 1, 10]];
    const [none, linear, quadratic] = (['none', 'linear', 'quadratic'] as const).map((weights) => cohenKappa(table, weights).kappa);
    expect(none).toBeLessThan(linear);
    expect(linear).toBeLessThan(quadratic);
  });
  test('the example of Shrout and Fleiss 1979: six targets, four judges, ICC(2,1) = .29 and ICC(3,1) = .71', () => {
    const squares = agreementMeanSquares([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]);
    expect(squares.betweenSubjects).toBeCloseTo(11.24, 2);
    expect(squares.betweenRaters).toBeCloseTo(32.49, 2);
    expect(squares.residual).toBeCloseTo(1.02, 2);
    expect(iccAbsoluteAgreement(squares).icc).toBeCloseTo(0.29, 2);
    expect(iccConsistency(squares).icc).toBeCloseTo(0.71, 2);
  });
  test('an offset between raters lowers absolute agreement and not consistency', () => {
    const ratings = [[1, 1.1], [2, 2.2], [4, 3.9], [3, 3.1], [6, 5.8]];
    const offset = ratings.map(([a, b]) => [a, b + 2]);
    const consistency = (table: number[][]): number => iccConsistency(agreementMeanSquares(table)).icc;
    expect(consistency(offset)).toBeCloseTo(consistency(ratings), 12);
    expect(iccAbsoluteAgreement(agreementMeanSquares(offset)).icc).toBeLessThan(0.75);
  });
  test('one rater or an unrated subject is refused', () => {
    expect(() => agreementMeanSquares([[1], [2]])).toThrow(RangeError);
    expect(() => agreementMeanSquares([[1, 2], [2]])).toThrow(RangeError);
  });
});
