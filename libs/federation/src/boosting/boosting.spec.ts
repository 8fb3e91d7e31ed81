import { depthWiseDefaults, leafWiseDefaults, modelValue, type BoostingOptions } from '@consilium/learning';
import { encodeValue } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';
import { openFederation, overSites } from '../fixtures/cohorts.js';
import { dataSets, expected, oracleFederation, subset8, trainingRows, type Spread } from '../fixtures/oracle-sites.js';
import { featureSets, pooledTable, predictionsOf, testAuc } from '../fixtures/test-auc.js';
import { withoutFold } from '../training-folds.js';
import type { ViewSpec } from '../view.js';
import { federatedBoosting } from './coordinator.js';
import { federatedBoostingCrossValidation } from './cross-validation.js';

const logit = (p: number) => Math.log(p) - Math.log1p(-p);

describe.each(dataSets)('federated boosting on %s', (dataSet) => {
  const { features, binned } = expected(dataSet, 'xgboost_exact');
  const cuts = binned.cuts.map((own: number[]) => Float64Array.from(own));
  const view: ViewSpec = { outcome: 'y', features, rows: trainingRows };
  const optionsOf = (run: number): BoostingOptions => {
    const { rounds, max_depth, eta, lambda, min_child_weight, gamma } = binned.runs[run];
    return { ...depthWiseDefaults, trees: rounds, depth: max_depth, learningRate: eta, lambda, minimumChildWeight: min_child_weight, gamma, minimumLeaf: 1, base: 'zero' };
  };

  it.each([0, 1])('has the margins of XGBoost to 1e-5, run %d, and the same trees to the bit over any sites in any order', async (run) => {
    const spreads: readonly [Spread, boolean][] = [['own', false], [1, false], [2, false], [10, false], [10, true]];
    const models = [];
    for (const [spread, reversed] of spreads) models.push(await federatedBoosting(oracleFederation(dataSet, spread, { reversed }), { view, cuts, bins: 16, options: optionsOf(run) }));
    for (const { artefact } of models) expect(encodeValue(modelValue(artefact))).toEqual(encodeValue(modelValue(models[0]!.artefact)));
    const { margin_train, margin_test } = binned.runs[run];
    for (const [split, margins] of [['train', margin_train], ['test', margin_test]] as const) {
      predictionsOf(dataSet, models[0]!.artefact, split).forEach((p, i) => expect(Math.abs(logit(p) - margins[i])).toBeLessThan(1e-5));
    }
  });

  it.each(featureSets(dataSet))('on $set discriminates as XGBoost over twenty seeds; leaf by leaf, as one of the histogram boostings', async ({ set, features: own, ranges }) => {
    const federation = oracleFederation(dataSet, 'own');
    const sampled = { trees: 100, learningRate: 0.1, featureFraction: 0.8, baggingFraction: 0.8, seed: 'one' };
    const xgboost = ranges['xgboost_100_d3_eta0.1_sub0.8_col0.8'];
    const histogram = ranges['hist_gb_100_lr0.1_leaf31_l20'];
    const depthWise = await federatedBoosting(federation, { view: { ...view, features: own }, bins: 16, options: { ...depthWiseDefaults, ...sampled, minimumLeaf: 1 } });
    const auc = testAuc(dataSet, depthWise.artefact);
    expect(auc).toBeGreaterThan(xgboost.min - 0.02);
    expect(auc).toBeLessThan(xgboost.max + 0.02);
    // On all features of radsyn it would take as long again and show nothing new.
    if (set === 'all features' && dataSet === 'radsyn') return;
    const leafWise = await federatedBoosting(federation, { view: { ...view, features: own }, bins: 32, options: { ...leafWiseDefaults, ...sampled, leaves: 8 } });
    const leafAuc = testAuc(dataSet, leafWise.artefact);
    expect(leafAuc).toBeGreaterThan(Math.min(xgboost.min, histogram.min) - 0.02);
    expect(leafAuc).toBeLessThan(Math.max(xgboost.max, histogram.max) + 0.02);
  });
});

