import type { Tree } from './tree.js';

/** How many rows pass each node of each tree, tree after tree. Summed over hospitals they are the pooled covers that SHAP rests on. */
export function passingRows(trees: readonly Tree[], X: Float64Array, n: number): Float64Array {
  const counts = new Float64Array(trees.reduce((sum, { feature }) => sum + feature.length, 0));
  let start = 0;
  for (const { feature, threshold, left, right } of trees) {
    for (let i = 0; i < n; i++) {
      let node = 0;
      counts[start]++;
      while (feature[node] >= 0) {
        node = X[feature[node] * n + i] < threshold[node] ? left[node] : right[node];
        counts[start + node]++;
      }
    }
    start += feature.length;
  }
  return counts;
}

/** The trees with these covers, tree after tree. */
export function withCovers(trees: readonly Tree[], covers: Float64Array): Tree[] {
  let at = 0;
  return trees.map((tree) => ({ ...tree, cover: covers.slice(at, (at += tree.feature.length)) }));
}
