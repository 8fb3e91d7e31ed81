import { SeededRandom } from '@consilium/numerics';
import { describe, expect, it } from 'vitest';
import type { BinnedColumns } from './binned-columns.js';
import { BoostedRows, GRADIENT_UNIT, type Bag } from './gradient-histogram.js';
import { kernelMemory } from './kernels/tree-kernels.js';
import type { PackedTree } from './packed-trees.js';
import { patientUniform } from './patient-draws.js';

const random = SeededRandom.fromSeed('histograms');
const N = 300;

function madeUp(p: number, bins: number): BinnedColumns {
  return { n: N, bins: Uint8Array.from({ length: N * p }, () => random.integerBelow(bins)), sizes: new Int32Array(p).fill(bins) };
}

const y = Uint8Array.from({ length: N }, () => random.integerBelow(2));
const training = Int32Array.from({ length: N }, (_, row) => row).filter((row) => row % 7 !== 3);
const keys = { high: Uint32Array.from({ length: N }, () => random.integerBelow(2 ** 31)), low: Uint32Array.from({ length: N }, () => random.integerBelow(2 ** 31)) };

/** A tree of so many nodes of depth two: the root divides column 1, its left child column 0, its right one column 2. */
const tree = (nodes: 1 | 3 | 7): PackedTree => ({
  feature: Float64Array.from([1, 0, 2, -1, -1, -1, -1].slice(0, nodes), (f, node) => (2 * node + 2 < nodes ? f : -1)),
  number: Float64Array.from([3, 2, 4, 0.5, -0.25, 0.125, -1].slice(0, nodes), (x, node) => (2 * node + 2 < nodes || nodes === 7 ? x : 0)),
  left: Float64Array.from([1, 3, 5, 0, 0, 0, 0].slice(0, nodes), (l, node) => (2 * node + 2 < nodes ? l : 0)),
});

/** The node a row ends in. */
function nodeOf({ feature, number, left }: PackedTree, data: BinnedColumns, row: number): number {
  let node = 0;
  while (feature[node]! >= 0) node = left[node]! + (data.bins[feature[node]! * N + row]! > number[node]! ? 1 : 0);
  return node;
}

interface Asked {
  readonly data: BinnedColumns;
  readonly margins: Float64Array;
  readonly grown: PackedTree;
  readonly nodes: readonly number[];
  readonly columns: readonly number[];
  readonly bag: Bag | null;
}

/** Row by row, in units of a gradient. */
function byHand({ data, margins, grown, nodes, columns, bag }: Asked): number[] {
  return nodes.flatMap((node) => {
    const rows = [...training].filter((row) => nodeOf(grown, data, row) === node && (!bag || patientUniform(bag.keys, row, bag.tree) < bag.fraction));
    const planes = [(p: number, row: number) => Math.round((p - y[row]!) / GRADIENT_UNIT), (p: number) => Math.round((p * (1 - p)) / GRADIENT_UNIT), () => 1];
    return planes.flatMap((plane) =>
      columns.flatMap((j) => Array.from({ length: data.sizes[j]! }, (_, bin) => rows.filter((row) => data.bins[j * N + row] === bin).reduce((sum, row) => sum + plane(1 / (1 + Math.exp(-margins[row]!)), row), 0))),
    );
  });
}

/** Sums of gradients are whole units, but a gradient may be rounded up here and down there. */
function expectHistograms(rows: BoostedRows, asked: Omit<Asked, 'margins'>): void {
  const { grown, nodes, columns, bag, data } = asked;
  const got = rows.histograms({ tree: grown, nodes, columns, bag, counted: true });
  const want = byHand({ ...asked, margins: rows.margins });
  expect(got).toHaveLength(want.length);
  const length = columns.reduce((sum, j) => sum + data.sizes[j]!, 0);
  got.forEach((x, i) => {
    const counts = Math.floor(i / length) % 3 === 2;
    expect(Math.abs(counts ? x - want[i]! : x / GRADIENT_UNIT - want[i]!), `number ${i}`).toBeLessThanOrEqual(counts ? 0 : 2);
    expect(Number.isInteger(counts ? x : x / GRADIENT_UNIT)).toBe(true);
  });
}

describe.each([
  ['few cells', madeUp(5, 7)],
  ['more cells than sixteen bits tell apart', madeUp(135, 32)],
])('histograms of %s', (_, data) => {
  const all = Array.from({ length: data.sizes.length }, (__, j) => j);
  const fresh = () => new BoostedRows(data, y, training, 0.2);

  it('are those of the rows that stand in each node, as a tree grows, and after it', () => {
    const rows = fresh();
    expectHistograms(rows, { data, grown: tree(1), nodes: [0], columns: all, bag: null });
    expectHistograms(rows, { data, grown: tree(3), nodes: [2], columns: all, bag: null });
    expectHistograms(rows, { data, grown: tree(7), nodes: [5, 3], columns: all, bag: null });
    rows.add(tree(7));
    rows.margins.forEach((margin, row) => expect(margin).toBe(0.2 + tree(7).number[nodeOf(tree(7), data, row)]!));
    expectHistograms(rows, { data, grown: tree(1), nodes: [0], columns: all, bag: null });
  });

  it('are the same where nothing was asked before, where another tree was, and where the memory was used for something else', () => {
    const asked = { tree: tree(7), nodes: [4, 6], columns: all, bag: null, counted: false };
    const want = fresh().histograms(asked);
    const rows = fresh();
    rows.histograms({ ...asked, tree: { ...tree(3), number: Float64Array.of(1, 0, 0) }, nodes: [1] });
    expect(rows.histograms(asked)).toEqual(want);
    const { generation } = kernelMemory();
    kernelMemory().prepare(2 ** 29);
    expect(kernelMemory().generation).toBe(generation + 1);
    expect(rows.histograms(asked)).toEqual(want);
  });

  it('take a sample of columns and of rows', () => {
    const rows = fresh();
    for (const t of [0, 1]) {
      const bag = { keys, fraction: 0.6, tree: t };
      expectHistograms(rows, { data, grown: tree(1), nodes: [0], columns: [0, 2, 3], bag });
      expectHistograms(rows, { data, grown: tree(3), nodes: [1, 2], columns: [1, 4], bag });
      rows.add(tree(3));
    }
  });

  it('follow a tree that was taken back in part', () => {
    const rows = fresh();
    rows.histograms({ tree: tree(7), nodes: [3], columns: all, bag: null, counted: false });
    const pruned = { ...tree(3), number: Float64Array.of(3, 0.5, -0.5) };
    rows.add(pruned);
    rows.margins.forEach((margin, row) => expect(margin).toBe(0.2 + pruned.number[nodeOf(pruned, data, row)]!));
  });
});
