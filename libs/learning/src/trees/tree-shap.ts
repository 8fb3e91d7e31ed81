import type { Tree } from './tree.js';
import type { TreesArtefact } from './trees-model.js';

/**
 * Shapley values of a model's features for n rows, with the expectation over unknown features taken along the tree: at a split of an unknown feature both children are entered in proportion
 * to their covers ("path-dependent"; Lundberg et al. 2020, algorithm 2, polynomial in the depth).
 *
 * They are values of the additive score Σ_e weight_e (base_e + factor_e Σ_t tree_et): log-odds for boosting, a probability for forests, and for merged boostings the weighted mean of
 * their log-odds (the model itself averages probabilities). expected + Σ_j phi_j is the row's score.
 *
 * @param X n × features, column by column, without NaN
 * @returns phi: n × features, column by column
 */
export function treeShap({ features, ensembles }: TreesArtefact, X: Float64Array, n: number): { readonly phi: Float64Array; readonly expected: number } {
  const phi = new Float64Array(n * features.length);
  let expected = 0;
  for (const { weight, base, factor, trees } of ensembles) {
    expected += weight * base;
    for (const tree of trees) {
      expected += weight * factor * expectedValue(tree);
      const walker = new ShapWalker(tree, { X, n, factor: weight * factor, phi });
      for (let i = 0; i < n; i++) walker.add(i);
    }
  }
  return { phi, expected };
}

/** The mean answer of a tree over the patients of its covers. */
export function expectedValue({ feature, left, right, value, cover }: Tree): number {
  const mean = (node: number): number => {
    if (feature[node] < 0) return value[node];
    const [l, r] = [cover[left[node]], cover[right[node]]];
    return l + r > 0 ? (l * mean(left[node]) + r * mean(right[node])) / (l + r) : (mean(left[node]) + mean(right[node])) / 2;
  };
  return mean(0);
}

interface ShapTarget {
  readonly X: Float64Array;
  readonly n: number;
  readonly factor: number;
  readonly phi: Float64Array;
}

function depthOf({ feature, left, right }: Tree): number {
  const depth = new Int32Array(feature.length);
  for (let node = 0; node < feature.length; node++) if (feature[node] >= 0) depth[left[node]] = depth[right[node]] = depth[node] + 1;
  return depth.reduce((most, own) => Math.max(most, own), 0);
}

/**
 * The walk of one row down both sides of every split. A path is the list of its distinct features, each with `zero`, the share of patients that would come here if the feature were unknown, `one`, 1 if the row
 * itself comes here, and `weight`, the permutation weights of the subsets of each size. Every level works on its own copy, in memory made once a tree.
 */
class ShapWalker {
  private readonly feature: Int32Array;
  private readonly zero: Float64Array;
  private readonly one: Float64Array;
  private readonly weight: Float64Array;
  private readonly stride: number;
  private row = 0;

  constructor(
    private readonly tree: Tree,
    private readonly target: ShapTarget,
  ) {
    this.stride = depthOf(tree) + 2;
    const size = this.stride * this.stride;
    this.feature = new Int32Array(size);
    this.zero = new Float64Array(size);
    this.one = new Float64Array(size);
    this.weight = new Float64Array(size);
  }

  add(row: number): void {
    this.row = row;
    this.feature[0] = -1;
    this.zero[0] = 1;
    this.one[0] = 1;
    this.weight[0] = 1;
    this.visit(0, 0, 0);
  }

  /** `start`: where the level's path lies; `last`: its last element. */
  private visit(node: number, start: number, last: number): void {
    const { tree } = this;
    if (tree.feature[node] < 0) {
      this.credit(tree.value[node], start, last);
      return;
    }
    const { X, n } = this.target;
    const f = tree.feature[node];
    const [left, right] = [tree.left[node], tree.right[node]];
    const goesLeft = X[f * n + this.row] < tree.threshold[node];
    const both = tree.cover[left] + tree.cover[right];
    for (const child of [left, right]) {
      const comes = (child === left) === goesLeft ? 1 : 0;
      this.step({ child, start, last, feature: f, share: both > 0 ? tree.cover[child] / both : 0.5, comes });
    }
  }

  private step({ child, start, last, feature, share, comes }: { child: number; start: number; last: number; feature: number; share: number; comes: number }): void {
    const to = start + this.stride;
    for (let k = 0; k <= last; k++) {
      this.feature[to + k] = this.feature[start + k];
      this.zero[to + k] = this.zero[start + k];
      this.one[to + k] = this.one[start + k];
      this.weight[to + k] = this.weight[start + k];
    }
    let end = last;
    let [zero, one] = [share, comes];
    // A feature met before stands once in the path, with both its conditions.
    for (let k = 1; k <= last; k++) {
      if (this.feature[to + k] !== feature) continue;
      zero *= this.zero[to + k];
      one *= this.one[to + k];
      this.unwind(to, end, k);
      end--;
      break;
    }
    // Where neither the row nor any patient comes, nothing is added.
    if (zero === 0 && one === 0) return;
    this.extend(to, end, { feature, zero, one });
    this.visit(child, to, end + 1);
  }

  private extend(start: number, last: number, { feature, zero, one }: { feature: number; zero: number; one: number }): void {
    const { weight } = this;
    const end = last + 1;
    this.feature[start + end] = feature;
    this.zero[start + end] = zero;
    this.one[start + end] = one;
    weight[start + end] = 0;
    for (let k = last; k >= 0; k--) {
      weight[start + k + 1] += (one * weight[start + k] * (k + 1)) / (end + 1);
      weight[start + k] = (zero * weight[start + k] * (end - k)) / (end + 1);
    }
  }

  /** Takes element `at` out of the path. */
  private unwind(start: number, last: number, at: number): void {
    const { weight } = this;
    const one = this.one[start + at];
    const zero = this.zero[start + at];
    let next = weight[start + last];
    for (let k = last - 1; k >= 0; k--) {
      if (one !== 0) {
        const own = weight[start + k];
        weight[start + k] = (next * (last + 1)) / ((k + 1) * one);
        next = own - (weight[start + k] * zero * (last - k)) / (last + 1);
      } else weight[start + k] = (weight[start + k] * (last + 1)) / (zero * (last - k));
    }
    for (let k = at; k < last; k++) {
      this.feature[start + k] = this.feature[start + k + 1];
      this.zero[start + k] = this.zero[start + k + 1];
      this.one[start + k] = this.one[start + k + 1];
    }
  }

  private credit(value: number, start: number, last: number): void {
    const { X, n, factor, phi } = this.target;
    if (X.length === 0 || value === 0) return;
    for (let k = 1; k <= last; k++) {
      const sum = this.unwoundSum(start, last, k);
      phi[this.feature[start + k] * n + this.row] += sum * (this.one[start + k] - this.zero[start + k]) * value * factor;
    }
  }

  /** Σ of the weights that the path would have without element `at`. */
  private unwoundSum(start: number, last: number, at: number): number {
    const { weight } = this;
    const one = this.one[start + at];
    const zero = this.zero[start + at];
    let next = weight[start + last];
    let total = 0;
    for (let k = last - 1; k >= 0; k--) {
      if (one !== 0) {
        const part = (next * (last + 1)) / ((k + 1) * one);
        total += part;
        next = weight[start + k] - (part * zero * (last - k)) / (last + 1);
      } else total += (weight[start + k] * (last + 1)) / (zero * (last - k));
    }
    return total;
  }
}
