import { describe, expect, it } from 'vitest';
import { dataSets, expected, oracleTable } from './fixtures/oracle.js';
import {
  aucFromHistogram,
  calibrationFigures,
  calibrationSums,
  compareAuc,
  confusionCounts,
  confusionFigures,
  decisionCurve,
  decisionHistogram,
  deLong,
  equalBin,
  hosmerLemeshow,
  logitAuc,
  logitAucInterval,
  riskGroups,
  rocPoints,
  scoreHistogram,
  waldAucInterval,
  youdenThresholds,
} from './index.js';

const models = ['p_clin', 'p_rad', 'p_comb'] as const;

function scored(dataSet: (typeof dataSets)[number], split: 'train' | 'test' | 'all', site?: string) {
  const table = oracleTable(dataSet, '.scores');
  const rows = table.rows(split === 'all' ? undefined : split).filter((i) => site === undefined || table.text('site')[i] === site);
  const pick = (name: string) => {
    const column = table.number(name);
    return Float64Array.from(rows, (i) => column[i]);
  };
  return { y: pick('y'), scores: models.map(pick) };
}

const near = (got: number | undefined, want: number, tolerance: number, what: string) =>
  expect(Math.abs((got ?? NaN) - want), `${what}: got ${got}, expected ${want}`).toBeLessThanOrEqual(tolerance);

