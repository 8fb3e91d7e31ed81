import { bestGradientSplit, countsPatients, histogramOf, shrunkGradient, totalsOf, type GradientSplit, type GradientSums, type SplitRules } from './gradient-split.js';
import type { PackedTree } from './packed-trees.js';

/** How one tree of a boosting grows. */
export interface BoostedTreeRules extends SplitRules {
  /** 'depth-wise': all nodes of a level at once, as XGBoost. 'leaf-wise': always the leaf with the largest gain, as LightGBM. */
  readonly growth: 'depth-wise' | 'leaf-wise';
  /** Deepest level of a leaf. */
  readonly depth: number;
  /** Leaves at most, where growth is leaf-wise. */
  readonly leaves: number;
  /** Smallest gain that stays: depth-wise, splits below it are taken back from the bottom; leaf-wise, they are not made (min_gain_to_split). */
  readonly gamma: number;
  /** Leaf values are multiplied by it. */
  readonly learningRate: number;
}

interface Node {
  readonly depth: number;
  readonly sums: GradientSums;
  histogram: Float64Array | null;
  split: GradientSplit | null;
  /** Index of the left child, once the node has been divided in the tree that sites see; the right one follows. */
  children: number;
  /** Whether the division stands. Leaf-wise growth looks at the children of good leaves before it knows that it will come to them. */
  divided: boolean;
}

/** A finished tree: `number` is the bin at an inner node, the value at a leaf; patients of every node, or Σ h where they are not counted. */
export interface FinishedTree extends PackedTree {
  readonly patients: Float64Array;
}

/**
 * One tree grown from histograms that somebody else adds up: `ask` says which leaves' histograms are wanted next, `receive` takes their sums. The larger of two siblings is
 * never asked: it is the parent less the smaller.
 */
export class BoostedTree {
  private readonly nodes: Node[] = [];
  private readonly length: number;
  /** Nodes whose histograms are being asked, and siblings that follow from them. */
  private awaited: { readonly node: number; readonly parent: number; readonly sibling: number }[] = [];
  private finished: FinishedTree | null = null;
  private readonly leafWise: boolean;
  private readonly counted: boolean;

  /**
   * @param columns features of the tree's sample
   * @param sizes bins of each of them
   */
  constructor(
    private readonly rules: BoostedTreeRules,
    readonly columns: Int32Array,
    private readonly sizes: Int32Array,
  ) {
    this.leafWise = rules.growth === 'leaf-wise';
    this.counted = countsPatients(rules);
    this.length = (this.counted ? 3 : 2) * sizes.reduce((sum, size) => sum + size, 0);
    this.awaited = [{ node: 0, parent: -1, sibling: -1 }];
  }

  /** The tree as the sites must see it and the leaves wanted, or null once it is finished. */
  ask(): { readonly tree: PackedTree; readonly nodes: Float64Array } | null {
    if (this.finished) return null;
    return { tree: this.visible(), nodes: Float64Array.from(this.awaited, ({ node }) => node) };
  }

  /** Numbers in the answer to what is being asked. */
  get answerLength(): number {
    return this.length * this.awaited.length;
  }

  receive(histograms: Float64Array): void {
    this.awaited.forEach(({ node, parent, sibling }, k) => {
      const histogram = histograms.slice(k * this.length, (k + 1) * this.length);
      if (parent < 0) this.nodes.push(this.leaf(0, totalsOf(histogramOf(histogram, this.counted), this.sizes[0])));
      this.evaluate(node, histogram);
      if (parent >= 0) this.evaluate(sibling, difference(this.nodes[parent].histogram!, histogram));
      if (parent >= 0) this.nodes[parent].histogram = null;
    });
    this.awaited = [];
    if (this.leafWise) this.growLeafWise();
    else this.growLevel();
    if (this.awaited.length === 0) this.finished = this.finish();
  }

  /** Throws before the tree is finished. */
  get result(): FinishedTree {
    if (!this.finished) throw new Error('The tree is still growing.');
    return this.finished;
  }

  private leaf(depth: number, sums: GradientSums): Node {
    return { depth, sums, histogram: null, split: null, children: 0, divided: false };
  }

  private evaluate(at: number, histogram: Float64Array): void {
    const node = this.nodes[at];
    if (!this.divisible(node)) return;
    node.split = bestGradientSplit(histogramOf(histogram, this.counted), this.sizes, node.sums, this.rules);
    if (this.leafWise && node.split && node.split.gain < this.rules.gamma) node.split = null;
    if (node.split) node.histogram = histogram;
  }

  private divisible({ depth, sums }: Node): boolean {
    const { depth: deepest, minimumChildWeight, minimumLeaf } = this.rules;
    return depth < deepest && sums.h >= 2 * minimumChildWeight && (!this.counted || sums.patients >= 2 * minimumLeaf);
  }

