import { choleskyFactor, choleskyInverse, studentTTwoSidedP } from '@consilium/numerics';

/**
 * Pearson correlations from centred cross-products: r_jk = S_jk / √(S_jj S_kk), S = Σ_i (x_ij - mean_j)(x_ik - mean_k), order × order
 * row by row (a sum over sites about the global means). A constant column has r = 0 with every other and with itself (R gives NA).
 * The diagonal is exactly 1 otherwise, and |r| never exceeds 1.
 */
export function correlationMatrix(S: Float64Array, order: number): Float64Array {
  if (S.length !== order * order) throw new RangeError(`A matrix of order ${order} has ${order * order} elements, not ${S.length}.`);
  const scale = Float64Array.from({ length: order }, (_, j) => (S[j * order + j] > 0 ? 1 / Math.sqrt(S[j * order + j]) : 0));
  const R = new Float64Array(order * order);
  for (let j = 0; j < order; j++) {
    for (let k = 0; k < order; k++) {
      const r = S[j * order + k] * scale[j] * scale[k];
      R[j * order + k] = j === k ? Math.sign(scale[j]) : Math.max(-1, Math.min(1, r));
    }
  }
  return R;
}

/** Two-sided p value of ρ = 0 for a Pearson r of n pairs of normal variables: t = r √((n - 2)/(1 - r²)) with n - 2 degrees of freedom. */
export function correlationP(r: number, n: number): number {
  if (!(n > 2)) return NaN;
  return studentTTwoSidedP(r * Math.sqrt((n - 2) / ((1 - r) * (1 + r))), n - 2);
}

/**
 * Variance inflation factors: the diagonal of the inverse of a correlation matrix, 1/(1 - R²_j) of each column regressed on the others.
 * `null` when the columns are collinear.
 */
export function varianceInflationFactors(correlation: Float64Array, order: number): Float64Array | null {
  const factor = choleskyFactor(correlation, order);
  if (factor === null) return null;
  const inverse = choleskyInverse(factor, order);
  return Float64Array.from({ length: order }, (_, j) => inverse[j * order + j]);
}

/**
 * How the redundant features of a correlated set are dropped. "Correlated" is |r| strictly above the threshold.
 * - A: walk the columns in order; keep a feature when it is correlated with none kept so far.
 * - B: the same walk in ascending order of p (ties: column order). Keeps the stronger of a pair: the recommended rule.
 * - C: scan the pairs j < k of features still in; of a correlated pair drop the one with the larger p (tie: k).
 * - D: drop a feature when any earlier column, even a dropped one, is correlated with it (pandas' upper-triangle idiom).
 */
export type PearsonRule = 'A' | 'B' | 'C' | 'D';

export interface PearsonFilter {
  readonly rule: PearsonRule;
  /** count × count, row by row. */
  readonly correlation: Float64Array;
  /** p values of the univariate test; rules A and D do not read them. NaN counts as larger than any number. */
  readonly pValues: ArrayLike<number>;
  readonly count: number;
  /** Usually 0.9. */
  readonly threshold: number;
}

/** Indices of the features a rule keeps, ascending. */
export function pearsonFilter(filter: PearsonFilter): number[] {
  return pearsonReasons(filter).flatMap((by, j) => (by < 0 ? [j] : []));
}

/**
 * Of every feature the index of the first one, in the order of the rule, for which the rule drops it; -1 where it is kept. Rules A and B name a feature that is kept, C one that was in when
 * the pair was scanned, D an earlier column.
 *
 * @example pearsonReasons({ rule: 'A', correlation: [1, .95, .95, 1], pValues: [], count: 2, threshold: 0.9 }) // [-1, 0]
 */
export function pearsonReasons({ rule, correlation, pValues, count, threshold }: PearsonFilter): number[] {
  if (correlation.length !== count * count) throw new RangeError(`${count} features need ${count * count} correlations.`);
  const correlated = (j: number, k: number): boolean => Math.abs(correlation[j * count + k]) > threshold;
  const indices = Array.from({ length: count }, (_, j) => j);
  if (rule === 'D') return indices.map((j) => indices.slice(0, j).findIndex((k) => correlated(j, k)));
  if (rule === 'C') return pairScan(correlated, pValues, count);
  const reasons = new Array<number>(count).fill(-1);
  const kept: number[] = [];
  for (const j of pearsonOrder(rule, pValues, count)) {
    reasons[j] = kept.find((k) => correlated(j, k)) ?? -1;
    if (reasons[j] < 0) kept.push(j);
  }
  return reasons;
}

/** The order in which rules A and B look at the features. A greedy rule needs correlations with the kept features only. */
export function pearsonOrder(rule: 'A' | 'B', pValues: ArrayLike<number>, count: number): number[] {
  const order = Array.from({ length: count }, (_, j) => j);
  return rule === 'A' ? order : order.sort((a, b) => orderedP(pValues[a]) - orderedP(pValues[b]) || a - b);
}

function pairScan(correlated: (j: number, k: number) => boolean, pValues: ArrayLike<number>, count: number): number[] {
  const reasons = new Array<number>(count).fill(-1);
  for (let j = 0; j < count; j++) {
    for (let k = j + 1; k < count && reasons[j] < 0; k++) {
      if (reasons[k] >= 0 || !correlated(j, k)) continue;
      if (orderedP(pValues[k]) < orderedP(pValues[j])) reasons[j] = k;
      else reasons[k] = j;
    }
  }
  return reasons;
}

/** Any p value is at most 1, so 2 sorts a NaN last. */
function orderedP(p: number): number {
  return Number.isNaN(p) ? 2 : p;
}
