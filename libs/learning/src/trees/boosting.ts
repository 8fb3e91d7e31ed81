import { logit, SeededRandom } from '@consilium/numerics';
import { BoostedTree, type BoostedTreeRules, type FinishedTree } from './boosted-tree.js';
import { countsPatients } from './gradient-split.js';
import { TreePacker, type PackedTree, type PackedTrees } from './packed-trees.js';
import type { Tree } from './tree.js';
import type { TreeEnsemble } from './trees-model.js';

export interface BoostingOptions extends BoostedTreeRules {
  readonly trees: number;
  /** The margin before the first tree: the log-odds of the training prevalence, or 0, which XGBoost calls base_score 0.5. */
  readonly base: 'prevalence' | 'zero';
  /** Share of the features that each tree draws. */
  readonly featureFraction: number;
  /** Share of the patients that each tree draws. */
  readonly baggingFraction: number;
  /** Feeds the draws. */
  readonly seed: string;
}

/** XGBoost's manner: depth-wise, with its defaults but for a smaller learning rate and the minimum of patients in a leaf. */
export const depthWiseDefaults: BoostingOptions = {
  growth: 'depth-wise', trees: 100, depth: 3, leaves: 8, learningRate: 0.1, minimumChildWeight: 1, minimumLeaf: 10, lambda: 1, alpha: 0, gamma: 0,
  cut: 'middle-of-gap', base: 'prevalence', featureFraction: 1, baggingFraction: 1, seed: 'boosting',
};

/** LightGBM's manner: leaf-wise, with its defaults but for fewer leaves, since cohorts are of hundreds. */
export const leafWiseDefaults: BoostingOptions = { ...depthWiseDefaults, growth: 'leaf-wise', depth: 8, minimumChildWeight: 1e-3, lambda: 0 };

/** What a boosting needs next. */
export interface BoostingAsk {
  /** Finished trees: what margins rest on. */
  readonly finished: PackedTrees;
  readonly tree: PackedTree;
  readonly nodes: Float64Array;
  readonly columns: Float64Array;
  /** Whether patients are counted beside the sums of gradients. */
  readonly counted: boolean;
  /** Number of the tree that grows: the patients' draws depend on it. */
  readonly index: number;
}

/** Pooled patients that a model is grown on. */
export interface PooledClasses {
  readonly n: number;
  readonly events: number;
}

/** log(events / (n - events)), or 0; what a boosting starts from. */
export const baseMargin = (base: BoostingOptions['base'], { n, events }: PooledClasses): number => (base === 'zero' ? 0 : logit(events / n));

/**
 * A gradient boosting of trees for the log-loss, grown from histograms that somebody else adds up: `ask` and `receive` by turns until `ask` answers null. Trees already grown are a
 * model of their own at any time.
 */
export class Boosting {
  readonly base: number;
  private readonly packer = new TreePacker();
  private readonly grown: FinishedTree[] = [];
  private readonly sizes: Int32Array;
  private current: BoostedTree | null = null;
  private stopped = false;

  /** @param cuts of every feature */
  constructor(
    private readonly options: BoostingOptions,
    private readonly cuts: readonly Float64Array[],
    pooled: PooledClasses,
  ) {
    this.base = baseMargin(options.base, pooled);
    this.sizes = Int32Array.from(cuts, ({ length }) => length + 1);
  }

  /** Finished trees. */
  get trees(): number {
    return this.grown.length;
  }

  /** Whether the next answer begins a tree: then the margins are those of all finished trees. */
  get betweenTrees(): boolean {
    return this.current === null;
  }

  /** Ends the growth after the trees there are. */
  stop(): void {
    this.stopped = true;
  }

  ask(): BoostingAsk | null {
    if (this.grown.length === this.options.trees || this.stopped || this.cuts.length === 0) return null;
    this.current ??= this.newTree();
    const { tree, nodes } = this.current.ask()!;
    return { finished: this.packer.packed(), tree, nodes, columns: Float64Array.from(this.current.columns), counted: countsPatients(this.options), index: this.grown.length };
  }

  get finished(): PackedTrees {
    return this.packer.packed();
  }

  /** The tree that was finished last. Throws where there is none. */
  get latest(): FinishedTree {
    const tree = this.grown.at(-1);
    if (!tree) throw new Error('No tree is finished yet.');
    return tree;
  }

  /** Numbers in the answer to what is being asked. */
  get answerLength(): number {
    return this.current!.answerLength;
  }

  receive(histograms: Float64Array): void {
    const tree = this.current!;
    tree.receive(histograms);
    if (tree.ask()) return;
    this.grown.push(tree.result);
    this.packer.add(tree.result);
    this.current = null;
  }

  /** The first trees as a model: P = 1 / (1 + exp(-(base + Σ trees))). */
  ensemble(trees = this.grown.length): TreeEnsemble {
    return { weight: 1, link: 'logit', base: this.base, factor: 1, trees: this.grown.slice(0, trees).map((tree) => inValues(tree, this.cuts)) };
  }

  private newTree(): BoostedTree {
    const { featureFraction, seed } = this.options;
    const p = this.sizes.length;
    const m = Math.max(1, Math.round(featureFraction * p));
    const columns = m === p ? Int32Array.from({ length: p }, (_, j) => j) : SeededRandom.fromSeed(`${seed}/columns/${this.grown.length}`).sampleWithoutReplacement(p, m).sort();
    return new BoostedTree(this.options, columns, Int32Array.from(columns, (j) => this.sizes[j]));
  }
}

/** A tree in bins as one in values: bin ≤ b is x < cut b. */
export function inValues({ feature, number, left, patients }: FinishedTree, cuts: readonly Float64Array[]): Tree {
  const inner = (node: number) => feature[node] >= 0;
  return {
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(feature, (f, node) => (inner(node) ? cuts[f][number[node]] : 0)),
    left: Int32Array.from(left),
    right: Int32Array.from(left, (l, node) => (inner(node) ? l + 1 : 0)),
    value: Float64Array.from(number, (x, node) => (inner(node) ? 0 : x)),
    cover: patients.slice(),
  };
}
