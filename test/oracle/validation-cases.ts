import { leaveOneSiteOut, type Federation } from '@consilium/federation';
import type { Value } from '@consilium/protocol';
import { randomEffects } from '@consilium/statistics';
import { studentTQuantile } from '@consilium/numerics';
import { clinicalDesign, expected, subset8, tolerances, type Comparison, type DataSet, type Json } from './reference.js';
import { ask, part, type OracleCase } from './oracle-case.js';

const models = ['p_clin', 'p_rad', 'p_comb'] as const;

/** Validation figures against the topics roc, calibration, dca_nri, score_histogram and meta_loso. */
export function validationCases(dataSet: DataSet): OracleCase[] {
  return [
    ...['test', 'all', 'train'].flatMap((rows) => [pooledFigures(dataSet, rows), oneSite(dataSet, rows)]),
    fromPublishedModels(dataSet),
    everySite(dataSet),
    ...['all_p_rad', 'all_p_clin', 'test_p_clin'].map((block) => metaAnalysis(dataSet, block)),
    leftOut(dataSet),
  ];
}

function validation(dataSet: DataSet, rows: string): OracleCase['ask'] {
  const roc = expected(dataSet, 'roc')[rows];
  const thresholds = Object.fromEntries(models.map((model) => [model, [roc[model].at_youden_lowest.threshold, 0.5]]));
  return ask('validation', { outcome: 'y', features: [...models], thresholds, ...part(rows) });
}

/** What is a sum over patients: equal however they are spread. */
function pooledFigures(dataSet: DataSet, rows: string): OracleCase {
  const calibration = expected(dataSet, 'calibration')[rows];
  const roc = expected(dataSet, 'roc')[rows];
  const curves = expected(dataSet, 'dca_nri')[rows];
  return {
    name: `validation of all sites together, ${rows} rows`,
    ask: validation(dataSet, rows),
    check(compare, { pooled }) {
      compare.same('patients and events', [pooled.patients, pooled.events], [roc.n, roc.n1]);
      models.forEach((model, m) => {
        const got = pooled.models[m];
        checkCalibration(compare, got, calibration[model]);
        checkHosmerLemeshow(compare, got.hosmerLemeshow, calibration[model].hl10_fixed);
        if (curves) checkDecisionCurve(compare, got.decisionCurve, curves, model);
        [roc[model].at_youden_lowest, roc[model]['at_0.5']].forEach((want, t) => checkConfusion(compare, got.confusion[t].figures, want));
        checkBinnedAuc(compare, got.auc, roc[model]);
      });
    },
  };
}

function checkCalibration(compare: Comparison, { calibration, recalibration }: Json, want: Json): void {
  const figures: [string, unknown, unknown][] = [
    ['brier', calibration.brier, want.brier],
    ['scaled brier', calibration.scaledBrier, want.brier_scaled],
    ['log loss', calibration.logLoss, want.logloss],
    ['mean prediction', calibration.meanPrediction, want.mean_p],
    ['event rate', calibration.eventRate, want.mean_y],
    ['O:E', calibration.observedOverExpected, want.oe_ratio],
    ['spiegelhalter z', calibration.spiegelhalter.z, want.spiegelhalter_z],
    ['spiegelhalter p', calibration.spiegelhalter.p, want.spiegelhalter_p],
    ['slope', recalibration.slope.estimate, want.slope],
    ['slope se', recalibration.slope.standardError, want.slope_se],
    ['intercept', recalibration.intercept.estimate, want.intercept_joint],
    ['intercept se', recalibration.intercept.standardError, want.intercept_joint_se],
    ['calibration in the large', recalibration.inTheLarge.estimate, want.citl_offset],
    ['calibration in the large se', recalibration.inTheLarge.standardError, want.citl_offset_se],
  ];
  for (const [name, got, reference] of figures) compare.near(name, got, reference, tolerances.calibration);
}

function checkHosmerLemeshow(compare: Comparison, got: Json, want: Json): void {
  const occupied = got.riskGroups.filter((group: Json) => group.n > 0);
  compare.same('risk groups', occupied.map((group: Json) => [group.n, group.events]), want.n.map((n: number, g: number) => [n, want.observed1[g]]));
  compare.all('expected in groups', occupied.map((group: Json) => group.expected), want.expected1, tolerances.calibration);
  compare.near('Hosmer-Lemeshow', got.statistic, want.chi2, tolerances.calibration);
  compare.same('its degrees of freedom', [got.groups, got.external.degreesOfFreedom], [want.groups, want.df_external]);
  compare.near('its p', got.external.p, want.p_external, tolerances.calibration);
  if (want.df >= 1) compare.near('its p of fitted data', got.fitted.p, want.p, tolerances.calibration);
}

