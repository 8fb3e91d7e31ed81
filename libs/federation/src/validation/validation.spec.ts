import { randomEffects } from '@consilium/statistics';
import { describe, expect, it } from 'vitest';
import { numbers, openFederation, overSites } from '../fixtures/cohorts.js';
import { dataSets, expected, oracleFederation, siteTables, testRows, type DataSet, type OracleFederationOptions, type Spread } from '../fixtures/oracle-sites.js';
import { isSuppressed } from '../disclosure.js';
import { inProcessFederation } from '../in-process.js';
import type { ViewSpec } from '../view.js';
import { federatedValidation } from './coordinator.js';
import { isValue, type Figure } from './figures.js';

const models = ['p_clin', 'p_rad', 'p_comb'] as const;
const rowsOf = { test: testRows, all: [] as ViewSpec['rows'] };

const validate = (dataSet: DataSet, spread: Spread, rows: keyof typeof rowsOf, options: OracleFederationOptions & { minimumCell?: number } = {}) => {
  const roc = expected(dataSet, 'roc').test;
  return federatedValidation(oracleFederation(dataSet, spread, options), {
    view: { outcome: 'y', features: [], rows: rowsOf[rows] },
    models,
    thresholds: Object.fromEntries(models.map((model) => [model, [roc[model].at_youden_lowest.threshold, 0.5]])),
    ...(options.minimumCell === undefined ? {} : { minimumCell: options.minimumCell }),
  });
};

function value<T>(figure: Figure<T>): T {
  if (!isValue(figure)) throw new Error(JSON.stringify(figure));
  return figure;
}

const near = (got: number | null | undefined, want: number, tolerance: number) => expect(Math.abs((got ?? NaN) - want), `got ${got}, expected ${want}`).toBeLessThanOrEqual(tolerance);

