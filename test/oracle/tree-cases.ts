import { siteTables } from './cohorts.js';
import { ask, part, type OracleCase } from './oracle-case.js';
import { expected, subset8, type Comparison, type DataSet, type Json } from './reference.js';

/** Boosting, forests, merged forests and SHAP values against the topics xgboost_exact and trees. */
export function treeCases(dataSet: DataSet): OracleCase[] {
  return [...boostingCases(dataSet), ...forestCases(dataSet), ...shapCases(dataSet)];
}

/** XGBoost computes in single precision. */
const SINGLE = { absolute: 1e-5 };

function boostingCases(dataSet: DataSet): OracleCase[] {
  const { features, binned } = expected(dataSet, 'xgboost_exact');
  return binned.runs.map((want: Json, run: number): OracleCase => {
    const { rounds: trees, max_depth: depth, eta: learningRate, lambda, min_child_weight: minimumChildWeight, gamma } = want;
    const settings = { trees, depth, learningRate, lambda, minimumChildWeight, gamma, minimumLeaf: 1, base: 'zero' };
    return {
      name: `boosting in the bins of XGBoost, run ${run}`,
      spreads: ['own', 10],
      inProcessOnly: run > 0,
      ask: ask('boosting', { outcome: 'y', features, cuts: binned.cuts, settings, ...part('train') }),
      check(compare, { model }) {
        const [ensemble] = model.ensembles;
        compare.same('trees', ensemble.trees.length, want.trees.length);
        want.trees.forEach((tree: Json, t: number) => checkTree(compare, ensemble.trees[t], { tree, features, cuts: binned.cuts }));
        for (const split of ['train', 'test'] as const) compare.all(`margin in ${split}`, rowsOf(dataSet, split).map((row) => scoreOf(ensemble, row)), want[`margin_${split}`], SINGLE);
      },
    };
  });
}

/** XGBoost divides the bins at c; ours is the cut below which the bins up to ceil(c) - 1 lie. */
function checkTree(compare: Comparison, nodes: Json[], { tree, features, cuts }: { tree: Json; features: string[]; cuts: number[][] }): void {
  const visit = (node: Json, want: Json): void => {
    if (want.leaf !== undefined) {
      compare.near('leaf', node.value, want.leaf, SINGLE);
      return;
    }
    const feature = Number(want.split.slice(1));
    compare.same('split', [node.feature, node.below], [features[feature], cuts[feature]![Math.ceil(want.split_condition) - 1]]);
    const child = (id: number) => want.children.find(({ nodeid }: Json) => nodeid === id);
    visit(nodes[node.left], child(want.yes));
    visit(nodes[node.right], child(want.no));
  };
  visit(nodes[0], tree);
}

/** Forests are held to the range of twenty seeds of scikit-learn, merged ones to that of its three. */
function forestCases(dataSet: DataSet): OracleCase[] {
  const features = subset8(dataSet);
  const ranges = expected(dataSet, 'trees').subset8;
  const within = (compare: Comparison, { model }: Json, aucs: readonly number[]): void => {
    const auc = aucOf(dataSet, model);
    compare.same(`AUC ${auc.toFixed(4)} from ${(Math.min(...aucs) - 0.02).toFixed(4)} to ${(Math.max(...aucs) + 0.02).toFixed(4)}`, auc > Math.min(...aucs) - 0.02 && auc < Math.max(...aucs) + 0.02, true);
  };
  const base = { outcome: 'y', features, ...part('train') };
  const merged = (weights: string, figure: string): OracleCase => ({
    name: `forests of the sites, merged: ${weights}`,
    spreads: ['own'],
    inProcessOnly: weights === 'equal',
    ask: ask('merged-trees', { ...base, weights }),
    check: (compare, got) => within(compare, got, ranges.local_random_forests_merged.runs.map((run: Json) => run[figure])),
  });
  return [
    { name: 'random forest', heavy: true, inProcessOnly: true, spreads: ['own', 10], ask: ask('random-forest', { ...base, bins: 16, settings: { trees: 100, minimumLeaf: 2 } }), check: (compare, got) => within(compare, got, ranges.random_forest_300.auc) },
    { name: 'ExtraTrees', heavy: true, inProcessOnly: true, spreads: ['own', 10], ask: ask('extra-trees', { ...base, bins: 16, settings: { trees: 100, minimumLeaf: 2 } }), check: (compare, got) => within(compare, got, ranges.extra_trees_300.auc) },
    merged('equal', 'auc_merged_equal'),
    merged('patients', 'auc_merged_by_n'),
  ];
}

