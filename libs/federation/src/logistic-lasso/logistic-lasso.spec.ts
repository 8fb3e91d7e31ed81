import { describe, expect, it } from 'vitest';
import { SeededRandom } from '@consilium/numerics';
import { expected, oracleFederation, subset8, trainingRows, type DataSet, type Spread } from '../fixtures/oracle-sites.js';
import { inProcessFederation } from '../in-process.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import type { ViewSpec } from '../view.js';
import { federatedLogisticLasso, selectedAt, type LambdaGrid } from './coordinator.js';

const byColumn = { kind: 'column', column: 'fold' } as const;

async function lasso(dataSet: DataSet, view: ViewSpec, options: { lambdas: LambdaGrid; mixing?: number; spread?: Spread; reversed?: boolean }) {
  const { spread = 'own', reversed = false, ...asked } = options;
  let batches = 0;
  const federation = oracleFederation(dataSet, spread, { reversed, onBatch: () => batches++ });
  const { all } = await federatedMoments(federation, view);
  const result = await federatedLogisticLasso(federation, { view, scaling: { mean: all.mean, sd: standardDeviation(all, 0) }, ...asked });
  return { result, batches };
}

describe('the federated logistic LASSO', () => {
  const features = subset8('wdbc');
  const view: ViewSpec = { outcome: 'y', features, rows: [], folds: byColumn };

  it('takes as many messages as penalties and few more, although every model converges to the last digits', async () => {
    const { result, batches } = await lasso('wdbc', view, { lambdas: { count: 40, ratio: 0.01 } });
    expect(batches).toBeLessThanOrEqual(40 + 12);
    expect(result.path.every(({ converged }) => converged)).toBe(true);
    const want = expected('wdbc', 'glmnet_binomial').alpha_1_subset8_all_rows;
    expect([result.minimum, result.oneStandardError]).toEqual([want.index_min, want.index_1se]);
    expect(selectedAt(result, result.minimum)).toEqual(want.selected_min);
  });

  it('gives at single far apart penalties what it gives on a fine grid', async () => {
    const fine = (await lasso('wdbc', view, { lambdas: { count: 21, ratio: 0.01 } })).result;
    const coarse = (await lasso('wdbc', view, { lambdas: [fine.lambdas[10]!, fine.lambdas[20]!] })).result;
    for (const [at, place] of [[0, 10], [1, 20]] as const) {
      expect(coarse.path[at]!.selected).toEqual(fine.path[place]!.selected);
      coarse.path[at]!.coefficients.forEach((b, i) => expect(b).toBeCloseTo(fine.path[place]!.coefficients[i]!, 9));
      expect(coarse.deviance[at]).toBeCloseTo(fine.deviance[place]!, 9);
    }
  });

  it('fits the training set of a fold as a view without the fold does', async () => {
    const whole = (await lasso('wdbc', view, { lambdas: [0.02, 0.01] })).result;
    const without3 = (await lasso('wdbc', { ...view, foldRows: { folds: [3], inside: false } }, { lambdas: [0.02, 0.01] })).result;
    const [model, direct] = [whole.foldModelsAt(1).get(3)!, without3.modelAt(1)];
    expect(model.features).toEqual(direct.features);
    const raw = (one: typeof model) => one.coefficients.map((b, j) => b / one.sd[j]!);
    raw(model).forEach((b, j) => expect(b).toBeCloseTo(raw(direct)[j]!, 8));
  });

  it('leaves constant features out, and takes repeated ones and more features than patients', async () => {
    const few: ViewSpec = { outcome: 'y', features: [...expected('wdbc', 'glmnet_binomial').features, 'site=A', 'split=train', 'sex', 'sex=1'], rows: [{ column: 'fold', oneOf: [0] }, ...trainingRows], folds: { kind: 'dealt', folds: 4, seed: 'few' } };
    const { result } = await lasso('wdbc', few, { lambdas: { count: 20, ratio: 0.01 } });
    expect(result.n).toBeLessThan(50);
    expect(result.warnings.join()).toContain('split=train');
    expect(result.path.every(({ converged }) => converged)).toBe(true);
    expect(result.deviance.every(Number.isFinite)).toBe(true);
  });

  it('ends where a feature is given twice: the two may share their coefficient in any way, and no message is spent on how', async () => {
    const random = SeededRandom.fromSeed('given twice');
    const n = 100;
    const draw = () => Float64Array.from({ length: n }, () => random.normal());
    const [a, b, c] = [draw(), draw(), draw()];
    const y = Float64Array.from(a, (x, i) => (x - 0.8 * b![i]! + 0.5 * c![i]! + random.normal() > 0.4 ? 1 : 0));
    const columns = new Map(Object.entries({ y, a, b, c, again: a }).map(([name, values]) => [name, { kind: 'number' as const, values }]));
    let messages = 0;
    const federation = inProcessFederation({ onBatch: () => messages++, tables: new Map([['A', { pseudonyms: Array.from(y, (_, i) => `P${100 + i}`), columns }]]), profile: 'open-data' });
    const twice: ViewSpec = { outcome: 'y', features: ['a', 'b', 'c', 'again'], rows: [], folds: { kind: 'dealt', folds: 5, seed: 'twice' } };
    const { all } = await federatedMoments(federation, twice);
    const scaling = { mean: all.mean, sd: standardDeviation(all, 0) };
    const result = await federatedLogisticLasso(federation, { view: twice, scaling, lambdas: { count: 15, ratio: 0.01 } });
    const needed = messages;
    const once = await federatedLogisticLasso(federation, { view: { ...twice, features: ['a', 'b', 'c'] }, scaling: { mean: scaling.mean.slice(0, 3), sd: scaling.sd.slice(0, 3) }, lambdas: { count: 15, ratio: 0.01 } });
    expect(result.warnings.join()).not.toContain('converge');
    expect(needed).toBeLessThan(30);
    result.deviance.forEach((d, k) => expect(d).toBeCloseTo(once.deviance[k]!, 9));
  });

  it('refuses one outcome class, and a training set that has one', async () => {
    await expect(lasso('wdbc', { ...view, rows: [{ column: 'y', oneOf: [1] }] }, { lambdas: [0.1] })).rejects.toMatchObject({ code: 'E611' });
  });

  it('does not depend on the order of the sites by one bit', async () => {
    const [forth, back] = await Promise.all([false, true].map((reversed) => lasso('wdbc', view, { lambdas: { count: 6, ratio: 0.05 }, mixing: 0.5, spread: 10, reversed })));
    expect(JSON.stringify(back!.result)).toBe(JSON.stringify(forth!.result));
  });
});
