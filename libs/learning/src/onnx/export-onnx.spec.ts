import { SeededRandom } from '@consilium/numerics';
import { InferenceSession, Tensor, env } from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { config, dataSets, oracleTable, scaled, type DataSet } from '../fixtures/oracle.js';
import { fitLogistic, linearModelOf, modelFeatures, modelValue, parseModel, predictModel, type ModelArtefact } from '../index.js';
import { onnxOf, onnxOfChain } from './export-onnx.js';
import { exportSvm } from './export-svm.js';
import { exportTrees } from './export-trees.js';
import { OnnxGraph } from './onnx-graph.js';

env.wasm.numThreads = 1;

/** Predictions of the runtime: X row by row. */
async function run(bytes: Uint8Array, columns: readonly Float64Array[], n: number): Promise<Float64Array> {
  const p = columns.length;
  const rows = Float64Array.from({ length: n * p }, (_, at) => columns[at % p]![Math.floor(at / p)]!);
  const session = await InferenceSession.create(bytes);
  const { P } = await session.run({ X: new Tensor('float64', rows, [n, p]) });
  await session.release();
  return P!.data as Float64Array;
}

/** The largest distance of the runtime's predictions from ours; NaN where one of them has none. */
async function distance(model: ModelArtefact, column: (name: string) => Float64Array, n: number): Promise<number> {
  const columns = modelFeatures(model).map(column);
  const X = new Float64Array(n * columns.length);
  columns.forEach((values, j) => X.set(values, j * n));
  const own = predictModel(model, X, n);
  const theirs = await run(onnxOf(model), columns, n);
  expect(theirs).toHaveLength(n);
  expect(Array.from(theirs, Number.isNaN)).toEqual(Array.from(own, Number.isNaN));
  return Math.max(...Array.from(own, (p, i) => (Number.isNaN(p) ? 0 : Math.abs(p - theirs[i]!))));
}

function logisticOf(dataSet: DataSet, features: readonly string[]): ModelArtefact {
  const table = oracleTable(dataSet);
  const { columns, ...scale } = scaled(table, features, table.rows('train'));
  const y = Float64Array.from(table.rows('train'), (i) => table.number('y')[i]!);
  return linearModelOf(fitLogistic({ columns, y }, { C: 1 }), scale);
}

describe.each(dataSets)('models of %s under onnxruntime', (dataSet) => {
  const table = oracleTable(dataSet);
  const subset = config(dataSet).subset8 as string[];
  const radiomic = logisticOf(dataSet, subset);
  const clinical = logisticOf(dataSet, ['age', 'sex', 'stage=III', 'logebv']);

  it.each<[string, ModelArtefact]>([
    ['a logistic model', radiomic],
    ['a recalibrated one', { kind: 'recalibrated', model: radiomic, slope: 0.8, intercept: -0.4 }],
    ['the average of two', { kind: 'late-fusion', rule: 'average', models: [radiomic, clinical] }],
    ['the larger of two', { kind: 'late-fusion', rule: 'maximum', models: [clinical, { kind: 'recalibrated', model: radiomic, slope: 1.3, intercept: 0.2 }] }],
  ])('%s predicts what it predicts here, to 1e-9', async (_, model) => {
    expect(await distance(model, (name) => table.number(name), table.n)).toBeLessThan(1e-9);
  });

  it('are passed over where a patient lacks what they read, and predict nothing where all do', async () => {
    const gaps = (name: string) => table.number(name).map((x, i) => (i % 7 === 0 || (i % 5 === 0 && subset.includes(name)) ? NaN : x));
    for (const rule of ['average', 'maximum'] as const) expect(await distance({ kind: 'late-fusion', rule, models: [radiomic, clinical] }, gaps, table.n)).toBeLessThan(1e-9);
    expect(await distance(radiomic, gaps, table.n)).toBeLessThan(1e-9);
  });
});