function checkDecisionCurve(compare: Comparison, curve: Json[], want: Json, model: string): void {
  compare.same('decision thresholds', curve.length, want[model].length);
  curve.forEach(({ netBenefit, treatAll, truePositives, falsePositives }, k) => {
    compare.near(`net benefit[${k}]`, netBenefit, want[model][k], tolerances.netBenefit);
    compare.near(`treat all[${k}]`, treatAll, want.treat_all[k], tolerances.netBenefit);
    if (model === 'p_comb') compare.same(`positives[${k}]`, [truePositives, falsePositives], [want.tp_p_comb[k], want.fp_p_comb[k]]);
  });
}

const proportions = { sensitivity: 'sens', specificity: 'spec', positivePredictiveValue: 'ppv', negativePredictiveValue: 'npv', accuracy: 'acc' } as const;

function checkConfusion(compare: Comparison, got: Json, want: Json): void {
  const { tp, fp, fn, tn } = want;
  compare.same('2 × 2 table', got.counts, { tp, fp, fn, tn });
  for (const [name, key] of Object.entries(proportions)) {
    const reference = want[key];
    compare.near(name, got[name].estimate, reference.est, tolerances.roc);
    compare.near(`${name} Wilson`, got[name].wilson.low, reference.wilson_lo, tolerances.rocInterval);
    compare.near(`${name} Wilson`, got[name].wilson.high, reference.wilson_hi, tolerances.rocInterval);
    compare.near(`${name} exact`, got[name].exact.low, reference.exact_lo, tolerances.rocInterval);
    compare.near(`${name} exact`, got[name].exact.high, reference.exact_hi, tolerances.rocInterval);
  }
  for (const [name, key] of [['f1', 'f1'], ['matthews', 'mcc'], ['balancedAccuracy', 'balanced_acc'], ['youden', 'youden']] as const) compare.near(name, got[name], want[key], tolerances.roc);
}

/**
 * The area over patients of several sites is known up to the order of scores within 200 rank bins: no site's ranks may leave it. Its bounds
 * hold the exact area; the middle of them is within half their distance. The exact one is per site, and is checked there.
 */
function checkBinnedAuc(compare: Comparison, { auc, low, high, standardError }: Json, want: Json): void {
  compare.same('bounds around the area', low <= want.auc + 1e-12 && want.auc <= high + 1e-12, true);
  compare.near('binned area', auc, want.auc, { absolute: (high - low) / 2 + 1e-12 });
  compare.near('standard error of the binned area', standardError, want.delong_se, { relative: 0.01 });
}

/** Areas and their variances are one site's own: with all patients at one site they are those of all patients. */
function oneSite(dataSet: DataSet, rows: string): OracleCase {
  const roc = expected(dataSet, 'roc')[rows];
  return {
    name: `discrimination at one site that has everybody, ${rows} rows`,
    spreads: [1],
    ask: validation(dataSet, rows),
    check(compare, { sites: [site] }) {
      models.forEach((model, m) => {
        const { auc, confusion } = site.models[m];
        const want = roc[model];
        compare.near('AUC', auc.auc, want.auc, tolerances.roc);
        compare.near('DeLong variance', auc.standardError ** 2, want.delong_var, tolerances.roc);
        compare.near('DeLong interval', auc.waldInterval.low, want.ci_lo, tolerances.rocInterval);
        compare.near('DeLong interval', auc.waldInterval.high, want.ci_hi, tolerances.rocInterval);
        compare.near('logit interval', auc.interval.low, want.logit_ci_lo, tolerances.rocInterval);
        compare.near('logit interval', auc.interval.high, want.logit_ci_hi, tolerances.rocInterval);
        [want.at_youden_lowest, want['at_0.5']].forEach((reference, t) => checkConfusion(compare, confusion[t].figures, reference));
      });
      for (const { models: [a, b], difference } of site.comparisons) {
        const want = roc.paired_delong[`${a}_vs_${b}`];
        compare.near('difference', difference.difference, want.diff, tolerances.roc);
        compare.near('paired DeLong z', difference.z, want.z, tolerances.rocInterval);
        compare.near('paired DeLong p', difference.p, want.p, tolerances.rocInterval);
      }
    },
  };
}

