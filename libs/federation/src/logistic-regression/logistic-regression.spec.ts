import { describe, expect, it } from 'vitest';
import { clinicalDesign, dataSets, expected, oracleFederation, siteTables, subset8, trainingRows, type DataSet, type Spread } from '../fixtures/oracle-sites.js';
import type { Federation } from '../federation.js';
import { inProcessFederation } from '../in-process.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import type { SiteColumn } from '../site-view.js';
import { federatedUnivariateLogistic } from '../univariate-logistic/coordinator.js';
import type { ViewSpec } from '../view.js';
import { federatedLogistic } from './coordinator.js';
import { federatedLogisticCrossValidation } from './cross-validation.js';

const viewOf = (features: string[], rows: ViewSpec['rows'] = trainingRows): ViewSpec => ({ outcome: 'y', features, rows });

async function scalingOf(federation: Federation, view: ViewSpec) {
  const { all } = await federatedMoments(federation, view);
  return { mean: all.mean, sd: standardDeviation(all, 0) };
}

async function fit(federation: Federation, view: ViewSpec, models?: { features: string[]; C?: number }[]) {
  return federatedLogistic(federation, { view, scaling: await scalingOf(federation, view), ...(models ? { models } : {}) });
}

const close = (got: number, want: number, tolerance: number) => expect(Math.abs(got - want)).toBeLessThanOrEqual(tolerance * Math.abs(want));

describe.each(dataSets)('federated logistic regression on %s', (dataSet) => {
  it.each<Spread>(['own', 1, 2, 10])('equals R glm on the pooled rows over %s sites, two models in the same rounds', async (spread) => {
    const rad = subset8(dataSet);
    const models = [{ features: clinicalDesign }, { features: rad }];
    const fitted = await fit(oracleFederation(dataSet, spread), viewOf([...clinicalDesign, ...rad]), models);
    ['train_clinical', 'train_rad'].forEach((name, m) => {
      const want = expected(dataSet, 'logistic')[name];
      const table = fitted[m]!.table!;
      table.coefficients.forEach((row, j) => {
        close(row.estimate, want.coef[j], 1e-8);
        close(row.standardError, want.se[j], 1e-7);
        close(row.p, want.p[j], 1e-6);
      });
      close(table.deviance, want.deviance, 1e-10);
      close(table.nullDeviance, want.null_deviance, 1e-10);
      close(table.aic, want.aic, 1e-10);
      close(table.bic, want.bic, 1e-10);
    });
  });

  it.each<Spread>(['own', 2, 10])('equals the L2 optimum of scikit-learn over %s sites', async (spread) => {
    const want = expected(dataSet, 'linear_models').subset8_block;
    const features = subset8(dataSet);
    const fitted = await fit(oracleFederation(dataSet, spread), viewOf(features), want.l2_logistic.map(({ C }: { C: number }) => ({ features, C })));
    want.l2_logistic.forEach(({ w, b }: { w: number[]; b: number }, m: number) => {
      expect(Math.abs(fitted[m]!.model.intercept - b)).toBeLessThan(1e-8);
      w.forEach((x, j) => expect(Math.abs(fitted[m]!.model.coefficients[j]! - x)).toBeLessThan(1e-8));
      expect(fitted[m]!.table).toBeNull();
    });
  });

  it.each<Spread>(['own', 10])('gives the univariate table of R over %s sites', async (spread) => {
    const federation = oracleFederation(dataSet, spread);
    const view = viewOf(clinicalDesign, []);
    const scaling = await scalingOf(federation, view);
    const shared = await federatedUnivariateLogistic(federation, { view, scaling });
    const own = await federatedUnivariateLogistic(federation, { view, scaling, rows: 'own' });
    expected(dataSet, 'logistic').univariate_clinical_pooled.forEach((want: { coef: number; se: number; p: number }, j: number) => {
      close(shared[j]!.coefficient!.estimate, want.coef, 1e-8);
      close(shared[j]!.coefficient!.standardError, want.se, 1e-7);
      close(shared[j]!.coefficient!.p, want.p, 1e-6);
    });
    expect(own).toEqual(shared);
  });

  it('does not depend on the order of the sites by one bit', async () => {
    const [forth, back] = await Promise.all([false, true].map((reversed) => fit(oracleFederation(dataSet, 10, { reversed }), viewOf(subset8(dataSet)))));
    expect(back).toEqual(forth);
  });
});

