import { hanleyMcNeilStandardError } from '@consilium/statistics';
import { describe, expect, it } from 'vitest';
import { dataSets, expected, oracleTable } from './fixtures/oracle.js';
import {
  aucFromHistogram,
  binByCuts,
  calibrationSums,
  categoryNri,
  confusionFigures,
  continuousNri,
  integratedDiscriminationImprovement,
  likelihoodFigures,
  nomogramOf,
  nomogramPoints,
  nomogramProbability,
  partialArea,
  reclassificationSums,
  restrictedCubicSpline,
  rocPoints,
  scoreHistogram,
} from './index.js';

const models = ['p_clin', 'p_rad', 'p_comb'] as const;
const near = (got: number | null | undefined, want: number, tolerance: number) => expect(Math.abs((got ?? NaN) - want), `got ${got}, expected ${want}`).toBeLessThanOrEqual(tolerance);

describe.each(dataSets)('figures on %s', (dataSet) => {
  const scores = oracleTable(dataSet, '.scores');
  const rowsOf = (part: 'test' | 'all') => scores.rows(part === 'all' ? undefined : part);
  const pick = (name: string, part: 'test' | 'all') => Float64Array.from(rowsOf(part), (i) => scores.number(name)[i]!);

  it.each(['test', 'all'] as const)('NRI and IDI are those of improveProb, %s rows', (part) => {
    for (const want of expected(dataSet, 'dca_nri')[`nri_${part}`]) {
      const sums = reclassificationSums(pick(want.old, part), pick(want.new, part), pick('y', part), want.cuts);
      const free = continuousNri(sums)!;
      near(free.estimate, want.cfnri, 1e-12);
      near(free.events, want.cfnri_event, 1e-12);
      near(free.nonEvents, want.cfnri_nonevent, 1e-12);
      near(free.standardError, want.cfnri_se, 1e-9);
      near(free.z, want.cfnri_z, 1e-8);
      near(free.p, want.cfnri_p, 1e-9);
      const idi = integratedDiscriminationImprovement(sums)!;
      near(idi.estimate, want.idi, 1e-12);
      near(idi.standardError, want.idi_se, 1e-9);
      near(idi.z, want.idi_z, 1e-8);
      near(idi.p, want.idi_p, 1e-9);
      near(categoryNri(sums)!.estimate, want.cat_nri, 1e-12);
      expect(sums.events.table.reduce((sum, count) => sum + count)).toBe(sums.events.n);
    }
  });

  it('points of the nomogram and their probabilities are those of the reference', () => {
    const want = expected(dataSet, 'nomogram');
    const coefficients = want.names.map((feature: string, j: number) => ({ feature, coefficient: want.coef[j] }));
    const nomogram = nomogramOf({ intercept: want.intercept, coefficients, ranges: want.min.map((low: number, j: number) => ({ low, high: want.max[j] })) })!;
    near(nomogram.pointsPerUnit, want.points_per_unit_lp, 1e-9);
    nomogram.axes.forEach(({ maximumPoints }, j) => near(maximumPoints, want.max_points[j], 1e-9));
    const table = oracleTable(dataSet);
    const columns = want.names.map((name: string) => (name === 'p_rad' ? scores.number(name) : table.number(name.replace(/^stage(?=[IV]+A?$)/, 'stage='))));
    for (let i = 0; i < 20; i++) {
      const total = nomogram.axes.reduce((sum, axis, j) => sum + nomogramPoints(nomogram, axis, columns[j][i]), 0);
      near(total, want.total_points_first20[i], 1e-9);
      near(nomogramProbability(nomogram, total), want.p_first20[i], 1e-9);
    }
  });

  it('R², discrimination, unreliability and quality are those of val.prob', () => {
    for (const model of models) {
      const want = expected(dataSet, 'calibration').test[model];
      const sums = calibrationSums(pick(model, 'test'), pick('y', 'test'));
      // Twice the likelihood gained by recalibration is val.prob's chi-squared of U.
      const recalibrated = -sums.sumLogLoss + want.val_prob['U:Chi-sq'] / 2;
      const got = likelihoodFigures({ n: sums.n, events: sums.events, predicted: -sums.sumLogLoss, recalibrated })!;
      near(got.r2, want.val_prob.R2, 1e-6);
      near(got.discrimination, want.val_prob.D, 1e-6);
      near(got.unreliability, want.val_prob.U, 1e-6);
      near(got.quality, want.val_prob.Q, 1e-6);
    }
  });

  it('the partial area, and the standard error of Hanley and McNeil, are those of pROC', () => {
    for (const model of models) {
      const want = expected(dataSet, 'roc').test;
      const [p, y] = [pick(model, 'test'), pick('y', 'test')];
      const cuts = [...new Set(p)].sort((a, b) => a - b);
      const points = rocPoints(scoreHistogram(p, y, cuts.length + 1, (score) => binByCuts(score, cuts)))!;
      near(partialArea(points, 0.2), want[model]['partial_auc_spec_1_0.8'], 1e-10);
      near(partialArea(points, 1), want[model].auc, 1e-10);
      near(hanleyMcNeilStandardError(want[model].auc, want.n1, want.n - want.n1), want[model].hanley_mcneil_se, 1e-10);
    }
  });

  it('the curve through all scores is pROC\'s', () => {
    const want = expected(dataSet, 'roc').test.roc_points_p_comb;
    const [p, y] = [pick('p_comb', 'test'), pick('y', 'test')];
    const cuts = [...new Set(p)].sort((a, b) => a - b);
    const points = rocPoints(scoreHistogram(p, y, cuts.length + 1, (score) => binByCuts(score, cuts)))!;
    expect(points.map(({ truePositiveRate }) => truePositiveRate)).toEqual([...want.sens].reverse());
    points.forEach(({ falsePositiveRate }, i) => near(1 - falsePositiveRate, want.spec[want.spec.length - 1 - i], 1e-12));
  });

  it.each(['test', 'all'] as const)('areas of equal bins are bounded as the reference says, %s rows', (part) => {
    for (const model of models) {
      const want = expected(dataSet, 'score_histogram')[part][model];
      for (const K of [10, 20, 50, 100, 1000]) {
        const got = aucFromHistogram(scoreHistogram(pick(model, part), pick('y', part), K, (score) => Math.min(Math.floor(score * K), K - 1)))!;
        near(got.low, want[K].auc_lo, 1e-12);
        near(got.auc, want[K].auc_mid, 1e-12);
        near(got.high, want[K].auc_hi, 1e-12);
      }
    }
  });
});