/** The reference's models travel as artefacts, the radiomic one as an input of the combined one; sites predict by themselves. */
function fromPublishedModels(dataSet: DataSet): OracleCase {
  const logistic = expected(dataSet, 'logistic');
  const artefact = (features: string[], [intercept, ...coefficients]: number[]) => ({ kind: 'logistic', features, mean: features.map(() => 0), sd: features.map(() => 1), coefficients, intercept });
  const published = {
    clinical: artefact(clinicalDesign, logistic.train_clinical.coef),
    radiomic: artefact(subset8(dataSet), logistic.train_rad.coef),
    combined: artefact(['radiomic', ...clinicalDesign], logistic.train_comb.coef),
  };
  const calibration = expected(dataSet, 'calibration').test;
  const roc = expected(dataSet, 'roc').test;
  return {
    name: 'validation of published models on test rows',
    ask: ask('validation', { outcome: 'y', features: Object.keys(published), models: published, thresholds: { combined: [0.5] }, ...part('test') }),
    check(compare, { pooled }) {
      models.forEach((model, m) => {
        checkCalibration(compare, pooled.models[m], calibration[model]);
        checkBinnedAuc(compare, pooled.models[m].auc, roc[model]);
      });
      checkConfusion(compare, pooled.models[2].confusion[0].figures, roc.p_comb['at_0.5']);
    },
  };
}

function everySite(dataSet: DataSet): OracleCase {
  const want = expected(dataSet, 'calibration').per_site_test;
  return {
    name: 'Brier score and risk groups of every site',
    spreads: ['own'],
    ask: validation(dataSet, 'test'),
    check(compare, { sites }) {
      compare.same('sites', sites.map((one: Json) => one.site), Object.keys(want as object));
      for (const { site, patients, classes, models: [, , combined] } of sites) {
        compare.same(`patients ${site}`, [patients, classes.events], [want[site].n, want[site].n1]);
        compare.near('brier', combined.calibration.brier, want[site].brier, tolerances.calibration);
        compare.near('mean prediction', combined.calibration.meanPrediction, want[site].mean_p, tolerances.calibration);
        checkHosmerLemeshow(compare, combined.hosmerLemeshow, want[site].fixed10);
      }
    },
  };
}

/** `all_p_rad`: the score p_rad on all rows, site by site and pooled. */
function metaAnalysis(dataSet: DataSet, block: string): OracleCase {
  const [, rows, model] = /^(all|test)_(p_\w+)$/.exec(block)!;
  const want = expected(dataSet, 'meta_loso')[block];
  const m = models.indexOf(model as (typeof models)[number]);
  return {
    name: `per-site AUC and its random-effects meta-analysis, ${block}`,
    spreads: ['own'],
    ask: validation(dataSet, rows!),
    check(compare, { sites, metaAnalysis: pooled }) {
      want.per_site.forEach((reference: Json, s: number) => {
        const { site, patients, classes, models: figures } = sites[s];
        compare.same('site', [site, patients, classes.events], [reference.site, reference.n, reference.n1]);
        compare.near('AUC', figures[m].auc.auc, reference.auc, tolerances.roc);
        compare.near('DeLong variance', figures[m].auc.standardError ** 2, reference.var, tolerances.roc);
      });
      const { logitAuc, auc } = pooled[m];
      const reference = want.meta_logit_auc;
      checkPool(compare, logitAuc.hartungKnapp, reference.reml_hk);
      checkModified(compare, logitAuc, reference);
      compare.near('pooled AUC', auc.estimate, reference.reml_hk.back_auc, tolerances.meta);
      compare.all('its interval', [auc.confidence.low, auc.confidence.high], reference.reml_hk.back_ci, tolerances.meta);
      compare.all('its prediction interval', [auc.prediction.low, auc.prediction.high], reference.reml_hk.back_pi, tolerances.meta);
    },
  };
}