describe('federated logistic regression', () => {
  const counting = (dataSet: DataSet) => {
    const batches: number[] = [];
    return { federation: oracleFederation(dataSet, 'own', { onBatch: (batch) => batches.push(batch.length) }), batches };
  };

  it('needs as many rounds for six candidates as for the slowest of them', async () => {
    const { federation, batches } = counting('wdbc');
    const view = viewOf(clinicalDesign);
    const scaling = await scalingOf(federation, view);
    batches.length = 0;
    await federatedUnivariateLogistic(federation, { view, scaling, rows: 'own' });
    expect(batches.length).toBeLessThanOrEqual(9);
  });

  it('chooses the penalty as a pooled cross-validation does, and nothing changes with the sites', async () => {
    const view: ViewSpec = { ...viewOf(subset8('wdbc')), folds: { kind: 'column', column: 'fold' } };
    const results = [];
    for (const spread of ['own', 1, 10] as const) {
      const federation = oracleFederation('wdbc', spread);
      const scaling = await scalingOf(federation, view);
      results.push(await federatedLogisticCrossValidation(federation, { view, scaling, grid: [0.001, 0.01, 0.1, 1, 10, null] }));
    }
    const [own, one, ten] = results;
    for (const other of [one!, ten!]) {
      expect(other.chosen).toEqual(own!.chosen);
      other.deviance.forEach((d, c) => close(d, own!.deviance[c]!, 1e-12));
      other.model.raw.forEach((b, j) => close(b, own!.model.raw[j]!, 1e-9));
    }
    expect(own!.byFold.size).toBe(10);
    expect(own!.deviance[0]).toBeGreaterThan(own!.deviance[own!.chosen.index]!);
  });

  it('fits the training set of a fold as a view without the fold does', async () => {
    const federation = oracleFederation('wdbc', 'own');
    const features = subset8('wdbc');
    const view: ViewSpec = { ...viewOf(features), folds: { kind: 'column', column: 'fold' } };
    const crossValidated = await federatedLogisticCrossValidation(federation, { view, scaling: await scalingOf(federation, view), grid: [1] });
    const without3 = { ...view, foldRows: { folds: [3], inside: false } };
    const [direct] = await fit(federation, without3, [{ features, C: 1 }]);
    const model = crossValidated.byFold.get(3)!;
    direct!.model.coefficients.forEach((b, j) => expect(model.coefficients[j]).toBeCloseTo(b, 10));
    direct!.model.sd.forEach((s, j) => expect(model.sd[j]! / s).toBeCloseTo(1, 12));
  });

  it('refuses one outcome class and dependent features with a code', async () => {
    const federation = oracleFederation('wdbc', 'own');
    await expect(fit(federation, viewOf(['age'], [{ column: 'y', oneOf: [1] }]))).rejects.toMatchObject({ code: 'E611' });
    await expect(fit(federation, viewOf(['sex', 'sex=1']))).rejects.toMatchObject({ code: 'E652' });
  });

  it('under the standard profile refuses an indicator whose cell with the outcome is small', async () => {
    const indicator = fit(oracleFederation('wdbc', 'own', { profile: 'standard' }), viewOf(['stage=IVA']));
    await expect(indicator).rejects.toMatchObject({ name: 'RoundRefused', refusals: expect.arrayContaining([{ site: 'D', refusal: expect.objectContaining({ rule: 'minimum-cell' }) }]) });
    const continuous = await fit(oracleFederation('wdbc', 'own', { profile: 'standard' }), viewOf(['age']));
    expect(continuous[0]!.n).toBe(398);
  });

  it('refuses the same indicator where the site scales it by itself, or where its gaps are filled', async () => {
    const federation = oracleFederation('wdbc', 'own', { profile: 'standard' });
    const refusedAtD = { name: 'RoundRefused', refusals: expect.arrayContaining([{ site: 'D', refusal: expect.objectContaining({ rule: 'minimum-cell' }) }]) };
    const scaling = { mean: [0], sd: [1] };
    const scaled: ViewSpec = { ...viewOf(['stage=IVA']), ownScale: { rows: trainingRows } };
    await expect(federatedLogistic(federation, { view: scaled, scaling })).rejects.toMatchObject(refusedAtD);
    const gaps = new Map([...siteTables('wdbc', 'own')].map(([site, { pseudonyms, columns }]) => [site, { pseudonyms, columns: new Map([...columns, ['iva', indicatorWithGaps(columns.get('stage')!)]]) }]));
    const filled: ViewSpec = { ...viewOf(['iva']), fill: { iva: 0.37 } };
    await expect(federatedLogistic(inProcessFederation({ tables: gaps, profile: 'standard' }), { view: filled, scaling })).rejects.toMatchObject(refusedAtD);
  });
});

/** 1 for stage IVA, 0 for others; every seventh patient lacks it. */
function indicatorWithGaps(stage: SiteColumn): SiteColumn {
  if (stage.kind !== 'category') throw new Error('stage is a category');
  return { kind: 'number', values: Float64Array.from(stage.codes, (code, i) => (i % 7 === 0 ? NaN : stage.levels[code] === 'IVA' ? 1 : 0)) };
}
