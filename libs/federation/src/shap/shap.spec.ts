import { modelFeatures, shapleyValues, type ModelArtefact, type Tree, type TreesArtefact } from '@consilium/learning';
import { describe, expect, it } from 'vitest';
import { numbers, openFederation, overSites } from '../fixtures/cohorts.js';
import { dataSets, expected, oracleFederation, trainingRows } from '../fixtures/oracle-sites.js';
import { pooledTable, rowsOf } from '../fixtures/test-auc.js';
import { federatedBoosting } from '../boosting/coordinator.js';
import { boostingOptions } from '../boosting/settings.js';
import type { SiteTable } from '../site-view.js';
import type { ViewSpec } from '../view.js';
import { federatedShap, type ShapSummary } from './coordinator.js';
import { joined } from './joined-cells.js';

/** x ≤ t as x < the next double. */
const above = (t: number): number => {
  const words = new BigInt64Array(new Float64Array([t]).buffer);
  words[0] = t === 0 ? 1n : t > 0 ? words[0]! + 1n : words[0]! - 1n;
  return new Float64Array(words.buffer)[0]!;
};

interface ReferenceTree {
  readonly left: number[];
  readonly right: number[];
  readonly feature: number[];
  readonly threshold: number[];
  readonly cover: number[];
  readonly value: number[];
}

const treeOf = ({ left, right, feature, threshold, cover, value }: ReferenceTree): Tree => {
  const inner = left.map((child) => child >= 0);
  return {
    feature: Int32Array.from(feature, (f, i) => (inner[i] ? f : -1)),
    threshold: Float64Array.from(threshold, (x, i) => (inner[i] ? above(x) : 0)),
    left: Int32Array.from(left, (child) => Math.max(0, child)),
    right: Int32Array.from(right, (child) => Math.max(0, child)),
    value: Float64Array.from(value, (x, i) => (inner[i] ? 0 : x)),
    cover: Float64Array.from(cover),
  };
};

const summary = async (...parameters: Parameters<typeof federatedShap>): Promise<ShapSummary> => (await federatedShap(...parameters)) as ShapSummary;

describe.each(dataSets)('SHAP values over sites, of the reference ensembles of %s', (dataSet) => {
  it.each([0, 1, 2])('ensemble %d: mean |SHAP|, mean and expected value are those of the brute force to 1e-9, over one site and three', async (which) => {
    const { features, tree_weight, init, trees, x, phi, mean_abs_phi, expected_value } = expected(dataSet, 'shap').ensembles[which];
    const model: TreesArtefact = { kind: 'trees', features, ensembles: [{ weight: 1, link: 'identity', base: init, factor: tree_weight, trees: trees.map(treeOf) }] };
    const table: SiteTable = {
      pseudonyms: x.map((_: unknown, i: number) => `p${String(i).padStart(2, '0')}`),
      columns: new Map([['y', numbers(x.map((_: unknown, i: number) => i % 2))], ...features.map((name: string, j: number) => [name, numbers(x.map((row: number[]) => row[j]!))] as const)]),
    };
    for (const sites of [1, 3]) {
      const got = await summary(openFederation(overSites(table, sites)), { view: { outcome: 'y', features: [], rows: [] }, model });
      expect(got.patients).toBe(x.length);
      expect(Math.abs(got.expected - expected_value)).toBeLessThan(1e-9);
      got.features.forEach(({ meanAbsolute, mean }, j) => {
        expect(Math.abs(meanAbsolute - mean_abs_phi[j]), got.features[j]!.feature).toBeLessThan(1e-9);
        expect(Math.abs(mean - phi.reduce((sum: number, row: number[]) => sum + row[j]!, 0) / x.length)).toBeLessThan(1e-9);
      });
    }
  });
});

const view: ViewSpec = { outcome: 'y', features: ['mean_texture', 'mean_smoothness', 'age'], rows: trainingRows };
const linear: ModelArtefact = { kind: 'logistic', features: view.features, mean: [19, 0.1, 50], sd: [4, 0.014, 10], coefficients: [0.9, 0.7, 0], intercept: -0.6 };

/** Columns of the training patients of all sites. */
const training = (names: readonly string[]): Float64Array[] => names.map((name) => {
  const { values } = pooledTable('wdbc').columns.get(name) as { values: Float64Array };
  return Float64Array.from(rowsOf('wdbc', 'train'), (row) => values[row]!);
});

