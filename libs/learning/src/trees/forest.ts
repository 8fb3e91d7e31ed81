import { SeededRandom } from '@consilium/numerics';
import { routeRows, rowsOfNodes, type BinnedColumns } from './binned-columns.js';
import type { FinishedTree } from './boosted-tree.js';
import { inValues } from './boosting.js';
import { bestForestSplit, packedWeight, unpackWeights, type ClassWeights, type ForestSplitRules } from './forest-split.js';
import type { PackedTree } from './packed-trees.js';
import { poissonWeight, type PatientKeys } from './patient-draws.js';
import type { Tree } from './tree.js';
import type { TreeEnsemble } from './trees-model.js';

export interface ForestOptions extends ForestSplitRules {
  readonly trees: number;
  readonly depth: number;
  /** Features drawn at every node; 'sqrt' for the square root of their number. */
  readonly features: number | 'sqrt';
  /** Whether every tree sees its own sample of patients. */
  readonly bootstrap: boolean;
  readonly seed: string;
}

export const randomForestDefaults: ForestOptions = { trees: 300, depth: 8, minimumLeaf: 5, features: 'sqrt', bootstrap: true, splitter: 'best', cut: 'middle-of-gap', seed: 'forest' };
export const extraTreesDefaults: ForestOptions = { ...randomForestDefaults, bootstrap: false, splitter: 'random' };

/** What a forest needs next: histograms of leaves of some of its trees. */
export interface ForestAsk {
  /** Numbers of the trees that have a wanted leaf, and the trees. */
  readonly numbers: Float64Array;
  readonly trees: readonly PackedTree[];
  /** For each wanted leaf its tree (index into `trees`) and its node. */
  readonly tree: Float64Array;
  readonly node: Float64Array;
  /** The features drawn for each wanted leaf, one leaf after another. */
  readonly features: Float64Array;
}

interface Node {
  readonly depth: number;
  /** Position in the tree as text: '' for the root, then l and r. Seeds the node's draws. */
  readonly path: string;
  weights: ClassWeights;
  feature: number;
  bin: number;
  left: number;
}

interface Open {
  readonly tree: number;
  readonly node: number;
  readonly random: SeededRandom;
  readonly features: Int32Array;
}

/**
 * A random forest, or ExtraTrees, grown from class counts that somebody else adds up: all open nodes of all trees at once, as far as a message has room. The draws of a node depend on the seed, the tree
 * and its place in the tree only.
 */
export class Forest {
  private readonly grown: Node[][];
  private queue: { readonly tree: number; readonly node: number }[];
  private asked: Open[] = [];
  private readonly sizes: Int32Array;

  constructor(
    private readonly options: ForestOptions,
    private readonly cuts: readonly Float64Array[],
  ) {
    this.sizes = Int32Array.from(cuts, ({ length }) => length + 1);
    this.grown = Array.from({ length: options.trees }, () => [newNode(0, '', { nonEvents: 0, events: 0, patients: 0 })]);
    this.queue = cuts.length === 0 ? [] : this.grown.map((_, tree) => ({ tree, node: 0 }));
  }

  /** Nodes that are still to be looked at. */
  get open(): number {
    return this.queue.length;
  }

  /** The next nodes, the shallowest first, so many that the answer has about `room` numbers; null once all trees are grown. */
  ask(room: number): ForestAsk | null {
    this.asked = [];
    let taken = 0;
    let numbers = 0;
    while (taken < this.queue.length && numbers < room) {
      const open = this.draw(this.queue[taken++]);
      this.asked.push(open);
      for (const f of open.features) numbers += this.sizes[f];
    }
    this.queue = this.queue.slice(taken);
    if (this.asked.length === 0) return null;
    const trees = [...new Set(this.asked.map(({ tree }) => tree))].sort((a, b) => a - b);
    const place = new Map(trees.map((tree, k) => [tree, k]));
    return {
      numbers: Float64Array.from(trees),
      trees: trees.map((tree) => packed(this.grown[tree])),
      tree: Float64Array.from(this.asked, ({ tree }) => place.get(tree)!),
      node: Float64Array.from(this.asked, ({ node }) => node),
      features: Float64Array.from(this.asked.flatMap(({ features }) => [...features])),
    };
  }

  /** Numbers in the answer to what was asked last. */
  get answerLength(): number {
    return this.asked.reduce((sum, { features }) => sum + features.reduce((own, f) => own + this.sizes[f], 0), 0);
  }

