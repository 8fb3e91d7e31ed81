/** Sums of the patients of a node. */
export interface GradientSums {
  /** Σ g and Σ h of the log-loss. */
  readonly g: number;
  readonly h: number;
  /** How many; Σ h where patients are not counted, as XGBoost's cover. */
  readonly patients: number;
}

/** What a split must meet, and how it is valued. */
export interface SplitRules {
  /** Σ h of each child; XGBoost's min_child_weight, LightGBM's min_sum_hessian_in_leaf. */
  readonly minimumChildWeight: number;
  /** Patients of each child; LightGBM's min_data_in_leaf. They are counted only where more than one is wanted. */
  readonly minimumLeaf: number;
  /** L2 and L1 penalties of leaf values. */
  readonly lambda: number;
  readonly alpha: number;
  /** 'edge': the lowest cut that divides the node's patients so. 'middle-of-gap': the middle of the empty bins there, as XGBoost's exact method and scikit-learn. */
  readonly cut: 'edge' | 'middle-of-gap';
}

export interface GradientSplit {
  /** Index among the sampled columns. */
  readonly column: number;
  /** Rows whose bin is at most this go left. */
  readonly bin: number;
  readonly gain: number;
  readonly left: GradientSums;
  readonly right: GradientSums;
}

/** XGBoost's smallest gain. */
const SMALLEST_GAIN = 1e-6;
/** A later candidate must be better by this (and 1e-10 of the gain): equal candidates must not be told apart by rounding, and the first column wins. */
const BETTER = 1e-9;

/** T(G, α): the gradient that is left when the L1 penalty has taken its part. */
export const shrunkGradient = (g: number, alpha: number): number => (g > alpha ? g - alpha : g < -alpha ? g + alpha : 0);

/** T(G, α)² / (H + λ): twice what the best leaf value takes off the loss; 0 where H + λ is 0. */
export function leafScore(g: number, h: number, { lambda, alpha }: Pick<SplitRules, 'lambda' | 'alpha'>): number {
  const rest = shrunkGradient(g, alpha);
  return h + lambda > 0 ? (rest * rest) / (h + lambda) : 0;
}

/** Whether histograms count patients beside Σ g and Σ h. */
export const countsPatients = ({ minimumLeaf }: Pick<SplitRules, 'minimumLeaf'>): boolean => minimumLeaf > 1;

/**
 * A node's histogram: Σ g, Σ h and, where they are counted, patients, each sampled column after column, bin after bin. Where they are not, Σ h stands for them: it is zero where nobody is.
 */
export interface GradientHistogram {
  readonly g: Float64Array;
  readonly h: Float64Array;
  readonly patients: Float64Array;
}

export function histogramOf(block: Float64Array, counted: boolean): GradientHistogram {
  const length = block.length / (counted ? 3 : 2);
  const h = block.subarray(length, 2 * length);
  return { g: block.subarray(0, length), h, patients: counted ? block.subarray(2 * length) : h };
}

/** Sums of a node from the first column of its histogram: every patient is in one of its bins. */
export function totalsOf({ g, h, patients }: GradientHistogram, bins: number): GradientSums {
  const sum = (block: Float64Array) => block.subarray(0, bins).reduce((total, x) => total + x, 0);
  return { g: sum(g), h: sum(h), patients: sum(patients) };
}

/**
 * The split of a node with the largest gain = T(G_L)²/(H_L+λ) + T(G_R)²/(H_R+λ) - T(G)²/(H+λ) (Chen, Guestrin 2016, eq. 7 without its factor ½: the figure that XGBoost
 * prints and compares gamma with), or null where none is allowed or gains anything.
 *
 * @param sizes bins of each sampled column
 */
export function bestGradientSplit(histogram: GradientHistogram, sizes: ArrayLike<number>, node: GradientSums, rules: SplitRules): GradientSplit | null {
  const { minimumChildWeight, lambda, alpha } = rules;
  const minimumLeaf = countsPatients(rules) ? rules.minimumLeaf : 0;
  const own = leafScore(node.g, node.h, rules);
  let [best, bestColumn, bestBin, bestAt] = [SMALLEST_GAIN, -1, 0, 0];
  let [bestG, bestH, bestPatients] = [0, 0, 0];
  let start = 0;
  for (let c = 0; c < sizes.length; c++) {
    let [g, h, patients] = [0, 0, 0];
    for (let b = 0; b + 1 < sizes[c]; b++) {
      const at = start + b;
      if (histogram.patients[at] === 0) continue;
      g += histogram.g[at];
      h += histogram.h[at];
      patients += histogram.patients[at];
      const right = node.h - h;
      if (h < minimumChildWeight || patients < minimumLeaf) continue;
      if (right < minimumChildWeight || node.patients - patients < minimumLeaf || patients === node.patients) break;
      const gl = shrunkGradient(g, alpha);
      const gr = shrunkGradient(node.g - g, alpha);
      const gain = (h + lambda > 0 ? (gl * gl) / (h + lambda) : 0) + (right + lambda > 0 ? (gr * gr) / (right + lambda) : 0) - own;
      if (gain > best + BETTER + 1e-10 * best) [best, bestColumn, bestBin, bestAt, bestG, bestH, bestPatients] = [gain, c, b, start, g, h, patients];
    }
    start += sizes[c];
  }
  if (bestColumn < 0) return null;
  const left = { g: bestG, h: bestH, patients: bestPatients };
  const right = { g: node.g - bestG, h: node.h - bestH, patients: node.patients - bestPatients };
  const occupied = (b: number) => histogram.patients[bestAt + b] > 0;
  return { column: bestColumn, bin: rules.cut === 'edge' ? bestBin : middleOfGap(bestBin, sizes[bestColumn], occupied), gain: best, left, right };
}

/**
 * The bin in the middle of the gap after bin `at`, which is occupied: with b the next occupied bin, rows go left where bin < (at + b) / 2.
 *
 * @example middleOfGap(2, 8, (b) => b === 2 || b === 5) // 3: bins 2 and 3 go left
 */
export function middleOfGap(at: number, bins: number, occupied: (bin: number) => boolean): number {
  let next = at + 1;
  while (next < bins && !occupied(next)) next++;
  return next < bins ? Math.ceil((at + next) / 2) - 1 : at;
}