describe.each(dataSets)('federated validation on %s', (dataSet) => {
  it.each<Spread>(['own', 1, 2, 10])('pools every summed figure to the reference of the pooled patients over %s sites', async (spread) => {
    const { pooled } = await validate(dataSet, spread, 'test');
    const calibration = expected(dataSet, 'calibration').test;
    const roc = expected(dataSet, 'roc').test;
    expect(pooled.patients).toBe(roc.n);
    models.forEach((model, m) => {
      const got = pooled.models[m]!;
      const want = calibration[model];
      near(value(got.calibration).brier, want.brier, 1e-12);
      near(value(got.calibration).observedOverExpected, want.oe_ratio, 1e-12);
      near(value(got.calibration).spiegelhalter?.z, want.spiegelhalter_z, 1e-9);
      near(value(got.recalibration).slope.estimate, want.slope, 1e-8);
      near(value(got.recalibration).slope.standardError, want.slope_se, 1e-8);
      near(value(got.recalibration).intercept.estimate, want.intercept_joint, 1e-8);
      near(value(got.recalibration).inTheLarge.estimate, want.citl_offset, 1e-8);
      near(value(got.hosmerLemeshow).statistic, want.hl10_fixed.chi2, 1e-8);
      near(value(got.hosmerLemeshow).external.p, want.hl10_fixed.p_external, 1e-8);
      value(got.decisionCurve).forEach(({ netBenefit, threshold }) => near(netBenefit, expected(dataSet, 'dca_nri').test[model][Math.round(threshold * 100) - 1], 1e-12));
      expect(value(got.decisionCurve)).toHaveLength(99);
      const auc = value(got.auc);
      expect(auc.low).toBeLessThanOrEqual(roc[model].auc + 1e-12);
      expect(auc.high).toBeGreaterThanOrEqual(roc[model].auc - 1e-12);
      // Rank bins: at most 5e-4 from the exact AUC and 1 % from its standard error at this size.
      near(auc.auc, roc[model].auc, 5e-4);
      near((auc.standardError as number) / roc[model].delong_se, 1, 0.01);
      [roc[model].at_youden_lowest, roc[model]['at_0.5']].forEach((reference, t) => {
        const { tp, fp, fn, tn } = reference;
        const figures = value(got.confusion[t]!.figures);
        expect(figures.counts).toEqual({ tp, fp, fn, tn });
        near(figures.sensitivity?.wilson.low, reference.sens.wilson_lo, 1e-8);
        near(figures.negativePredictiveValue?.exact.high, reference.npv.exact_hi, 1e-8);
      });
    });
  });

  it('gives the AUC of every site and its meta-analysis as pROC and metafor do', async () => {
    const { sites, metaAnalysis } = await validate(dataSet, 'own', 'all');
    for (const [model, topic] of [[1, 'all_p_rad'], [0, 'all_p_clin']] as const) {
      const want = expected(dataSet, 'meta_loso')[topic];
      want.per_site.forEach((reference: { auc: number; var: number; n1: number }, s: number) => {
        const auc = value(sites[s]!.models[model]!.auc);
        near(auc.auc, reference.auc, 1e-12);
        near((auc.standardError as number) ** 2, reference.var, 1e-12);
        expect(value(sites[s]!.classes).events).toBe(reference.n1);
      });
      const pooling = value(metaAnalysis[model]!.logitAuc);
      near(pooling.hartungKnapp.estimate, want.meta_logit_auc.reml_hk.estimate, 1e-7);
      near(pooling.hartungKnapp.confidence.low, want.meta_logit_auc.reml_hk.ci_lo, 1e-7);
      near(pooling.hartungKnapp.prediction?.high, want.meta_logit_auc.reml_hk.pi_hi, 1e-6);
      near(value(metaAnalysis[model]!.auc).estimate, want.meta_logit_auc.reml_hk.back_auc, 1e-8);
    }
  });

  it('pools what recalibration and counts say of every site, site by site as it shows them', async () => {
    const { sites, metaAnalysis } = await validate(dataSet, 'own', 'all');
    for (const [m, { calibrationInTheLarge, netBenefit }] of metaAnalysis.entries()) {
      const fits = sites.map(({ models: figures }) => value(figures[m]!.recalibration).inTheLarge);
      const pooled = randomEffects({ estimates: fits.map(({ estimate }) => estimate), variances: fits.map(({ standardError }) => standardError ** 2), method: 'reml', interval: 'hartung-knapp' })!;
      near(value(calibrationInTheLarge).hartungKnapp.estimate, pooled.estimate, 1e-12);
      expect(netBenefit.map(({ threshold }) => threshold)).toEqual([expected(dataSet, 'roc').test[models[m]!].at_youden_lowest.threshold, 0.5]);
      // At 0.5 a false positive costs what a true positive brings: the mean of +1, −1 and 0.
      const benefits = sites.map(({ models: figures }) => {
        const { tp, fp, fn, tn } = value(figures[m]!.confusion[1]!.figures).counts;
        const n = tp + fp + fn + tn;
        return { estimate: (tp - fp) / n, variance: ((tp + fp) / n - ((tp - fp) / n) ** 2) / n };
      });
      const half = randomEffects({ estimates: benefits.map(({ estimate }) => estimate), variances: benefits.map(({ variance }) => variance), method: 'reml', interval: 'hartung-knapp' })!;
      near(value(netBenefit[1]!.pooled).hartungKnapp.estimate, half.estimate, 1e-10);
      near(value(netBenefit[1]!.pooled).hartungKnapp.confidence.high, half.confidence.high, 1e-9);
    }
  });

  it('compares models on the same patients by DeLong at one site', async () => {
    const { sites } = await validate(dataSet, 1, 'test');
    const want = expected(dataSet, 'roc').test.paired_delong;
    for (const { models: [a, b], difference } of sites[0]!.comparisons) {
      near(value(difference).z, want[`${a}_vs_${b}`].z, 1e-9);
      near(value(difference).difference, want[`${a}_vs_${b}`].diff, 1e-12);
    }
  });

  it('gives the Brier score and fixed groups of every site', async () => {
    const { sites } = await validate(dataSet, 'own', 'test');
    for (const { site, models: figures } of sites) {
      const want = expected(dataSet, 'calibration').per_site_test[site];
      near(value(figures[2]!.calibration).brier, want.brier, 1e-12);
      near(value(figures[2]!.hosmerLemeshow).statistic, want.fixed10.chi2, 1e-8);
    }
  });

  it('does not depend on the order of the sites by one bit', async () => {
    expect(await validate(dataSet, 10, 'all', { reversed: true })).toEqual(await validate(dataSet, 10, 'all'));
  });
});