describe.each(dataSets)('on %s', (dataSet) => {
  it.each(['test', 'all'] as const)('AUC, DeLong variance, intervals and paired tests equal pROC: %s rows', (split) => {
    const want = expected(dataSet, 'roc')[split];
    const { y, scores } = scored(dataSet, split);
    const result = deLong(scores, y);
    models.forEach((model, m) => {
      const reference = want[model];
      const variance = result.covariance[m * 3 + m];
      near(result.auc[m], reference.auc, 1e-12, 'auc');
      near(variance, reference.delong_var, 1e-12, 'variance');
      const wald = waldAucInterval(result.auc[m], variance);
      near(wald.low, reference.ci_lo, 1e-10, 'low');
      near(wald.high, reference.ci_hi, 1e-10, 'high');
      const logit = logitAucInterval(result.auc[m], variance);
      near(logit?.low, reference.logit_ci_lo, 1e-10, 'logit low');
      near(logit?.high, reference.logit_ci_hi, 1e-10, 'logit high');
    });
    for (const [pair, reference] of Object.entries<{ z: number; p: number; cov: number; diff: number }>(want.paired_delong)) {
      const [a, b] = pair.split('_vs_').map((name) => models.indexOf(name as 'p_clin'));
      const comparison = compareAuc(result, a, b);
      near(comparison?.difference, reference.diff, 1e-12, pair);
      near(comparison?.z, reference.z, 1e-9, pair);
      near((comparison?.p ?? NaN) / reference.p, 1, 1e-8, pair);
      near(result.covariance[a * 3 + b], reference.cov, 1e-12, pair);
    }
  });

  it.each(['test', 'all'] as const)('Youden thresholds and all figures of a 2 x 2 table equal the reference: %s rows', (split) => {
    const { y, scores } = scored(dataSet, split);
    models.forEach((model, m) => {
      const want = expected(dataSet, 'roc')[split][model];
      const youden = youdenThresholds(scores[m], y);
      expect(youden.thresholds).toEqual([want.youden_observed_thresholds].flat());
      near(youden.youden, want.youden_J, 1e-12, 'J');
      for (const reference of [want.at_youden_lowest, want['at_0.5']]) {
        const counts = confusionCounts(scores[m], y, reference.threshold);
        expect(counts).toEqual({ tp: reference.tp, fp: reference.fp, fn: reference.fn, tn: reference.tn });
        const figures = confusionFigures(counts);
        const pairs = { sensitivity: 'sens', specificity: 'spec', positivePredictiveValue: 'ppv', negativePredictiveValue: 'npv', accuracy: 'acc' } as const;
        for (const [ours, theirs] of Object.entries(pairs) as ['sensitivity', 'sens'][]) {
          const [got, proportion] = [figures[ours], reference[theirs]];
          expect([got?.x, got?.n]).toEqual([proportion.x, proportion.n]);
          near(got?.wilson.low, proportion.wilson_lo, 1e-8, ours);
          near(got?.wilson.high, proportion.wilson_hi, 1e-8, ours);
          near(got?.exact.low, proportion.exact_lo, 1e-8, ours);
          near(got?.exact.high, proportion.exact_hi, 1e-8, ours);
        }
        near(figures.f1 ?? NaN, reference.f1, 1e-12, 'F1');
        near(figures.matthews ?? NaN, reference.mcc, 1e-12, 'MCC');
        near(figures.balancedAccuracy ?? NaN, reference.balanced_acc, 1e-12, 'balanced accuracy');
        near(figures.youden ?? NaN, reference.youden, 1e-12, 'J');
      }
    });
  });

  it.each(['train', 'test', 'all'] as const)('Brier, O:E, log loss and Spiegelhalter equal R: %s rows', (split) => {
    const { y, scores } = scored(dataSet, split);
    models.forEach((model, m) => {
      const want = expected(dataSet, 'calibration')[split][model];
      const got = calibrationFigures(calibrationSums(scores[m], y));
      near(got.brier, want.brier, 1e-12, 'Brier');
      near(got.scaledBrier ?? NaN, want.brier_scaled, 1e-12, 'scaled Brier');
      near(got.logLoss, want.logloss, 1e-12, 'log loss');
      near(got.observedOverExpected ?? NaN, want.oe_ratio, 1e-12, 'O:E');
      near(got.meanPrediction, want.mean_p, 1e-12, 'mean p');
      near(got.spiegelhalter?.z, want.spiegelhalter_z, 1e-9, 'Spiegelhalter z');
      near(got.spiegelhalter?.p, want.spiegelhalter_p, 1e-9, 'Spiegelhalter p');
    });
  });

  it.each(['train', 'test', 'all'] as const)('Hosmer-Lemeshow equals the reference for each of three group rules: %s rows', (split) => {
    const { y, scores } = scored(dataSet, split);
    models.forEach((model, m) => {
      for (const rule of ['fixed', 'quantile', 'rank'] as const) {
        const want = expected(dataSet, 'calibration')[split][model][`hl10_${rule}`];
        const groups = riskGroups(scores[m], y, rule);
        const got = hosmerLemeshow(groups);
        expect(groups.filter(({ n }) => n > 0).map(({ n }) => n)).toEqual(want.n);
        expect(got?.groups).toBe(want.groups);
        near(got?.statistic, want.chi2, 1e-8, `${rule} chi2`);
        near(got?.fitted?.p, want.p, 1e-8, `${rule} p`);
        near(got?.external.p, want.p_external, 1e-8, `${rule} external p`);
      }
    });
  });

  it.each(['test', 'all'] as const)('the decision curve from 100 bins is exact: %s rows', (split) => {
    const { y, scores } = scored(dataSet, split);
    const want = expected(dataSet, 'dca_nri');
    models.forEach((model, m) => {
      const curve = decisionCurve(decisionHistogram(scores[m], y));
      expect(curve.map(({ threshold }) => threshold)).toEqual(want.thresholds);
      curve.forEach(({ netBenefit, treatAll, truePositives }, k) => {
        near(netBenefit, want[split][model][k], 1e-12, `${model} at ${k + 1} %`);
        near(treatAll, want[split].treat_all[k], 1e-12, 'treat all');
        if (model === 'p_comb') expect(truePositives).toBe(want[split].tp_p_comb[k]);
      });
    });
  });

  it.each(['test', 'all'] as const)('AUC bounds from equal bins equal the reference and hold the exact AUC: %s rows', (split) => {
    const { y, scores } = scored(dataSet, split);
    models.forEach((model, m) => {
      const { exact, ...byBins } = expected(dataSet, 'score_histogram')[split][model];
      for (const [bins, want] of Object.entries<{ auc_lo: number; auc_mid: number; auc_hi: number; h1?: number[] }>(byBins)) {
        const histogram = scoreHistogram(scores[m], y, Number(bins), (score) => equalBin(score, Number(bins)));
        const got = aucFromHistogram(histogram);
        near(got?.low, want.auc_lo, 1e-12, 'low');
        near(got?.auc, want.auc_mid, 1e-12, 'mid');
        near(got?.high, want.auc_hi, 1e-12, 'high');
        if (want.h1 !== undefined) expect(Array.from(histogram.events)).toEqual(want.h1);
        expect(got?.low).toBeLessThanOrEqual(exact + 1e-12);
        expect(got?.high).toBeGreaterThanOrEqual(exact - 1e-12);
      }
    });
  });

  it('AUC and its logit equal the reference at every site', () => {
    for (const want of expected(dataSet, 'meta_loso').all_p_rad.per_site) {
      const { y, scores } = scored(dataSet, 'all', want.site);
      const { auc, covariance, events } = deLong([scores[1]], y);
      near(auc[0], want.auc, 1e-12, 'auc');
      near(covariance[0], want.var, 1e-12, 'variance');
      expect(events).toBe(want.n1);
      near(logitAuc(auc[0], covariance[0])?.estimate, want.logit, 1e-9, 'logit');
      near(logitAuc(auc[0], covariance[0])?.variance, want.logit_var, 1e-9, 'logit variance');
    }
  });

  it('a histogram with one bin a score gives the exact AUC and DeLong variance', () => {
    const { y, scores } = scored(dataSet, 'test');
    const sorted = Float64Array.from(new Set(scores[2])).sort();
    const histogram = scoreHistogram(scores[2], y, sorted.length, (score) => sorted.indexOf(score));
    const got = aucFromHistogram(histogram);
    const want = deLong([scores[2]], y);
    near(got?.auc, want.auc[0], 1e-14, 'auc');
    near(got?.variance, want.covariance[0], 1e-14, 'variance');
    const points = rocPoints(histogram) ?? [];
    const area = points.slice(1).reduce((sum, { falsePositiveRate: x, truePositiveRate: t }, i) => sum + ((x - points[i].falsePositiveRate) * (t + points[i].truePositiveRate)) / 2, 0);
    near(area, want.auc[0], 1e-14, 'trapezoids');
  });
});