describe('a restricted cubic spline', () => {
  const knots = [-2, -0.5, 0.8, 2.5];
  it('is straight beyond its outer knots and smooth at all of them', () => {
    const value = (x: number) => restrictedCubicSpline([x], knots).map(([v]) => v!);
    for (const [a, b, c] of [[-9, -6, -3], [3, 5, 7]] as const) {
      value(a).forEach((v, j) => expect(value(b)[j]! - (v + value(c)[j]!) / 2).toBeCloseTo(0, 10));
    }
    const h = 1e-4;
    for (const t of knots) {
      const second = (x: number) => value(x).map((v, j) => (value(x + h)[j]! - 2 * v + value(x - h)[j]!) / h ** 2);
      second(t - 3 * h).forEach((before, j) => expect(Math.abs(second(t + 3 * h)[j]! - before)).toBeLessThan(0.02));
    }
  });

  it('has the values of rms::rcs', () => {
    // rcspline.eval(c(-1, 1, 3), knots = c(-2, -.5, .8, 2.5), inclx = TRUE): (x - t1)³/(t4 - t1)² inside the first interval.
    const [x, first, second] = restrictedCubicSpline([-1, 1, 3], knots);
    expect([...x!]).toEqual([-1, 1, 3]);
    expect(first![0]).toBeCloseTo(1 / 20.25, 12);
    expect(first![1]).toBeCloseTo((27 - 0.008 * (4.5 / 1.7)) / 20.25, 12);
    expect(first![2]).toBeCloseTo((125 - 10.648 * (4.5 / 1.7) + 0.125 * (2.8 / 1.7)) / 20.25, 12);
    expect(second![0]).toBe(0);
  });

  it('needs three ascending knots', () => {
    expect(() => restrictedCubicSpline([1], [0, 1])).toThrow(RangeError);
    expect(() => restrictedCubicSpline([1], [0, 2, 2])).toThrow(RangeError);
  });
});

describe('figures of few patients', () => {
  it('have no net reclassification without both classes, and no error where nobody moved', () => {
    expect(continuousNri(reclassificationSums([0.2], [0.3], [1], [0.5]))).toBeNull();
    expect(continuousNri(reclassificationSums([0.2, 0.4], [0.2, 0.4], [1, 0], [0.5]))).toMatchObject({ estimate: 0, standardError: null, p: null });
    expect(integratedDiscriminationImprovement(reclassificationSums([0.2, 0.4], [0.3, 0.1], [1, 0], []))).toMatchObject({ standardError: null });
  });

  it('have no nomogram of coefficients that are all zero', () => {
    expect(nomogramOf({ intercept: 1, coefficients: [{ feature: 'x', coefficient: 0 }], ranges: [{ low: 0, high: 1 }] })).toBeNull();
    expect(likelihoodFigures({ n: 4, events: 4, predicted: -1, recalibrated: -1 })).toBeNull();
  });

  it('have a kappa of prediction and outcome, where chance leaves room for one', () => {
    expect(confusionFigures({ tp: 20, fp: 5, fn: 10, tn: 15 }).kappa).toBeCloseTo(0.4, 12);
    expect(confusionFigures({ tp: 4, fp: 0, fn: 0, tn: 0 }).kappa).toBeNull();
  });
});