describe('federated boosting', () => {
  const view: ViewSpec = { outcome: 'y', features: subset8('wdbc'), rows: trainingRows };
  const small: BoostingOptions = { ...depthWiseDefaults, trees: 5, depth: 3, baggingFraction: 0.7, featureFraction: 0.6, seed: 'a' };

  it('needs a round a level for each tree, after the cut points', async () => {
    let rounds = 0;
    await federatedBoosting(oracleFederation('wdbc', 'own', { onBatch: () => rounds++ }), { view, bins: 32, options: small });
    expect(rounds).toBeLessThanOrEqual(6 + 5 * 3);
  });

  it('grows leaf by leaf in fewer rounds than leaves', async () => {
    let rounds = 0;
    const federation = oracleFederation('wdbc', 'own', { onBatch: () => rounds++ });
    await federatedBoosting(federation, { view, bins: 32, options: { ...leafWiseDefaults, trees: 5, leaves: 16, minimumLeaf: 5 } });
    expect(rounds).toBeLessThan(6 + 5 * 12);
  });

  it('draws patients and features by the seed alone: the same over any sites, another for another seed', async () => {
    const grow = async (spread: Spread, seed: string) => modelValue((await federatedBoosting(oracleFederation('wdbc', spread), { view, bins: 32, options: { ...small, seed } })).artefact);
    const first = await grow('own', 'a');
    expect(await grow(10, 'a')).toEqual(first);
    expect(await grow('own', 'b')).not.toEqual(first);
  });

  it('chooses settings and trees by cross-validation, and its folds have not seen their rows', async () => {
    const withFolds: ViewSpec = { ...view, folds: { kind: 'dealt', folds: 4, seed: 'f' } };
    const grid: BoostingOptions[] = [{ ...depthWiseDefaults, trees: 40, depth: 2, learningRate: 0.3 }, { ...depthWiseDefaults, trees: 40, depth: 2, learningRate: 1 }];
    const result = await federatedBoostingCrossValidation(oracleFederation('wdbc', 1), { view: withFolds, grid, patience: 3, bins: 32 });
    const { index, trees } = result.chosen;
    expect(trees).toBeGreaterThan(0);
    expect(result.settings[index]!.logLoss[trees]).toBe(Math.min(...result.settings.flatMap(({ logLoss }) => logLoss)));
    // Early stopping: the worse setting was not grown to its end.
    expect(result.settings[1]!.logLoss.length).toBeLessThan(41);
    for (const fold of [0, 3]) {
      const direct = await federatedBoosting(oracleFederation('wdbc', 1), { view: withoutFold(withFolds, fold), bins: 32, options: { ...grid[index]!, trees } });
      expect(modelValue(result.byFold.get(fold)!)).toEqual(modelValue(direct.artefact));
    }
    const full = await federatedBoosting(oracleFederation('wdbc', 1), { view, bins: 32, options: { ...grid[index]!, trees } });
    expect(modelValue(result.artefact)).toEqual(modelValue(full.artefact));
  });

  it('is not changed by one bit by outcomes and features of rows it is not to see', async () => {
    const table = pooledTable('wdbc');
    const split = table.columns.get('split')!;
    const corrupted = { ...table, columns: new Map([...table.columns].map(([name, column]) => [name, column.kind === 'number' && split.kind === 'category' ? { ...column, values: column.values.map((x, i) => (split.levels[split.codes[i]!] === 'test' ? 1 - x : x)) } : column])) };
    const grow = async (own: typeof table) => modelValue((await federatedBoosting(openFederation(overSites(own, 3)), { view, bins: 32, options: small })).artefact);
    expect(await grow(corrupted)).toEqual(await grow(table));
  });

  it('refuses one outcome class, and rows without features', async () => {
    const federation = oracleFederation('wdbc', 'own');
    await expect(federatedBoosting(federation, { view: { ...view, rows: [{ column: 'y', oneOf: [1] }] }, bins: 32, options: small })).rejects.toMatchObject({ code: 'E611' });
    await expect(federatedBoosting(federation, { view: { ...view, features: [] }, bins: 32, options: small })).rejects.toMatchObject({ code: 'E605' });
  });
});