describe('federated validation', () => {
  it('takes about as many rounds as its slowest recalibration', async () => {
    let rounds = 0;
    await validate('wdbc', 'own', 'test', { onBatch: () => rounds++ });
    expect(rounds).toBeLessThanOrEqual(10);
  });

  it('under the standard profile suppresses what the rules forbid, and nothing else', async () => {
    const { sites, pooled, metaAnalysis } = await validate('wdbc', 'own', 'all', { profile: 'standard', minimumCell: 5 });
    for (const { site, models: figures, classes } of sites) {
      expect(isValue(classes), site).toBe(true);
      for (const { auc, calibration, confusion, decisionCurve } of figures) {
        expect(isValue(auc)).toBe(true);
        expect(isValue(calibration)).toBe(true);
        for (const { threshold, figures: table } of confusion) if (isValue(table)) expect(Math.min(...Object.values(table.counts).filter((n) => n > 0)), `${site} ${threshold}`).toBeGreaterThanOrEqual(5);
        if (isValue(decisionCurve)) expect(decisionCurve.length).toBeLessThanOrEqual(20);
      }
    }
    const hidden = sites.flatMap(({ site, models: figures }) => figures.flatMap(({ model, confusion }) => confusion.filter(({ figures: table }) => isSuppressed(table)).map(({ threshold }) => ({ site, model, threshold }))));
    expect(hidden.length).toBeGreaterThan(0);
    for (const { model, threshold } of hidden) {
      const alone = hidden.filter((other) => other.model === model && other.threshold === threshold).length === 1;
      const table = pooled.models.find((one) => one.model === model)!.confusion.find((one) => one.threshold === threshold)!.figures;
      if (alone) expect(table).toMatchObject({ suppressed: { rule: 'complement' } });
    }
    for (const { auc } of pooled.models) expect(value(auc).bins).toBeLessThan(100);
    expect(value(metaAnalysis[1]!.logitAuc).included).toEqual(['A', 'B', 'C', 'D']);
  });

  it('shows a pooled table where several sites hide theirs, if neither it nor what they hide has a small count', async () => {
    const open = await validate('wdbc', 10, 'all');
    const { sites, pooled } = await validate('wdbc', 10, 'all', { profile: 'standard', minimumCell: 5 });
    const several = pooled.models.flatMap(({ confusion }, m) =>
      confusion.flatMap(({ figures }, t) => (sites.filter((site) => isSuppressed(site.models[m]!.confusion[t]!.figures)).length > 1 ? [{ figures, m, t }] : [])),
    );
    expect(several.length).toBeGreaterThan(0);
    for (const { figures, m, t } of several) expect(value(figures).counts).toEqual(value(open.pooled.models[m]!.confusion[t]!.figures).counts);
  });

  it('pools nothing while one site holds two patients of a class', async () => {
    const { columns, pseudonyms } = siteTables('wdbc', 'own').get('A')!;
    const y = (columns.get('y') as { values: Float64Array }).values;
    const few = { pseudonyms, columns: new Map([...columns, ['y', { kind: 'number' as const, values: y.map((_, i) => (i < 2 ? 1 : 0)) }]]) };
    const federation = inProcessFederation({ tables: new Map([...siteTables('wdbc', 'own'), ['A', few]]), profile: 'standard' });
    const { sites, pooled } = await federatedValidation(federation, { view: { outcome: 'y', features: [], rows: [] }, models: ['p_rad'], minimumCell: 5 });
    expect(sites[0]!.classes).toMatchObject({ suppressed: { rule: 'minimum-per-class' } });
    expect(pooled.events).toMatchObject({ suppressed: { rule: 'minimum-cell' } });
  });

  it('ends although a site is below the minimum, with its reason in place of its figures', async () => {
    const { sites, pooled, metaAnalysis } = await validate('wdbc', 'own', 'test', { profile: 'standard', minimumCell: 5 });
    const small = sites.filter(({ models: figures }) => isSuppressed(figures[0]!.auc));
    expect(small.map(({ site }) => site)).toEqual(['D']);
    expect(pooled.models[0]!.auc).toMatchObject({ suppressed: { rule: 'minimum-patients' } });
    expect(value(metaAnalysis[0]!.logitAuc).excluded.map(({ site }) => site)).toEqual(['D']);
  });

  it('says so at a site with one class, and pools the others', async () => {
    const federation = oracleFederation('wdbc', 'own');
    const noEvents: ViewSpec['rows'] = [{ column: 'stage', oneOf: ['II'] }, { column: 'y', oneOf: [0] }];
    const result = await federatedValidation(federation, { view: { outcome: 'y', features: [], rows: noEvents }, models: ['p_rad'] });
    expect(result.sites[0]!.models[0]!.auc).toEqual({ notEstimable: 'One outcome class is empty. There is no AUC.' });
    expect(result.pooled.models[0]!.auc).toEqual({ notEstimable: 'One outcome class is empty. There is no AUC.' });
    expect(result.metaAnalysis[0]!.logitAuc).toMatchObject({ notEstimable: expect.stringContaining('Fewer than two sites') });
    expect(value(result.pooled.models[0]!.calibration).observedOverExpectedCorrected).toBe(true);
  });

  it('says of predictions without a test why there is none, and that nobody is at a site without rows', async () => {
    const y = Array.from({ length: 24 }, (_, i) => i % 2);
    const columns = new Map(Object.entries({ y, right: y.map((e, i) => 0.2 + 0.5 * e + i / 200), same: y.map((e, i) => 0.1 + 0.7 * e + i / 300), equal: y.map(() => 0.3), part: y.map((_, i) => (i < 12 ? 1 : 0)) }).map(([name, values]) => [name, numbers(values)]));
    const rows = [{ column: 'part', oneOf: [1] }];
    const federation = openFederation(new Map([['A', { pseudonyms: y.map((_, i) => `P${100 + i}`), columns }], ['B', { pseudonyms: ['Q1'], columns: new Map([...columns.keys()].map((name) => [name, numbers([0])])) }]]));
    const { sites } = await federatedValidation(federation, { view: { outcome: 'y', features: [], rows }, models: ['right', 'same', 'equal'] });
    const [alike, apart] = sites[0]!.comparisons.map(({ difference }) => difference);
    expect(alike).toEqual({ notEstimable: 'The models order events and non-events alike.' });
    // AUC 1 against 0.5: a difference, but no variance.
    expect(apart).toEqual({ notEstimable: expect.stringContaining('no standard error') });
    expect(sites[1]!.models[0]!.hosmerLemeshow).toEqual({ notEstimable: 'No patient has a prediction.' });
  });

  it('refuses numbers that are not probabilities, and a model its view does not have', async () => {
    const federation = oracleFederation('wdbc', 'own');
    const ask = (model: string) => federatedValidation(federation, { view: { outcome: 'y', features: [], rows: [] }, models: [model] });
    expect((await ask('age')).sites[0]!.models[0]!.auc).toMatchObject({ suppressed: { reason: expect.stringContaining('probabilities') } });
    expect((await ask('p_none')).pooled.patients).toMatchObject({ suppressed: { rule: 'data' } });
  });
});