  /** Gives a node its children and, where one of them may be divided further, asks the histogram of the smaller. */
  private expand(at: number): void {
    const node = this.nodes[at];
    const { left, right } = node.split!;
    node.children = this.nodes.length;
    this.nodes.push(this.leaf(node.depth + 1, left), this.leaf(node.depth + 1, right));
    if (!this.nodes.slice(node.children).some((child) => this.divisible(child))) return;
    const [smaller, sibling] = left.patients <= right.patients ? [node.children, node.children + 1] : [node.children + 1, node.children];
    this.awaited.push({ node: smaller, parent: at, sibling });
  }

  private growLevel(): void {
    for (let at = 0, end = this.nodes.length; at < end; at++) {
      const node = this.nodes[at];
      if (!node.split || node.divided) continue;
      node.divided = true;
      this.expand(at);
    }
  }

  /**
   * Divides the best leaf as long as the gains of all leaves are known, which is exactly the order of one division at a time; then looks at the children of the
   * best quarter of leaves at once, so that a tree takes about half as many rounds as leaves.
   */
  private growLeafWise(): void {
    const { leaves } = this.rules;
    let count = 1 + this.nodes.filter(({ divided }) => divided).length;
    for (let best = this.frontier()[0]; count < leaves && best !== undefined; best = this.frontier()[0]) {
      const node = this.nodes[best];
      if (node.children === 0) {
        if (count + 1 < leaves) break;
        node.children = this.nodes.length;
        this.nodes.push(this.leaf(node.depth + 1, node.split!.left), this.leaf(node.depth + 1, node.split!.right));
      }
      node.divided = true;
      count++;
    }
    if (count >= leaves) return;
    const unseen = this.frontier().filter((at) => this.nodes[at].children === 0);
    for (const at of unseen.slice(0, Math.min(Math.ceil(leaves / 4), leaves - count))) this.expand(at);
    if (this.awaited.length === 0 && unseen.length > 0) this.growLeafWise();
  }

  /** Leaves of the tree as it stands that may be divided, the largest gain first, of equal gains the earlier node. */
  private frontier(): number[] {
    const standing = new Set([0]);
    for (const { divided, children } of this.nodes) {
      if (divided) standing.add(children).add(children + 1);
    }
    // A child of a node that does not stand is no leaf yet.
    return [...standing]
      .filter((at) => this.nodes[at].split && !this.nodes[at].divided)
      .sort((a, b) => this.nodes[b].split!.gain - this.nodes[a].split!.gain || a - b);
  }

  private visible(): PackedTree {
    const { nodes } = this;
    if (nodes.length === 0) return { feature: Float64Array.of(-1), number: new Float64Array(1), left: new Float64Array(1) };
    return {
      feature: Float64Array.from(nodes, ({ children, split }) => (children > 0 ? this.columns[split!.column] : -1)),
      number: Float64Array.from(nodes, ({ children, split }) => (children > 0 ? split!.bin : 0)),
      left: Float64Array.from(nodes, ({ children }) => children),
    };
  }

  private finish(): FinishedTree {
    if (!this.leafWise && this.rules.gamma > 0) this.prune(0);
    const order = [0];
    for (let k = 0; k < order.length; k++) {
      const { divided, children } = this.nodes[order[k]];
      if (divided) order.push(children, children + 1);
    }
    const place = new Map(order.map((at, k) => [at, k]));
    const own = order.map((at) => this.nodes[at]);
    return {
      feature: Float64Array.from(own, ({ divided, split }) => (divided ? this.columns[split!.column] : -1)),
      number: Float64Array.from(own, (node) => (node.divided ? node.split!.bin : this.value(node.sums))),
      left: Float64Array.from(own, ({ divided, children }) => (divided ? place.get(children)! : 0)),
      patients: Float64Array.from(own, ({ sums }) => sums.patients),
    };
  }

  /** Takes back divisions whose children are leaves and whose gain is below gamma, from the bottom; answers whether the node is a leaf now. */
  private prune(at: number): boolean {
    const node = this.nodes[at];
    if (!node.divided) return true;
    const leaves = [this.prune(node.children), this.prune(node.children + 1)];
    if (leaves.every(Boolean) && node.split!.gain < this.rules.gamma) node.divided = false;
    return !node.divided;
  }

  private value({ g, h }: GradientSums): number {
    const { lambda, alpha, learningRate } = this.rules;
    return h + lambda > 0 ? (-learningRate * shrunkGradient(g, alpha)) / (h + lambda) || 0 : 0;
  }
}

function difference(parent: Float64Array, child: Float64Array): Float64Array {
  const result = new Float64Array(parent.length);
  for (let i = 0; i < parent.length; i++) result[i] = parent[i] - child[i];
  return result;
}