describe('machines and trees', () => {
  const table = oracleTable('radsyn');
  const features = config('radsyn').subset8 as string[];
  const columns = features.map((name) => table.number(name));
  const { mean, sd } = scaled(table, features, table.rows('train'));
  const random = SeededRandom.fromSeed('coefficients');
  const predict = (of: (x: number[]) => number) => Float64Array.from({ length: table.n }, (_, i) => of(columns.map((column) => column[i]!)));
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const runGraph = async (write: (graph: OnnxGraph) => string, own: (x: number[]) => number) => {
    const graph = new OnnxGraph();
    const theirs = await run(graph.bytes(write(graph), features, {}), columns, table.n);
    const ours = predict(own);
    expect(Math.max(...ours) - Math.min(...ours)).toBeGreaterThan(0.05);
    return Math.max(...ours.map((p, i) => Math.abs(p - theirs[i]!)));
  };

  it('of a linear machine and of random Fourier features predict what their formulas say, to 1e-7', async () => {
    const coefficients = features.map(() => random.normal());
    const platt = { slope: 1.3, intercept: -0.2 };
    const z = (x: number[]) => x.map((value, j) => (value - mean[j]!) / sd[j]!);
    const linear = { mean, sd, coefficients, intercept: 0.4, platt };
    expect(await runGraph((graph) => exportSvm(graph, linear, 'X'), (x) => sigmoid(platt.slope * z(x).reduce((sum, value, j) => sum + value * coefficients[j]!, 0.4) + platt.intercept))).toBeLessThan(1e-9);
    const map = { components: 40, gamma: 0.1, seed: 's' };
    const draws = SeededRandom.fromSeed('s/fourier');
    const components = Array.from({ length: map.components }, () => ({ b: 2 * Math.PI * draws.uniform(), w: features.map(() => Math.sqrt(2 * map.gamma) * draws.normal()) }));
    const weights = components.map(() => random.normal());
    const phi = (x: number[]) => components.map(({ b, w }) => Math.sqrt(2 / map.components) * Math.cos(z(x).reduce((sum, value, j) => sum + value * w[j]!, b)));
    expect(await runGraph((graph) => exportSvm(graph, { ...linear, coefficients: weights, map }, 'X'), (x) => sigmoid(platt.slope * phi(x).reduce((sum, value, d) => sum + value * weights[d]!, 0.4) + platt.intercept))).toBeLessThan(1e-7);
  });

  it('of boosted trees, of a forest and of both merged predict what the trees say, thresholds that are values of patients included, to 1e-6', async () => {
    const tree = (depth: number) => {
      const size = 2 ** (depth + 1) - 1;
      const inner = (node: number) => node < 2 ** depth - 1;
      const feature = Array.from({ length: size }, (_, node) => (inner(node) ? random.integerBelow(features.length) : -1));
      const threshold = feature.map((j) => (j < 0 ? 0 : columns[j]![random.integerBelow(table.n)]!));
      const child = (side: number) => feature.map((j, node) => (j < 0 ? 0 : 2 * node + side));
      return { feature, threshold, left: child(1), right: child(2), value: feature.map((j) => (j < 0 ? random.normal() : 0)) };
    };
    const boosted = { weight: 0.6, link: 'logit' as const, base: -0.3, factor: 0.1, trees: Array.from({ length: 50 }, () => tree(3)) };
    const forest = { weight: 0.4, link: 'identity' as const, base: 0, factor: 1 / 30, trees: Array.from({ length: 30 }, () => ({ ...tree(4), value: Array.from({ length: 31 }, () => random.uniform()) })) };
    const answer = ({ link, base, factor, trees }: typeof boosted | typeof forest, x: number[]): number => {
      const sum = trees.reduce((total, { feature, threshold, left, right, value }) => {
        let node = 0;
        while (feature[node]! >= 0) node = x[feature[node]!]! < threshold[node]! ? left[node]! : right[node]!;
        return total + factor * value[node]!;
      }, base);
      return link === 'logit' ? sigmoid(sum) : Math.min(1, Math.max(0, sum));
    };
    for (const ensembles of [[{ ...boosted, weight: 1 }], [{ ...forest, weight: 1 }], [boosted, forest]]) {
      expect(await runGraph((graph) => exportTrees(graph, { features, ensembles }, 'X'), (x) => ensembles.reduce((sum, one) => sum + one.weight * answer(one, x), 0))).toBeLessThan(1e-6);
    }
    const graph = new OnnxGraph();
    const gaps = columns.map((column, j) => column.map((x, i) => (j === 2 && i % 9 === 0 ? NaN : x)));
    const theirs = await run(graph.bytes(exportTrees(graph, { features, ensembles: [boosted, forest] }, 'X'), features, {}), gaps, table.n);
    expect(Array.from(theirs, Number.isNaN)).toEqual(Array.from({ length: table.n }, (_, i) => i % 9 === 0));
  });
});

