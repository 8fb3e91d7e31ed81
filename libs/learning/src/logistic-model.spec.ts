import { describe, expect, it } from 'vitest';
import { config, dataSets, expected, oracleTable, scaled } from './fixtures/oracle.js';
import { linearModelOf, fitLogistic, fitWarning, logisticTable, rawCoefficients } from './logistic-model.js';
import { LogisticNewton } from './logistic-newton.js';
import { logisticStatistics } from './logistic-statistics.js';
import { calibrationFit } from './recalibration.js';

const clinical = ['age', 'sex', 'stage=III', 'stage=IVA', 'smoking', 'logebv'];

function pooledFit(dataSet: (typeof dataSets)[number], features: readonly string[], split?: 'train', C?: number) {
  const table = oracleTable(dataSet);
  const rows = table.rows(split);
  const all = table.number('y');
  const y = Float64Array.from(rows, (i) => all[i]);
  const scaling = scaled(table, features, rows);
  const fit = fitLogistic({ columns: scaling.columns, y }, C === undefined ? {} : { C });
  return { fit, scaling, y, table, rows };
}

describe.each(dataSets)('logistic regression on %s', (dataSet) => {
  const reference = expected(dataSet, 'logistic');
  const subset8 = config(dataSet).subset8 as string[];
  const sites = ['site=B', 'site=C', 'site=D'];
  const cases: [string, readonly string[], 'train' | undefined][] = [
    ['pooled_subset8_raw', subset8, undefined],
    ['pooled_subset8_site_fixed_effects', [...subset8, ...sites], undefined],
    ['train_clinical', clinical, 'train'],
    ['train_rad', subset8, 'train'],
  ];

  it.each(cases)('equals R glm: %s', (name, features, split) => {
    const want = reference[name];
    const { fit, scaling, y } = pooledFit(dataSet, features, split);
    expect(fit.status).toBe('converged');
    const table = logisticTable(fit, scaling, { n: y.length, events: y.reduce((a, b) => a + b, 0) });
    const rows = table?.coefficients ?? [];
    const close = (got: number, wanted: number, tolerance: number) => expect(Math.abs(got - wanted)).toBeLessThanOrEqual(tolerance * Math.abs(wanted));
    rows.forEach((row, j) => {
      close(row.estimate, want.coef[j], 1e-8);
      close(row.standardError, want.se[j], 1e-7);
      close(row.z, want.z[j], 1e-7);
      close(row.p, want.p[j], 1e-6);
      close(row.oddsRatio, want.or[j], 1e-6);
      close(row.oddsRatioLow, want.or_lo[j], 1e-6);
      close(row.oddsRatioHigh, want.or_hi[j], 1e-6);
      // A covariance near zero is known to rounding of the variances beside it.
      want.vcov[j].forEach((v: number, m: number) => expect(Math.abs((table?.covariance[j * rows.length + m] ?? NaN) - v)).toBeLessThan(1e-7 * want.se[j] * want.se[m]));
    });
    for (const [figure, key] of [['deviance', 'deviance'], ['nullDeviance', 'null_deviance'], ['aic', 'aic'], ['bic', 'bic'], ['logLikelihood', 'loglik']] as const) {
      close(table?.[figure] ?? NaN, want[key], 1e-10);
    }
    expect(table?.residualDegreesOfFreedom).toBe(want.df_residual);
  });

  it('equals R glm one candidate at a time', () => {
    for (const want of reference.univariate_clinical_pooled) {
      const name = (want.name as string).replace('stage', 'stage=');
      const { fit, scaling, y } = pooledFit(dataSet, [name]);
      const row = logisticTable(fit, scaling, { n: y.length, events: y.reduce((a, b) => a + b, 0) })?.coefficients[1];
      expect(Math.abs((row?.estimate ?? NaN) / want.coef - 1)).toBeLessThan(1e-8);
      expect(Math.abs((row?.p ?? NaN) / want.p - 1)).toBeLessThan(1e-6);
    }
  });

  it.each(['subset8_block', 'all_features_block'])('with an L2 penalty equals the optimum scikit-learn finds: %s', (block) => {
    const want = expected(dataSet, 'linear_models')[block];
    if (want === undefined) return;
    const features = block === 'subset8_block' ? subset8 : oracleTable(dataSet).features.slice(0, want.z_mean.length);
    for (const { C, w, b, objective } of want.l2_logistic) {
      const { fit } = pooledFit(dataSet, features, 'train', C);
      expect(fit.status).toBe('converged');
      expect(Math.abs(fit.beta[0] - b)).toBeLessThan(1e-6);
      w.forEach((x: number, j: number) => expect(Math.abs(fit.beta[j + 1] - x)).toBeLessThan(1e-6));
      const ours = fit.beta.subarray(1).reduce((sum, x) => sum + x * x, 0) / 2 - C * fit.statistics.logLikelihood;
      expect(Math.abs(ours / objective - 1)).toBeLessThan(1e-9);
    }
  });

  it('gives calibration slope, intercept and calibration in the large as R does', () => {
    const scores = oracleTable(dataSet, '.scores');
    for (const split of ['train', 'test', 'all'] as const) {
      const rows = scores.rows(split === 'all' ? undefined : split);
      const y = scores.number('y');
      for (const model of ['p_clin', 'p_rad', 'p_comb']) {
        const p = scores.number(model);
        const got = calibrationFit(Float64Array.from(rows, (i) => p[i]), Float64Array.from(rows, (i) => y[i]));
        const want = expected(dataSet, 'calibration')[split][model];
        const pairs = [
          [got?.slope.estimate, want.slope],
          [got?.slope.standardError, want.slope_se],
          [got?.intercept.estimate, want.intercept_joint],
          [got?.intercept.standardError, want.intercept_joint_se],
          [got?.inTheLarge.estimate, want.citl_offset],
          [got?.inTheLarge.standardError, want.citl_offset_se],
        ];
        for (const [ours, theirs] of pairs) expect(Math.abs((ours ?? NaN) - theirs)).toBeLessThan(1e-8);
      }
    }
  });
});