/** Mean |SHAP| on test rows by XGBoost itself. */
function shapCases(dataSet: DataSet): OracleCase[] {
  const { features, runs } = expected(dataSet, 'xgboost_exact');
  return runs.map(({ trees, mean_abs_shap_test }: Json, run: number): OracleCase => {
    const model = { kind: 'trees', features, ensembles: [{ weight: 1, link: 'logit', base: 0, factor: 1, ...blocksOf(trees) }] };
    return {
      name: `mean SHAP values of a booster of XGBoost, run ${run}`,
      inProcessOnly: run > 0,
      ask: ask('shap', { outcome: 'y', model, ...part('test') }),
      check: (compare, got) => compare.all('mean |SHAP|', got.features.map(({ meanAbsolute }: Json) => meanAbsolute), mean_abs_shap_test, SINGLE),
    };
  });
}

function blocksOf(trees: readonly Json[]): Json {
  const all = trees.map((root) => {
    const nodes: Json[] = [root];
    const children: [number, number][] = [];
    for (let k = 0; k < nodes.length; k++) {
      const { children: own, yes, no } = nodes[k];
      children.push(own ? [nodes.length, nodes.length + 1] : [0, 0]);
      if (own) nodes.push(own.find(({ nodeid }: Json) => nodeid === yes), own.find(({ nodeid }: Json) => nodeid === no));
    }
    return { nodes, children };
  });
  const joined = (make: (node: Json) => number) => all.flatMap(({ nodes }) => nodes.map(make));
  return {
    sizes: all.map(({ nodes }) => nodes.length),
    feature: joined(({ split }) => (split ? Number(split.slice(1)) : -1)),
    threshold: joined(({ split, split_condition }) => (split ? singleThreshold(split_condition) : 0)),
    left: all.flatMap(({ children }) => children.map(([left]) => left)),
    right: all.flatMap(({ children }) => children.map(([, right]) => right)),
    value: joined(({ leaf }) => leaf ?? 0),
    cover: joined(({ cover }) => cover),
  };
}

/** XGBoost rounds a value to single precision before it compares: what is rounded to t or above goes right. That begins half way to the number before t. */
function singleThreshold(condition: number): number {
  const t = Math.fround(condition);
  const bits = new Int32Array(Float32Array.of(t).buffer);
  bits[0]! += t > 0 ? -1 : 1;
  return (t + new Float32Array(bits.buffer)[0]!) / 2;
}

type Row = (feature: string) => number;

/** Patients of a split, in the order of the file: their pseudonyms ascend. */
function rowsOf(dataSet: DataSet, split: 'train' | 'test'): Row[] {
  const [table] = siteTables(dataSet, 1).values();
  const column = (name: string) => table!.columns.get(name)!;
  const splits = column('split');
  const rows = table!.pseudonyms.flatMap((_, i) => (splits.kind === 'category' && splits.levels[splits.codes[i]!] === split ? [i] : []));
  return rows.map((i) => (feature) => {
    const own = column(feature);
    return own.kind === 'number' ? own.values[i]! : NaN;
  });
}

function scoreOf({ base, factor, trees }: Json, row: Row): number {
  const leaf = (nodes: Json[]): number => {
    let node = nodes[0];
    while (node.feature !== undefined) node = nodes[row(node.feature) < node.below ? node.left : node.right];
    return node.value;
  };
  return base + factor * trees.reduce((sum: number, nodes: Json[]) => sum + leaf(nodes), 0);
}

/** Of the test rows. All pairs are looked at: it is a witness. */
function aucOf(dataSet: DataSet, { ensembles }: Json): number {
  const rows = rowsOf(dataSet, 'test');
  const p = rows.map((row) => ensembles.reduce((sum: number, one: Json) => sum + one.weight * scoreOf(one, row), 0) as number);
  const [events, others] = [1, 0].map((outcome) => p.filter((_, i) => rows[i]!('y') === outcome)) as [number[], number[]];
  const right = events.reduce((sum, one) => sum + others.reduce((own, other) => own + (one > other ? 1 : one === other ? 0.5 : 0), 0), 0);
  return right / (events.length * others.length);
}