describe('SHAP values over sites', () => {
  it('of a linear model are about the pooled means, and those of a feature without a coefficient are not drawn', async () => {
    const columns = training(view.features);
    const n = columns[0]!.length;
    const mean = columns.map((x) => x.reduce((sum, one) => sum + one, 0) / n);
    const got = await summary(oracleFederation('wdbc', 'own'), { view, model: linear });
    expect(got.scale).toBe('log-odds');
    expect(got.expected).toBeCloseTo(-0.6 + (0.9 * (mean[0]! - 19)) / 4 + (0.7 * (mean[1]! - 0.1)) / 0.014, 10);
    [0.9 / 4, 0.7 / 0.014].forEach((slope, j) => {
      expect(got.features[j]!.meanAbsolute).toBeCloseTo(columns[j]!.reduce((sum, x) => sum + Math.abs(slope * (x - mean[j]!)), 0) / n, 10);
      expect(got.features[j]!.mean).toBeCloseTo(0, 10);
    });
    expect(got.features[2]).toEqual({ feature: 'age', meanAbsolute: 0, mean: 0, sd: 0 });
    expect(got.shapes.map(({ feature }) => feature).sort()).toEqual(['mean_smoothness', 'mean_texture']);
  });

  it('of a linear machine add up to the log-odds of its probability', () => {
    const machine: ModelArtefact = { kind: 'linear-svm', features: ['a', 'b'], mean: [1, 2], sd: [2, 1], coefficients: [0.5, -1], intercept: 0.3, platt: { slope: 2, intercept: -0.1 } };
    const { phi, expected: base } = shapleyValues(machine, Float64Array.of(3, 5), 1, [2, 2])!;
    expect(base + phi[0]! + phi[1]!).toBeCloseTo(2 * (0.5 * 1 - 1 * 3 + 0.3) - 0.1, 12);
  });

  it('of grown trees: tenths and cells hold all patients, add up to the means, and are the same over any sites', async () => {
    const { artefact } = await federatedBoosting(oracleFederation('wdbc', 'own'), { view, bins: 16, options: boostingOptions({ trees: 20 }) });
    const got = await summary(oracleFederation('wdbc', 'own'), { view, model: artefact });
    const columns = training(view.features);
    const n = columns[0]!.length;
    const { phi } = shapleyValues(artefact, Float64Array.from(columns.flatMap((x) => [...x])), n, [])!;
    for (const { feature, dependence, cells } of got.shapes) {
      const j = view.features.indexOf(feature);
      expect(dependence.reduce((sum, { patients }) => sum + patients, 0)).toBe(n);
      expect(cells.reduce((sum, { patients }) => sum + patients, 0)).toBe(n);
      expect(dependence.reduce((sum, { patients, meanShap }) => sum + patients * meanShap, 0) / n).toBeCloseTo(got.features[j]!.mean, 10);
      for (const { from, below, patients, meanShap } of dependence) {
        const rows = [...columns[j]!.keys()].filter((i) => (from === null || columns[j]![i]! >= from) && (below === null || columns[j]![i]! < below));
        expect(patients).toBe(rows.length);
        expect(meanShap).toBeCloseTo(rows.reduce((sum, i) => sum + phi[j * n + i]!, 0) / rows.length, 10);
      }
      // Inner cells hold the patients whose SHAP values lie between their edges.
      const inner = cells.filter(({ from, to }) => from > Math.min(...cells.map((one) => one.from)) && to < Math.max(...cells.map((one) => one.to)));
      const within = [...new Set(inner.map(({ from }) => from))].reduce((sum, low) => sum + phi.subarray(j * n, (j + 1) * n).filter((one) => one >= low && one < inner.find(({ from }) => from === low)!.to).length, 0);
      expect(within).toBe(inner.reduce((sum, { patients }) => sum + patients, 0));
    }
    const spread = await summary(oracleFederation('wdbc', 5), { view, model: artefact });
    expect(spread.shapes).toEqual(got.shapes.map((one) => ({ ...one, dependence: one.dependence.map((row) => ({ ...row, meanShap: expect.closeTo(row.meanShap, 12) as number })) })));
  });

  it('are shown in cells of nobody or of at least the minimum', async () => {
    const got = await summary(oracleFederation('wdbc', 'own'), { view, model: linear, minimumCell: 12 });
    for (const { dependence, cells } of got.shapes) {
      for (const { patients } of [...dependence, ...cells]) expect(patients).toBeGreaterThanOrEqual(12);
      expect(cells.reduce((sum, { patients }) => sum + patients, 0)).toBe(398);
    }
  });

  it('are none of a model that has none, and of patients below the minimum', async () => {
    const map = { seed: 'a', components: 2, gamma: 1 };
    const kernel = { ...linear, kind: 'fourier-svm', coefficients: [1, 1], platt: { slope: 1, intercept: 0 }, map } as unknown as ModelArtefact;
    expect(modelFeatures(kernel)).toEqual(view.features);
    expect(await federatedShap(oracleFederation('wdbc', 'own'), { view, model: kernel })).toEqual({ notEstimable: 'SHAP values are made for linear models and for trees.' });
    const few: ViewSpec = { ...view, rows: [{ column: 'fold', oneOf: [3] }] };
    expect(await federatedShap(oracleFederation('wdbc', 'own', { profile: 'standard' }), { view: few, model: linear })).toMatchObject({ suppressed: { rule: 'minimum-patients' } });
  });
});

describe('neighbouring counts', () => {
  it.each([
    [[3, 0, 2, 9, 0, 0, 1], 5, [[0, 3, 5], [3, 7, 10]]],
    [[0, 0, 5, 0, 6], 5, [[2, 3, 5], [4, 5, 6]]],
    [[1, 1], 5, []],
    [[1, 0, 2], 0, [[0, 1, 1], [2, 3, 2]]],
    [[7, 4], 5, [[0, 2, 11]]],
  ])('%j are joined until each has %d', (counts, k, want) => {
    expect(joined(counts, k).map(({ from, end, patients }) => [from, end, patients])).toEqual(want);
  });
});
