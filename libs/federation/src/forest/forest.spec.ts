import { extraTreesDefaults, modelValue, randomForestDefaults, type ForestOptions } from '@consilium/learning';
import { describe, expect, it } from 'vitest';
import { dataSets, expected, oracleFederation, subset8, trainingRows, type Spread } from '../fixtures/oracle-sites.js';
import { featureSets, testAuc } from '../fixtures/test-auc.js';
import { withoutFold } from '../training-folds.js';
import type { ViewSpec } from '../view.js';
import { federatedForest, federatedForestCrossValidation } from './coordinator.js';

const within = (auc: number, { min, max }: { min: number; max: number }) => {
  expect(auc).toBeGreaterThan(min - 0.02);
  expect(auc).toBeLessThan(max + 0.02);
};

/** The reference grows 300 trees to purity. A third of them discriminates as well, but cuts drawn among 600 features need all. */
const fast = { trees: 100, minimumLeaf: 2 };

describe.each(dataSets)('federated forests on %s', (dataSet) => {
  const viewWith = (features: readonly string[]): ViewSpec => ({ outcome: 'y', features: [...features], rows: trainingRows });

  it.each(featureSets(dataSet))('on $set discriminate as those of scikit-learn over twenty seeds', async ({ features, ranges }) => {
    const federation = oracleFederation(dataSet, 'own');
    const forest = await federatedForest(federation, { view: viewWith(features), bins: 16, options: { ...randomForestDefaults, ...fast } });
    within(testAuc(dataSet, forest.artefact), ranges.random_forest_300);
    const extra = await federatedForest(federation, { view: viewWith(features), bins: 16, options: { ...extraTreesDefaults, ...fast, trees: 300 } });
    within(testAuc(dataSet, extra.artefact), ranges.extra_trees_300);
  });

  it('on the selected features of the whole chain discriminate as those of scikit-learn', async () => {
    const { selected, random_forest_300_leaf3, extra_trees_300_leaf3 } = expected(dataSet, 'pipeline');
    const federation = oracleFederation(dataSet, 'own');
    const options = { trees: 150, minimumLeaf: 3 };
    within(testAuc(dataSet, (await federatedForest(federation, { view: viewWith(selected), bins: 32, options: { ...randomForestDefaults, ...options } })).artefact), random_forest_300_leaf3);
    within(testAuc(dataSet, (await federatedForest(federation, { view: viewWith(selected), bins: 32, options: { ...extraTreesDefaults, ...options } })).artefact), extra_trees_300_leaf3);
  });

  it('are the same to the bit over its own, one, two and ten sites, and in reverse order', async () => {
    const spreads: readonly [Spread, boolean][] = [['own', false], [1, false], [2, false], [10, false], [10, true]];
    for (const defaults of [randomForestDefaults, extraTreesDefaults]) {
      const models = [];
      for (const [spread, reversed] of spreads) {
        const options = { ...defaults, trees: 10, depth: 4 };
        models.push(modelValue((await federatedForest(oracleFederation(dataSet, spread, { reversed }), { view: viewWith(subset8(dataSet)), bins: 16, options })).artefact));
      }
      for (const model of models) expect(model).toEqual(models[0]);
    }
  });
});

describe('federated forests', () => {
  const view: ViewSpec = { outcome: 'y', features: subset8('wdbc'), rows: trainingRows };
  const small: ForestOptions = { ...randomForestDefaults, trees: 12, depth: 4, seed: 'a' };

  it('need a round a level, whatever the number of trees', async () => {
    let rounds = 0;
    await federatedForest(oracleFederation('wdbc', 'own', { onBatch: () => rounds++ }), { view, bins: 32, options: { ...small, trees: 100 } });
    expect(rounds).toBeLessThanOrEqual(6 + 4);
  });

  it('keep at least the wanted patients in a leaf, and weigh them by their bootstrap', async () => {
    const { artefact } = await federatedForest(oracleFederation('wdbc', 'own'), { view, bins: 32, options: { ...small, minimumLeaf: 30 } });
    for (const { feature, value, cover, left, right } of artefact.ensembles[0]!.trees) {
      feature.forEach((f, node) => {
        if (f < 0) expect(value[node]! * cover[node]!).toBeCloseTo(Math.round(value[node]! * cover[node]!), 9);
        if (f < 0) expect(cover[node]!).toBeGreaterThanOrEqual(30);
        if (f >= 0) expect(cover[node]).toBe(cover[left[node]!]! + cover[right[node]!]!);
      });
    }
    const totals = artefact.ensembles[0]!.trees.map(({ cover }) => cover[0]!);
    // 398 patients, each Poisson(1) times: sd 20 a tree.
    expect(new Set(totals).size).toBeGreaterThan(1);
    expect(Math.abs(totals.reduce((sum, total) => sum + total, 0) / totals.length - 398)).toBeLessThan(30);
  });

  it('choose settings by cross-validation, and the folds have not seen their rows', async () => {
    const withFolds: ViewSpec = { ...view, folds: { kind: 'dealt', folds: 3, seed: 'f' } };
    const grid: ForestOptions[] = [{ ...small, depth: 1 }, { ...small, depth: 5 }];
    const result = await federatedForestCrossValidation(oracleFederation('wdbc', 2), { view: withFolds, grid, bins: 16 });
    expect(result.brier[result.chosen]).toBe(Math.min(...result.brier));
    expect(result.chosen).toBe(1);
    const direct = await federatedForest(oracleFederation('wdbc', 2), { view: withoutFold(withFolds, 2), bins: 16, options: grid[1]! });
    expect(modelValue(result.byFold.get(2)!)).toEqual(modelValue(direct.artefact));
  });

  it('ask about all folds and settings in the same messages: a round a level, and one for the held-out rows', async () => {
    let rounds = 0;
    const withFolds: ViewSpec = { ...view, folds: { kind: 'dealt', folds: 4, seed: 'f' } };
    const grid: ForestOptions[] = [{ ...small, depth: 2 }, { ...small, depth: 4 }, { ...small, depth: 4, minimumLeaf: 10 }];
    await federatedForestCrossValidation(oracleFederation('wdbc', 'own', { onBatch: () => rounds++ }), { view: withFolds, grid, bins: 16 });
    expect(rounds).toBeLessThanOrEqual(6 + 4 + 2);
  });

  it('refuse one outcome class', async () => {
    const one = { ...view, rows: [{ column: 'y', oneOf: [1] }] };
    await expect(federatedForest(oracleFederation('wdbc', 'own'), { view: one, bins: 16, options: small })).rejects.toMatchObject({ code: 'E611' });
  });
});