describe('models that read one another', () => {
  it('are one graph, which predicts what they predict one after another', async () => {
    const table = oracleTable('radsyn');
    const radiomic = logisticOf('radsyn', config('radsyn').subset8);
    const combined: ModelArtefact = { kind: 'logistic', features: ['age', 'radiomic', 'sex'], mean: [50, 0.4, 0], sd: [10, 0.2, 1], coefficients: [0.3, 1.4, -0.5], intercept: -0.2 };
    const features = modelFeatures(radiomic);
    const X = Float64Array.from(features.flatMap((name) => [...table.number(name)]));
    const columns = [table.number('age'), predictModel(radiomic, X, table.n), table.number('sex')];
    const own = predictModel(combined, Float64Array.from(columns.flatMap((column) => [...column])), table.n);
    const theirs = await run(onnxOfChain([{ name: 'radiomic', artefact: radiomic }, { name: 'combined', artefact: combined }]), [...features, 'age', 'sex'].map((name) => table.number(name)), table.n);
    own.forEach((p, i) => expect(Math.abs(p - theirs[i]!)).toBeLessThan(1e-9));
  });
});

describe('a model as ONNX', () => {
  it('leaves a feature out that was constant when the model was fitted, also where it is missing now', async () => {
    const model: ModelArtefact = { kind: 'logistic', features: ['a', 'flat'], mean: [1, 3], sd: [2, 0], coefficients: [0.5, 9], intercept: -0.1 };
    const columns: Record<string, Float64Array> = { a: Float64Array.of(1, -4, 6), flat: Float64Array.of(3, 70, NaN) };
    expect(await distance(model, (name) => columns[name]!, 3)).toBeLessThan(1e-12);
  });

  it('names its features, and what else it is told, in its metadata', () => {
    const text = Buffer.from(onnxOf({ kind: 'logistic', features: ['a b'], mean: [0], sd: [1], coefficients: [1], intercept: 0 }, { notice: 'research use only' })).toString('latin1');
    expect(text).toContain('["a b"]');
    expect(text).toContain('research use only');
  });

  it('of a recalibration is read back from its published value, and nothing else is', () => {
    const model: ModelArtefact = { kind: 'recalibrated', model: { kind: 'logistic', features: [], mean: [], sd: [], coefficients: [], intercept: 1 }, slope: 0.5, intercept: 2 };
    const value = modelValue(model) as Record<string, never>;
    expect(parseModel(value)).toEqual(model);
    for (const change of [{ slope: NaN }, { more: 1 }, { model: { kind: 'logistic' } }, { intercept: 'a' }]) expect(parseModel({ ...value, ...change } as never)).toBeNull();
    expect(predictModel(model, new Float64Array(0), 2)).toEqual(Float64Array.of(1, 1).map(() => 1 / (1 + Math.exp(-2.5))));
  });
});
