/**
 * A binary decision tree, node by node; node 0 is the root and every child stands after its parent.
 *
 * At an inner node a row goes left where x[feature] < threshold, else right. A leaf has feature -1 and children 0.
 */
export interface Tree {
  /** Index into the model's features; -1 at a leaf. */
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** What a leaf answers; 0 at inner nodes. */
  readonly value: Float64Array;
  /** Pooled weight of the training patients that pass the node. SHAP rests on it. */
  readonly cover: Float64Array;
}

/** Where a tree's answers are added, row by row: sums[i] += factor · leaf value. */
export interface TreeSums {
  /** n × p, column by column. */
  readonly X: Float64Array;
  readonly n: number;
  readonly factor: number;
  readonly sums: Float64Array;
}

/** Adds a tree's answer to the sum of every row. */
export function addTree({ feature, threshold, left, right, value }: Tree, { X, n, factor, sums }: TreeSums): void {
  for (let i = 0; i < n; i++) {
    let node = 0;
    while (feature[node] >= 0) node = X[feature[node] * n + i] < threshold[node] ? left[node] : right[node];
    sums[i] += factor * value[node];
  }
}

/** The node count of each tree and all their members one after another: how trees are written. */
export interface TreeBlocks {
  readonly sizes: Float64Array;
  readonly feature: Float64Array;
  readonly threshold: Float64Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly value: Float64Array;
  readonly cover: Float64Array;
}

export const treeMembers = ['feature', 'threshold', 'left', 'right', 'value', 'cover'] as const;

export function treesToBlocks(trees: readonly Tree[]): TreeBlocks {
  const sizes = Float64Array.from(trees, ({ feature }) => feature.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const joined = (member: (typeof treeMembers)[number]): Float64Array => {
    const all = new Float64Array(total);
    let at = 0;
    for (const tree of trees) {
      all.set(tree[member], at);
      at += tree[member].length;
    }
    return all;
  };
  return { sizes, feature: joined('feature'), threshold: joined('threshold'), left: joined('left'), right: joined('right'), value: joined('value'), cover: joined('cover') };
}

/** The trees of received blocks, or null where they are no trees over p features. */
export function treesFromBlocks(blocks: TreeBlocks, p: number): Tree[] | null {
  const { sizes } = blocks;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (!sizes.every((size) => Number.isInteger(size) && size >= 1) || treeMembers.some((member) => blocks[member].length !== total)) return null;
  const trees: Tree[] = [];
  let at = 0;
  for (const size of sizes) {
    const part = (member: (typeof treeMembers)[number]) => blocks[member].subarray(at, at + size);
    const tree: Tree = {
      feature: Int32Array.from(part('feature')),
      threshold: Float64Array.from(part('threshold')),
      left: Int32Array.from(part('left')),
      right: Int32Array.from(part('right')),
      value: Float64Array.from(part('value')),
      cover: Float64Array.from(part('cover')),
    };
    if (!isTree(tree, p) || !part('feature').every((f, i) => f === tree.feature[i])) return null;
    trees.push(tree);
    at += size;
  }
  return trees;
}

/** Whether every node but the root is the child of exactly one earlier node, and every feature one of p. */
function isTree({ feature, left, right, cover }: Tree, p: number): boolean {
  const parents = new Uint8Array(feature.length);
  for (let node = 0; node < feature.length; node++) {
    if (!(cover[node] >= 0)) return false;
    if (feature[node] === -1) {
      if (left[node] !== 0 || right[node] !== 0) return false;
      continue;
    }
    if (feature[node] < 0 || feature[node] >= p) return false;
    for (const child of [left[node], right[node]]) {
      if (child <= node || child >= feature.length || parents[child] > 0) return false;
      parents[child] = 1;
    }
  }
  return parents.every((count, node) => count === (node === 0 ? 0 : 1));
}