function checkPool(compare: Comparison, got: Json, want: Json): void {
  const figures: [string, unknown, unknown][] = [
    ['estimate', got.estimate, want.estimate],
    ['standard error', got.standardError, want.se],
    ['interval', got.confidence.low, want.ci_lo],
    ['interval', got.confidence.high, want.ci_hi],
    ['prediction', got.prediction.low, want.pi_lo],
    ['prediction', got.prediction.high, want.pi_hi],
    ['p', got.p, want.pval],
    ['se of tau²', got.tau2StandardError, want.se_tau2],
    ['I²', got.i2, want.I2],
    ['H²', got.h2, want.H2],
    ['Q', got.q, want.Q],
    ['p of Q', got.qP, want.Q_p],
  ];
  for (const [name, value, reference] of figures) compare.near(`pooled ${name}`, value, reference, tolerances.meta);
  compare.near('tau²', got.tau2, want.tau2, tolerances.tau2);
}

/** The modified interval is not in metafor: it is Hartung and Knapp's where that is wider than Wald's, and Wald's standard error with t(k - 1) where not. */
function checkModified(compare: Comparison, { hartungKnapp, modifiedHartungKnapp: got }: Json, { reml_hk: hk, reml_wald: wald }: Json): void {
  const se = Math.max(hk.se, wald.se);
  const t = studentTQuantile(0.975, hartungKnapp.k - 1);
  const half = t * Math.sqrt(se ** 2 + hk.tau2);
  compare.near('modified standard error', got.standardError, se, tolerances.meta);
  compare.all('modified interval', [got.confidence.low, got.confidence.high], [hk.estimate - t * se, hk.estimate + t * se], tolerances.meta);
  compare.all('modified prediction', [got.prediction.low, got.prediction.high], [hk.estimate - half, hk.estimate + half], tolerances.meta);
}

/** Trained on all sites but one and validated there, all sites at once. */
function leftOut(dataSet: DataSet): OracleCase {
  const want = expected(dataSet, 'meta_loso');
  const features = subset8(dataSet).map((name) => `z_${name}`);
  return {
    name: 'leaving every site out once',
    spreads: ['own'],
    // Validation at one site asks sums of it too: agents refuse them where sums travel under masks.
    inProcessOnly: true,
    ask: (federation) => trainedElsewhere(federation, features),
    check(compare, got) {
      want.loso.forEach((reference: Json, s: number) => {
        const { site, fitted, figures } = got[s];
        const [{ models: [figure], patients, classes }] = figures.sites;
        compare.same('patients', [site, fitted.n, patients, classes.events], [reference.site, reference.n_train, reference.n_test, reference.n1_test]);
        compare.all('coefficient', fitted.coefficients.map((row: Json) => row.coefficient), reference.coef, tolerances.logistic);
        compare.near('left-out AUC', figure.auc.auc, reference.auc, tolerances.leftOutAuc);
        compare.near('left-out variance', figure.auc.standardError ** 2, reference.delong_var, tolerances.leftOutAuc);
        compare.near('left-out brier', figure.calibration.brier, reference.brier, tolerances.leftOutAuc);
        compare.near('left-out slope', figure.recalibration.slope.estimate, reference.slope, tolerances.meta);
        compare.near('left-out slope se', figure.recalibration.slope.standardError, reference.slope_se, tolerances.meta);
        compare.near('left-out intercept', figure.recalibration.intercept.estimate, reference.intercept_joint, tolerances.meta);
        compare.near('left-out in the large', figure.recalibration.inTheLarge.estimate, reference.citl, tolerances.meta);
      });
      const areas = got.map(({ figures }: Json) => figures.sites[0].models[0].auc);
      const estimates = areas.map(({ auc }: Json) => Math.log(auc / (1 - auc)));
      const variances = areas.map(({ auc, standardError }: Json) => (standardError / (auc * (1 - auc))) ** 2);
      compare.all('logit', estimates, want.loso_meta_logit_auc.yi, tolerances.meta);
      compare.all('its variance', variances, want.loso_meta_logit_auc.vi, tolerances.meta);
      checkPool(compare, randomEffects({ estimates, variances, method: 'reml', interval: 'hartung-knapp' }), want.loso_meta_logit_auc.reml_hk);
    },
  };
}

async function trainedElsewhere(federation: Federation, features: readonly string[]): Promise<Value> {
  const results = await leaveOneSiteOut(federation, async ({ training, validation: there }) => {
    const fitted = (await ask('logistic-regression', { outcome: 'y', features })(training)) as { model: Value };
    const figures = await ask('validation', { outcome: 'y', features: ['p'], models: { p: fitted.model } })(there);
    return { fitted, figures };
  });
  return results.map(({ site, result }) => ({ site, ...result }));
}