describe('a logistic fit', () => {
  it('gives the same coefficients whatever the scale of its columns', () => {
    const { fit, scaling, table, rows, y } = pooledFit('wdbc', clinical, 'train');
    const raw = clinical.map((name) => Float64Array.from(rows, (i) => table.number(name)[i]));
    const unscaled = fitLogistic({ columns: raw, y });
    rawCoefficients(fit.beta, scaling).forEach((b, j) => expect(Math.abs(b - unscaled.beta[j])).toBeLessThan(1e-9));
  });

  it('reports separated classes instead of coefficients without meaning', () => {
    const x = Float64Array.from([-2, -1, -0.5, 0.5, 1, 2]);
    const fit = fitLogistic({ columns: [x], y: [0, 0, 0, 1, 1, 1] });
    expect(fit.status).toBe('separated');
    expect(fitWarning(fit, { features: ['x'], sd: [1] })?.sentence).toContain('separated');
    expect(fitLogistic({ columns: [x], y: [0, 0, 0, 1, 1, 1] }, { C: 1 }).status).toBe('converged');
  });

  const near = [-2.1, -1.4, -0.9, -0.3, 0.2, 0.5, 0.8, 1.1, 1.7, 2.4];
  /** Columns scaled to sd 1; the coefficients come back on the scale of the features. */
  const rawFit = (features: number[][], y: number[]) => {
    const scaling = features.map((x) => {
      const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
      return { mean, sd: Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length) };
    });
    const fit = fitLogistic({ columns: features.map((x, j) => Float64Array.from(x, (v) => (v - scaling[j].mean) / scaling[j].sd)), y });
    const names = features.map((_, j) => `x${j}`);
    return { fit, warning: fitWarning(fit, { features: names, sd: scaling.map(({ sd }) => sd) }), raw: rawCoefficients(fit.beta, { features: names, mean: scaling.map(({ mean }) => mean), sd: scaling.map(({ sd }) => sd) }) };
  };

  it('of a feature with one value far out is that of R, thirteen thousand standard deviations large, and the classes are not called separated', () => {
    const { fit, raw, warning } = rawFit([[...near, 40000]], [0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1]);
    expect(fit.status).toBe('converged');
    // R 4.2: glm(y ~ x, binomial, epsilon = 1e-16)
    expect(raw[1] / 1.17683360946824411 - 1).toBeCloseTo(0, 9);
    expect(raw[0] / -0.26545659044255682 - 1).toBeCloseTo(0, 9);
    expect(warning?.sentence).toContain('a few patients lie far out');
  });

  it('of two features that nearly repeat one another is that of R', () => {
    const apart = [1, -2, 3, 1, -1, -3, 2, -1, 1, -2];
    const { fit, raw } = rawFit([near, near.map((x, i) => x + apart[i] / 1000)], [0, 0, 1, 0, 0, 1, 0, 1, 1, 0]);
    expect(fit.status).toBe('converged');
    // R 4.2, as above
    [-0.51972394554412571, -135.40594836836711571, 135.85892423244933980].forEach((b, j) => expect(raw[j] / b - 1).toBeCloseTo(0, 7));
  });

  it('names the indicator that separates the classes, however small its coefficient still is', () => {
    const { fit, warning } = rawFit([near, near.map((_, i) => (i === 8 ? 1 : 0))], [0, 0, 1, 0, 0, 1, 0, 1, 1, 0]);
    expect(fit.status).toBe('separated');
    expect(warning?.large).toEqual(['x1']);
  });

  it('recalibrates predictions of 0 and 1, and predictions next to 1, whose offsets are far out', () => {
    const hard = calibrationFit([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 0, 1, 1, 1, 1]);
    // Four of five right at either prediction: the odds 4 at logit 27.6.
    expect(hard?.slope.estimate).toBeCloseTo(Math.log(4) / Math.log(1e12 - 1), 6);
    expect(hard?.inTheLarge.estimate).toBeCloseTo(0, 3);
    const nearOne = calibrationFit([0.2, 0.3, 0.5, 0.4, 0.7, 0.9, 0.6, 0.8].map((q) => 1 - q * 1e-9), [0, 1, 0, 1, 0, 1, 1, 0]);
    // The root of Σ (y - σ(l + c)) in scipy 1.10
    expect(nearOne?.inTheLarge.estimate).toBeCloseTo(-21.420540414270633, 6);
  });

  it('reports linearly dependent columns', () => {
    const x = Float64Array.from([-2, -1, -0.5, 0.5, 1, 2]);
    const fit = fitLogistic({ columns: [x, x.map((v) => 2 * v)], y: [0, 1, 0, 1, 0, 1] });
    expect(fit.status).toBe('singular');
    expect(fitWarning(fit, { features: ['a', 'b'], sd: [1, 2] })?.sentence).toContain('linearly dependent');
  });

  it('names a feature that is constant in place of calling the features dependent', () => {
    const fit = fitLogistic({ columns: [Float64Array.from([-2, -1, -0.5, 0.5, 1, 2]), new Float64Array(6)], y: [0, 1, 0, 1, 0, 1] });
    expect(fitWarning(fit, { features: ['a', 'b'], sd: [1, 0] })?.sentence).toMatch(/^Constant: b\./);
  });

  it('takes rows with weight two for rows given twice', () => {
    const x = Float64Array.from([1, 2, 3, 5, 8]);
    const y = [0, 1, 0, 1, 0];
    const beta = Float64Array.from([0.3, -0.2]);
    const weighted = logisticStatistics({ columns: [x], y, weights: Float64Array.from([2, 1, 1, 1, 1]) }, beta);
    const doubled = logisticStatistics({ columns: [x], y, rows: Int32Array.from([0, 0, 1, 2, 3, 4]) }, beta);
    expect(weighted.logLikelihood).toBeCloseTo(doubled.logLikelihood, 14);
    weighted.hessian.forEach((h, i) => expect(h).toBeCloseTo(doubled.hessian[i], 14));
  });

  it('halves a step that would lower the likelihood', () => {
    const x = Float64Array.from([-1, 0.2, 0.9, 4]);
    const data = { columns: [x], y: [1, 0, 1, 1] };
    const newton = new LogisticNewton({ size: 2, start: Float64Array.from([6, -9]) });
    const likelihoods: number[] = [];
    for (let at = newton.evaluateAt; at !== null; at = newton.evaluateAt) {
      const statistics = logisticStatistics(data, at);
      likelihoods.push(statistics.logLikelihood);
      newton.receive(statistics);
    }
    expect(newton.fit?.status).toBe('converged');
    const fromZero = fitLogistic(data);
    expect(newton.fit?.beta[1]).toBeCloseTo(fromZero.beta[1], 8);
    expect(Math.max(...likelihoods)).toBeCloseTo(fromZero.statistics.logLikelihood, 12);
  });
});
