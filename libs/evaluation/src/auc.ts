import { normalQuantile, normalTwoSidedP } from '@consilium/numerics';

/**
 * Mid-ranks: 1 for the smallest, ties share the mean of their ranks. Example: [2, 5, 2] gives [1.5, 3, 1.5].
 */
export function midRanks(x: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: x.length }, (_, i) => i).sort((a, b) => x[a] - x[b]);
  const ranks = new Float64Array(x.length);
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && x[order[end]] === x[order[i]]) end++;
    for (let k = i; k < end; k++) ranks[order[k]] = (i + 1 + end) / 2;
    i = end;
  }
  return ranks;
}

/** Areas under the ROC curves of m models on the same patients, and the covariance of the areas. */
export interface DeLong {
  /** m areas; NaN without a patient in each class. */
  readonly auc: Float64Array;
  /** m × m, row-major; NaN with fewer than two patients in either class, where it cannot be estimated. */
  readonly covariance: Float64Array;
  readonly events: number;
  readonly nonEvents: number;
}

/**
 * AUC = P(score of an event > score of a non-event) + ½ P(equal), and DeLong's covariance (DeLong, DeLong, Clarke-Pearson 1988) by the
 * mid-rank algorithm of Sun and Xu (2014), O(n log n):
 *
 *   V10_i = (R_i - r_i) / n0 for event i, V01_j = 1 - (R_j - r_j) / n1 for non-event j   (R in all, r in the own class)
 *   AUC = mean V10,  covariance = S10 / n1 + S01 / n0   with S the sample covariances (ddof 1)
 *
 * Equals pROC. Only the order of the scores matters.
 *
 * @param scores m arrays of n scores, higher for events
 * @param y n outcomes, 0 or 1
 */
export function deLong(scores: readonly ArrayLike<number>[], y: ArrayLike<number>): DeLong {
  const event: number[] = [];
  const other: number[] = [];
  for (let i = 0; i < y.length; i++) (y[i] === 1 ? event : other).push(i);
  const [n1, n0, m] = [event.length, other.length, scores.length];
  const placements = scores.map((score) => placementValues(score, event, other));
  const auc = Float64Array.from(placements, ({ v10 }) => (n1 === 0 || n0 === 0 ? NaN : v10.reduce((sum, v) => sum + v, 0) / n1));
  const covariance = new Float64Array(m * m);
  for (let a = 0; a < m; a++) {
    for (let b = a; b < m; b++) {
      const events = productSum(placements[a].v10, placements[b].v10, auc[a], auc[b]) / (n1 - 1) / n1;
      const others = productSum(placements[a].v01, placements[b].v01, auc[a], auc[b]) / (n0 - 1) / n0;
      covariance[a * m + b] = covariance[b * m + a] = n1 < 2 || n0 < 2 ? NaN : events + others;
    }
  }
  return { auc, covariance, events: n1, nonEvents: n0 };
}

function placementValues(score: ArrayLike<number>, event: readonly number[], other: readonly number[]) {
  const all = midRanks([...event, ...other].map((i) => score[i]));
  const amongEvents = midRanks(event.map((i) => score[i]));
  const amongOthers = midRanks(other.map((i) => score[i]));
  return {
    v10: amongEvents.map((rank, i) => (all[i] - rank) / other.length),
    v01: amongOthers.map((rank, j) => 1 - (all[event.length + j] - rank) / event.length),
  };
}

function productSum(a: Float64Array, b: Float64Array, meanA: number, meanB: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - meanA) * (b[i] - meanB);
  return sum;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** auc ± z se, cut at 0 and 1, as pROC reports it. */
export function waldAucInterval(auc: number, variance: number, level = 0.95): Interval {
  const half = normalQuantile(0.5 + level / 2) * Math.sqrt(variance);
  return { low: Math.max(0, auc - half), high: Math.min(1, auc + half) };
}

/** The interval made on the logit scale, where it keeps within (0, 1); null for an AUC of 0 or 1, which has no logit. */
export function logitAucInterval(auc: number, variance: number, level = 0.95): Interval | null {
  const scaled = logitAuc(auc, variance);
  if (scaled === null) return null;
  const half = normalQuantile(0.5 + level / 2) * Math.sqrt(scaled.variance);
  return { low: 1 / (1 + Math.exp(half - scaled.estimate)), high: 1 / (1 + Math.exp(-half - scaled.estimate)) };
}

/** logit(auc) and its variance v / (auc (1 - auc))², the scale on which sites are pooled; null where it is not finite or the variance is 0. */
export function logitAuc(auc: number, variance: number): { readonly estimate: number; readonly variance: number } | null {
  if (!(auc > 0 && auc < 1 && variance > 0)) return null;
  return { estimate: Math.log(auc / (1 - auc)), variance: variance / (auc * (1 - auc)) ** 2 };
}

export interface AucComparison {
  /** auc[a] - auc[b]. */
  readonly difference: number;
  readonly standardError: number;
  readonly z: number;
  readonly p: number;
}

/** DeLong's test of two correlated areas: z = (A_a - A_b) / sqrt(v_a + v_b - 2 cov), two-sided. Null where the variance is 0 or unknown. */
export function compareAuc({ auc, covariance }: Pick<DeLong, 'auc' | 'covariance'>, a: number, b: number): AucComparison | null {
  const m = auc.length;
  const variance = covariance[a * m + a] + covariance[b * m + b] - 2 * covariance[a * m + b];
  if (!(variance > 0)) return null;
  const difference = auc[a] - auc[b];
  const standardError = Math.sqrt(variance);
  return { difference, standardError, z: difference / standardError, p: normalTwoSidedP(difference / standardError) };
}