describe('tenths of risk over all sites', () => {
  /** Patients in each tenth; every second has the event. */
  function patientsIn(tenths: readonly number[]) {
    const rows = tenths.flatMap((n, g) => Array.from({ length: n }, (_, i) => ({ p: (g + 0.5) / 10, y: i % 2 })));
    return overSites({ pseudonyms: rows.map((_, i) => `p${String(i).padStart(4, '0')}`), columns: new Map([['p', numbers(rows.map(({ p }) => p))], ['y', numbers(rows.map(({ y }) => y))]]) }, 3);
  }
  async function shown(tenths: readonly number[]): Promise<{ total: number; bins: (readonly [number, number])[] }> {
    const { pooled } = await federatedValidation(openFederation(patientsIn(tenths)), { view: { outcome: 'y', features: [], rows: [] }, models: ['p'], thresholds: { p: [0.5] }, minimumCell: 5 });
    return { total: value(pooled.patients), bins: value(pooled.models[0]!.calibrationBins).map(({ from, n }) => [Math.round(from * 10), n] as const) };
  }

  it('are shown where each class of each has the minimum', async () => {
    expect(await shown([30, 20, 25, 0, 20, 10, 28, 12, 22, 24])).toEqual({ total: 191, bins: [[0, 30], [1, 20], [2, 25], [3, 20], [5, 10], [6, 28], [7, 12], [8, 22], [9, 24]] });
  });

  it('are joined with their neighbours where they have not, so that the total gives nothing back', async () => {
    expect(await shown([30, 3, 25, 4, 20, 6, 28, 0, 22, 24])).toEqual({ total: 162, bins: [[0, 30], [1, 28], [3, 24], [5, 34], [7, 22], [9, 24]] });
    expect(await shown([30, 20, 20, 20, 20, 20, 20, 20, 20, 4])).toEqual({ total: 194, bins: [[0, 30], [1, 20], [2, 20], [3, 20], [4, 20], [5, 20], [6, 20], [7, 20], [8, 24]] });
  });
});
