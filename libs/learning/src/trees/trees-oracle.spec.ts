import { describe, expect, it } from 'vitest';
import { binColumns } from './binned-columns.js';
import { Boosting, depthWiseDefaults, type BoostingOptions } from './boosting.js';
import { BoostedRows } from './gradient-histogram.js';
import { dataSets, expected, oracleTable } from '../fixtures/oracle.js';
import { treeShap } from './tree-shap.js';
import type { Tree } from './tree.js';
import { predictTrees, type TreesArtefact } from './trees-model.js';

interface XgbNode {
  readonly nodeid: number;
  readonly split?: string;
  readonly split_condition: number;
  readonly cover: number;
  readonly gain: number;
  readonly leaf?: number;
  readonly yes: number;
  readonly children?: readonly XgbNode[];
}

/** x ≤ t as x < the next double. */
const above = (t: number): number => {
  const words = new Float64Array([t]);
  const bits = new BigInt64Array(words.buffer);
  bits[0] = t === 0 ? 1n : t > 0 ? bits[0]! + 1n : bits[0]! - 1n;
  return words[0]!;
};

const columnsOf = (rows: readonly (readonly number[])[]) => Float64Array.from(rows[0]!.flatMap((_, j) => rows.map((row) => row[j]!)));

describe.each(dataSets)('trees of %s against their references', (dataSet) => {
  const shap = expected(dataSet, 'shap');
  const xgb = expected(dataSet, 'xgboost_exact');

  it.each([0, 1, 2])('SHAP values of ensemble %d equal the brute force over all subsets to 1e-9', (which) => {
    const { features, tree_weight, init, trees, x, phi, expected_value, f_x } = shap.ensembles[which];
    const model: TreesArtefact = { kind: 'trees', features, ensembles: [{ weight: 1, link: 'identity', base: init, factor: tree_weight, trees: trees.map(scikitTree) }] };
    const X = columnsOf(x);
    const got = treeShap(model, X, x.length);
    expect(Math.abs(got.expected - expected_value)).toBeLessThan(1e-9);
    phi.forEach((row: number[], i: number) => row.forEach((want, j) => expect(Math.abs(got.phi[j * x.length + i]! - want), `row ${i} feature ${j}`).toBeLessThan(1e-9)));
    f_x.forEach((want: number, i: number) => expect(Math.abs(got.expected + features.reduce((sum: number, _: string, j: number) => sum + got.phi[j * x.length + i]!, 0) - want)).toBeLessThan(1e-9));
  });

  it('SHAP values and margins of two boosters of XGBoost are equal within its single precision', () => {
    for (const { trees, x_test_first20, contribs_test_first20, margin_test } of xgb.runs) {
      const model: TreesArtefact = { kind: 'trees', features: xgb.features, ensembles: [{ weight: 1, link: 'identity', base: 0, factor: 1, trees: trees.map(xgbTree) }] };
      const got = treeShap(model, columnsOf(x_test_first20), 20);
      contribs_test_first20.forEach((row: number[], i: number) => {
        row.slice(0, -1).forEach((want, j) => expect(Math.abs(got.phi[j * 20 + i]! - want)).toBeLessThan(1e-5));
        expect(Math.abs(got.expected - row.at(-1)!)).toBeLessThan(1e-5);
        expect(Math.abs(got.expected + xgb.features.reduce((sum: number, _: string, j: number) => sum + got.phi[j * 20 + i]!, 0) - margin_test[i])).toBeLessThan(1e-5);
      });
    }
  });

  it.each([0, 1])('boosting in bins makes the trees of XGBoost, run %d: splits equal, gains and leaves within its single precision, margins to 1e-5', (run) => {
    const want = xgb.binned.runs[run];
    const table = oracleTable(dataSet);
    const X = Float64Array.from(xgb.features.flatMap((name: string) => [...table.number(name)]));
    const y = Uint8Array.from(table.number('y'));
    const cuts = xgb.binned.cuts.map((own: number[]) => Float64Array.from(own));
    const options: BoostingOptions = {
      ...depthWiseDefaults, trees: want.rounds, depth: want.max_depth, learningRate: want.eta, lambda: want.lambda, minimumChildWeight: want.min_child_weight, gamma: want.gamma, minimumLeaf: 1, base: 'zero',
    };
    const [train, test] = [table.rows('train'), table.rows('test')];
    const boosting = new Boosting(options, cuts, { n: train.length, events: 1 });
    const rows = new BoostedRows(binColumns(X, table.n, cuts), y, train, boosting.base);
    for (let ask = boosting.ask(); ask; ask = boosting.ask()) {
      const before = boosting.trees;
      boosting.receive(rows.histograms({ ...ask, bag: null }));
      if (boosting.trees > before) rows.add(boosting.latest);
    }
    train.forEach((row, i) => expect(Math.abs(rows.margins[row]! - want.margin_train[i])).toBeLessThan(1e-5));
    test.forEach((row, i) => expect(Math.abs(rows.margins[row]! - want.margin_test[i])).toBeLessThan(1e-5));
    expect(Math.abs(rows.logLoss(train) / train.length - want.logloss_train)).toBeLessThan(1e-6);
    const { trees } = boosting.ensemble();
    want.trees.forEach((tree: XgbNode, t: number) => expectSameTree(trees[t]!, tree, cuts));
    // The model in values says what the trees in bins say.
    const probabilities = predictTrees({ kind: 'trees', features: xgb.features, ensembles: [boosting.ensemble()] }, X, table.n);
    probabilities.forEach((p, i) => expect(Math.abs(p - 1 / (1 + Math.exp(-rows.margins[i]!)))).toBeLessThan(1e-12));
  });
});