  receive(counts: Float64Array): void {
    let at = 0;
    for (const { tree, node, random, features } of this.asked) {
      const sizes = Int32Array.from(features, (f) => this.sizes[f]);
      const length = sizes.reduce((sum, size) => sum + size, 0);
      const histogram = counts.subarray(at, at + length);
      at += length;
      const own = this.grown[tree][node];
      if (node === 0) own.weights = unpackWeights(histogram.subarray(0, sizes[0]).reduce((sum, packedCount) => sum + packedCount, 0));
      const split = bestForestSplit(histogram, sizes, this.options, () => random.uniform());
      if (!split) continue;
      own.feature = features[split.column];
      own.bin = split.bin;
      own.left = this.grown[tree].length;
      const children = [newNode(own.depth + 1, `${own.path}l`, split.left), newNode(own.depth + 1, `${own.path}r`, split.right)];
      this.grown[tree].push(...children);
      children.forEach((child, side) => {
        if (this.divisible(child)) this.queue.push({ tree, node: own.left + side });
      });
    }
    this.asked = [];
  }

  /** The forest as a model: the mean of the trees, each leaf the weighted share of events. */
  ensemble(leafValue: (weights: ClassWeights) => number = ({ nonEvents, events }) => events / (nonEvents + events)): TreeEnsemble {
    const trees = this.grown.map((nodes): Tree => inValues(finished(nodes, leafValue), this.cuts));
    return { weight: 1, link: 'identity', base: 0, factor: 1 / trees.length, trees };
  }

  private divisible({ depth, weights: { nonEvents, events, patients } }: Node): boolean {
    return depth < this.options.depth && nonEvents > 0 && events > 0 && patients >= 2 * Math.max(1, this.options.minimumLeaf);
  }

  private draw({ tree, node }: { readonly tree: number; readonly node: number }): Open {
    const { seed, features } = this.options;
    const p = this.sizes.length;
    const m = Math.min(p, features === 'sqrt' ? Math.max(1, Math.floor(Math.sqrt(p))) : features);
    const random = SeededRandom.fromSeed(`${seed}/${tree}/${this.grown[tree][node].path}`);
    return { tree, node, random, features: random.sampleWithoutReplacement(p, m) };
  }
}

const newNode = (depth: number, path: string, weights: ClassWeights): Node => ({ depth, path, weights, feature: -1, bin: 0, left: 0 });

const packed = (nodes: readonly Node[]): PackedTree => ({
  feature: Float64Array.from(nodes, ({ feature }) => feature),
  number: Float64Array.from(nodes, ({ bin }) => bin),
  left: Float64Array.from(nodes, ({ left }) => left),
});

const finished = (nodes: readonly Node[], leafValue: (weights: ClassWeights) => number): FinishedTree => ({
  ...packed(nodes),
  number: Float64Array.from(nodes, ({ feature, bin, weights }) => (feature >= 0 ? bin : leafValue(weights))),
  patients: Float64Array.from(nodes, ({ weights }) => weights.nonEvents + weights.events),
});

/** The rows of one hospital in a forest. */
export interface ForestRows {
  readonly data: BinnedColumns;
  readonly y: Uint8Array;
  /** Training rows. */
  readonly rows: Int32Array;
  /** For the bootstrap; null where every tree sees every patient once. */
  readonly keys: PatientKeys | null;
}

/** Packed class counts of the wanted leaves: leaf after leaf, drawn feature after drawn feature, bin after bin. */
export function forestCounts({ data, y, rows, keys }: ForestRows, ask: ForestAsk): Float64Array {
  const drawn = ask.node.length === 0 ? 0 : ask.features.length / ask.node.length;
  const starts = new Int32Array(ask.node.length + 1);
  for (let k = 0; k < ask.node.length; k++) {
    starts[k + 1] = starts[k];
    for (let d = 0; d < drawn; d++) starts[k + 1] += data.sizes[ask.features[k * drawn + d]];
  }
  const result = new Float64Array(starts[ask.node.length]);
  const codes = new Float64Array(data.n);
  const positions = new Int32Array(rows.length);
  ask.trees.forEach((tree, t) => {
    const number = ask.numbers[t];
    for (const row of rows) codes[row] = packedWeight(keys ? poissonWeight(keys, row, number) : 1, y[row] === 1);
    routeRows(data, { feature: tree.feature, bin: tree.number, left: tree.left }, rows, positions);
    const wanted = Array.from(ask.tree.keys()).filter((k) => ask.tree[k] === t);
    const { order, starts: from } = rowsOfNodes(rows, positions, wanted.map((k) => ask.node[k]), tree.feature.length);
    wanted.forEach((k, w) => addCounts(data, { rows: order.subarray(from[w], from[w + 1]), codes }, ask.features.subarray(k * drawn, (k + 1) * drawn), result.subarray(starts[k], starts[k + 1])));
  });
  return result;
}

function addCounts({ n, bins, sizes }: BinnedColumns, { rows, codes }: { rows: Int32Array; codes: Float64Array }, features: Float64Array, out: Float64Array): void {
  let base = 0;
  for (const feature of features) {
    const column = bins.subarray(feature * n, (feature + 1) * n);
    for (let i = 0; i < rows.length; i++) out[base + column[rows[i]]] += codes[rows[i]];
    base += sizes[feature];
  }
}
