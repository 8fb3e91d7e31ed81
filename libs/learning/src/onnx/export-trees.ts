import type { OnnxGraph } from './onnx-graph.js';

/** A model of trees, as far as it is written: see trees/trees-model. */
export interface ExportedTrees {
  readonly features: readonly string[];
  readonly ensembles: readonly ExportedEnsemble[];
}

interface ExportedEnsemble {
  readonly weight: number;
  readonly link: 'identity' | 'logit';
  readonly base: number;
  readonly factor: number;
  readonly trees: readonly ExportedTree[];
}

interface ExportedTree {
  readonly feature: ArrayLike<number>;
  readonly threshold: ArrayLike<number>;
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  readonly value: ArrayLike<number>;
}

const ML = 'ai.onnx.ml';

/**
 * Ensembles of trees as TreeEnsembleRegressor with thresholds and leaves as double tensors: a row goes left where x < threshold, decided on doubles. The operator
 * gives its sum in single precision, so leaves carry their factor and the base is added afterwards in double: margins are right to about 1e-7 of their
 * size. A row that lacks a feature has no prediction, as ours.
 */
export function exportTrees(graph: OnnxGraph, { features, ensembles }: ExportedTrees, X: string): string {
  const parts = ensembles.map((ensemble) => {
    const sum = ensemble.trees.length === 0 ? rowsOf(graph, X, 0) : graph.add('Squeeze', [graph.add('Cast', [regressor(graph, ensemble, X)], { to: 11 }), graph.indices([1])]);
    const margin = graph.add('Add', [sum, graph.constant([ensemble.base])]);
    const probability = ensemble.link === 'logit' ? graph.add('Sigmoid', [margin]) : graph.add('Min', [graph.add('Max', [margin, graph.constant([0])]), graph.constant([1])]);
    return graph.add('Mul', [probability, graph.constant([ensemble.weight])]);
  });
  const predicted = parts.length === 1 ? parts[0] : graph.add('Sum', parts);
  // 0 · Σ x is 0, or missing where a feature is.
  return features.length === 0 ? predicted : graph.add('Add', [predicted, rowsOf(graph, X, features.length)]);
}

/** A zero for every row, missing where the row lacks one of its features. */
function rowsOf(graph: OnnxGraph, X: string, p: number): string {
  const zeros = graph.add('Mul', [X, graph.constant(new Float64Array(Math.max(p, 1)), [Math.max(p, 1)])]);
  return graph.add('ReduceSum', [zeros, graph.indices([1])], { keepdims: 0 });
}

function regressor(graph: OnnxGraph, { trees, factor }: ExportedEnsemble, X: string): string {
  const nodes = trees.flatMap((tree, t) => Array.from(tree.feature, (feature, node) => ({ tree: t, node, feature, of: tree })));
  const leaves = nodes.filter(({ feature }) => feature < 0);
  return graph.add(
    'TreeEnsembleRegressor',
    [X],
    {
      n_targets: 1,
      nodes_treeids: nodes.map(({ tree }) => tree),
      nodes_nodeids: nodes.map(({ node }) => node),
      nodes_featureids: nodes.map(({ feature }) => Math.max(0, feature)),
      nodes_modes: nodes.map(({ feature }) => (feature < 0 ? 'LEAF' : 'BRANCH_LT')),
      nodes_values_as_tensor: Float64Array.from(nodes, ({ feature, of, node }) => (feature < 0 ? 0 : of.threshold[node])),
      nodes_truenodeids: nodes.map(({ feature, of, node }) => (feature < 0 ? 0 : of.left[node])),
      nodes_falsenodeids: nodes.map(({ feature, of, node }) => (feature < 0 ? 0 : of.right[node])),
      nodes_missing_value_tracks_true: nodes.map(() => 0),
      target_treeids: leaves.map(({ tree }) => tree),
      target_nodeids: leaves.map(({ node }) => node),
      target_ids: leaves.map(() => 0),
      target_weights_as_tensor: Float64Array.from(leaves, ({ of, node }) => factor * of.value[node]),
      aggregate_function: 'SUM',
      post_transform: 'NONE',
    },
    ML,
  );
}