function scikitTree(t: { left: number[]; right: number[]; feature: number[]; threshold: number[]; cover: number[]; value: number[] }): Tree {
  const inner = t.left.map((child) => child >= 0);
  return {
    feature: Int32Array.from(t.feature, (f, i) => (inner[i] ? f : -1)),
    threshold: Float64Array.from(t.threshold, (x, i) => (inner[i] ? above(x) : 0)),
    left: Int32Array.from(t.left, (child) => Math.max(0, child)),
    right: Int32Array.from(t.right, (child) => Math.max(0, child)),
    value: Float64Array.from(t.value, (x, i) => (inner[i] ? 0 : x)),
    cover: Float64Array.from(t.cover),
  };
}

function xgbTree(root: XgbNode): Tree {
  const nodes: XgbNode[] = [root];
  const [left, right]: [number[], number[]] = [[], []];
  for (let k = 0; k < nodes.length; k++) {
    const { children, yes } = nodes[k]!;
    left[k] = children ? nodes.length : 0;
    right[k] = children ? nodes.length + 1 : 0;
    if (children) nodes.push(children.find(({ nodeid }) => nodeid === yes)!, children.find(({ nodeid }) => nodeid !== yes)!);
  }
  return {
    feature: Int32Array.from(nodes, ({ split }) => (split ? Number(split.slice(1)) : -1)),
    threshold: Float64Array.from(nodes, ({ split, split_condition }) => (split ? Math.fround(split_condition) : 0)),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    value: Float64Array.from(nodes, ({ leaf }) => leaf ?? 0),
    cover: Float64Array.from(nodes, ({ cover }) => cover),
  };
}

/** XGBoost splits at a bin number: bin < c. Ours is the cut below which the bins up to ceil(c) - 1 lie. */
function expectSameTree(got: Tree, root: XgbNode, cuts: readonly Float64Array[]): void {
  const visit = (node: number, want: XgbNode): void => {
    if (want.leaf !== undefined) {
      expect(got.feature[node]).toBe(-1);
      expect(Math.abs(got.value[node]! - want.leaf)).toBeLessThan(1e-5);
      return;
    }
    const f = Number(want.split!.slice(1));
    expect(got.feature[node]).toBe(f);
    expect(got.threshold[node]).toBe(cuts[f]![Math.ceil(want.split_condition) - 1]);
    visit(got.left[node]!, want.children!.find(({ nodeid }) => nodeid === want.yes)!);
    visit(got.right[node]!, want.children!.find(({ nodeid }) => nodeid !== want.yes)!);
  };
  visit(0, root);
}
