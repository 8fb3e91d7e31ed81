import { cellOf } from '../quantile-cuts.js';

/** Rows as bin numbers: what trees are grown on. bin = number of cuts at or below the value. */
export interface BinnedColumns {
  readonly n: number;
  /** n × p, column by column. */
  readonly bins: Uint8Array;
  /** Bins of each column: one more than its cuts, at most 256. */
  readonly sizes: Int32Array;
}

/**
 * @param X n × p, column by column
 * @param cuts ascending, one block a column, at most 255 each
 */
export function binColumns(X: Float64Array, n: number, cuts: readonly Float64Array[]): BinnedColumns {
  if (X.length !== n * cuts.length || cuts.some(({ length }) => length > 255)) throw new RangeError('binColumns: one block of at most 255 cuts a column');
  const bins = new Uint8Array(X.length);
  cuts.forEach((own, j) => {
    for (let i = j * n; i < (j + 1) * n; i++) bins[i] = cellOf(X[i], own);
  });
  return { n, bins, sizes: Int32Array.from(cuts, ({ length }) => length + 1) };
}

/** A tree in bins: a row goes left where its bin of the feature is at most `bin`. A leaf has feature -1. The right child stands after the left. */
export interface BinTree {
  readonly feature: ArrayLike<number>;
  readonly bin: ArrayLike<number>;
  readonly left: ArrayLike<number>;
}

/** The node that each row ends in. `rows` and `nodes` run side by side. */
export function routeRows({ n, bins }: BinnedColumns, tree: BinTree, rows: Int32Array, nodes: Int32Array): void {
  const feature = Int32Array.from(tree.feature);
  const bin = Int32Array.from(tree.bin);
  const left = Int32Array.from(tree.left);
  if (feature[0] < 0) {
    nodes.fill(0);
    return;
  }
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    let node = 0;
    for (let f = feature[0]; f >= 0; f = feature[node]) node = left[node] + (bins[f * n + row] > bin[node] ? 1 : 0);
    nodes[i] = node;
  }
}

/** Rows of some nodes, one node after another; node k's are order[starts[k]] … order[starts[k + 1] - 1], in the order they came. */
export interface RowsOfNodes {
  readonly order: Int32Array;
  readonly starts: Int32Array;
}

export function rowsOfNodes(rows: Int32Array, nodes: Int32Array, wanted: ArrayLike<number>, size: number): RowsOfNodes {
  const place = new Int32Array(size).fill(-1);
  for (let k = 0; k < wanted.length; k++) place[wanted[k]] = k;
  const starts = new Int32Array(wanted.length + 1);
  for (let i = 0; i < rows.length; i++) if (place[nodes[i]] >= 0) starts[place[nodes[i]] + 1]++;
  for (let k = 0; k < wanted.length; k++) starts[k + 1] += starts[k];
  const order = new Int32Array(starts[wanted.length]);
  const next = starts.slice();
  for (let i = 0; i < rows.length; i++) {
    const k = place[nodes[i]];
    if (k >= 0) order[next[k]++] = rows[i];
  }
  return { order, starts };
}
