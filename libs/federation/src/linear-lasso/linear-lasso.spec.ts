import { describe, expect, it } from 'vitest';
import { dataSets, expected, oracleFederation, trainingRows, type DataSet, type Spread } from '../fixtures/oracle-sites.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { federatedLinearLasso, selectedFeatures } from './coordinator.js';

const viewOf = (features: string[]): ViewSpec => ({ outcome: 'y', features, rows: trainingRows, folds: { kind: 'column', column: 'fold' } });

async function run(federation: Federation, view: ViewSpec, options: { alphas: number[]; scaler?: 'once' }) {
  const { all } = await federatedMoments(federation, view);
  return federatedLinearLasso(federation, { view, scaling: { mean: all.mean, sd: standardDeviation(all, 0) }, ...options });
}

const reference = (dataSet: DataSet) => expected(dataSet, 'lasso_linear').train_rows_ttest_pearsonB;

describe.each(dataSets)('federated linear LASSO on %s', (dataSet) => {
  const want = reference(dataSet);
  const view = viewOf(want.features);

  it.each<Spread>(['own', 1, 2, 10])('equals the pooled scikit-learn path, errors and choices over %s sites', async (spread) => {
    const got = await run(oracleFederation(dataSet, spread), view, { alphas: want.alphas_descending, scaler: 'once' });
    want.cv_mse_by_fold.forEach((row: number[], f: number) => row.forEach((mse, a) => expect(Math.abs(got.mseByFold[f]![a]! / mse - 1)).toBeLessThan(1e-8)));
    expect(got.minimum.alpha).toBeCloseTo(want.alpha_min, 15);
    expect(got.oneStandardError.alpha).toBeCloseTo(want.alpha_1se, 15);
    expect(selectedFeatures(got, got.minimum)).toEqual(want.selected_min);
    expect(selectedFeatures(got, got.oneStandardError)).toEqual(want.selected_1se);
    const last = want.path.at(-1);
    const ours = got.path.at(-1)!;
    expect(ours.selected).toEqual(last.j);
    last.b.forEach((b: number, i: number) => expect(Math.abs(ours.coefficients[i]! - b)).toBeLessThan(1e-8));
  });

  it('does not depend on the order of the sites by one bit', async () => {
    const options = { alphas: want.alphas_descending.slice(0, 20) };
    const [forth, back] = await Promise.all([false, true].map((reversed) => run(oracleFederation(dataSet, 10, { reversed }), view, options)));
    expect(back).toEqual(forth);
  });
});

describe('federated linear LASSO', () => {
  const view = viewOf(['mean_radius', 'mean_texture', 'worst_area']);

  it('takes one round when the number of folds is known, and two when it is asked', async () => {
    for (const [folds, rounds] of [[10, 1], [undefined, 2]] as const) {
      const batches: number[] = [];
      const federation = oracleFederation('wdbc', 'own', { onBatch: (batch) => batches.push(batch.length) });
      await federatedLinearLasso(federation, { view, scaling: { mean: [0, 0, 0], sd: [1, 1, 1] }, alphas: [1, 0.1], ...(folds ? { folds } : {}) });
      expect(batches).toHaveLength(rounds);
    }
  });

  it('leaves constant features out and says so', async () => {
    const got = await federatedLinearLasso(oracleFederation('wdbc', 'own'), { view, scaling: { mean: [0, 19, 800], sd: [0, 4, 500] }, alphas: [0.1, 0.01] });
    expect(got.path.at(-1)!.selected).not.toContain(0);
    expect(got.warnings.join()).toContain('mean_radius');
  });

  it('refuses one outcome class, an empty fold and a fold beyond those announced', async () => {
    const scaling = { mean: [0, 0, 0], sd: [1, 1, 1] };
    const federation = oracleFederation('wdbc', 'own');
    const oneClass = { ...view, rows: [{ column: 'y', oneOf: [1] }] };
    await expect(federatedLinearLasso(federation, { view: oneClass, scaling, alphas: [1] })).rejects.toMatchObject({ code: 'E611' });
    await expect(federatedLinearLasso(federation, { view, scaling, alphas: [1], folds: 12 })).rejects.toMatchObject({ code: 'E650' });
    await expect(federatedLinearLasso(federation, { view, scaling, alphas: [1], folds: 3 })).rejects.toMatchObject({ refusals: expect.arrayContaining([{ site: 'A', refusal: expect.objectContaining({ code: 'E651' }) }]) });
  });

  it('sends nothing under the standard profile from a site with fewer than five patients of a class', async () => {
    const few = { ...view, rows: [{ column: 'stage', oneOf: ['IVA'] }] };
    const federation = oracleFederation('wdbc', 10, { profile: 'standard' });
    await expect(federatedLinearLasso(federation, { view: few, scaling: { mean: [0, 0, 0], sd: [1, 1, 1] }, alphas: [1], folds: 10 })).rejects.toMatchObject({ name: 'RoundRefused' });
  });
});
