import { betaQuantile, normalQuantile } from '@consilium/numerics';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** z with P(|Z| ≤ z) = level. 0.95 gives 1.959963984540054. */
export function twoSidedZ(level: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError('A confidence level lies between 0 and 1.');
  return -normalQuantile((1 - level) / 2);
}

/**
 * Wilson's score interval of a proportion of k in n, without continuity correction:
 * (p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n). Its ends are exactly 0 for k = 0 and 1 for k = n. NaN for n = 0.
 * Source: Wilson 1927, JASA 22:209.
 *
 * @example wilsonInterval(7, 10) // { low: 0.39677814746114526, high: 0.892208732593699 }
 */
export function wilsonInterval(k: number, n: number, level = 0.95): Interval {
  requireCounts(k, n);
  if (n === 0) return { low: NaN, high: NaN };
  const z = twoSidedZ(level);
  const p = k / n;
  const centre = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z / (2 * n)) ** 2);
  const scale = 1 + (z * z) / n;
  return { low: k === 0 ? 0 : (centre - half) / scale, high: k === n ? 1 : (centre + half) / scale };
}

/**
 * Clopper and Pearson's exact interval of a proportion of k in n: the α/2 quantile of Beta(k, n - k + 1) and the 1 - α/2 quantile of
 * Beta(k + 1, n - k). Covers at least `level`, usually more. NaN for n = 0. Source: Clopper, Pearson 1934, Biometrika 26:404.
 *
 * @example exactInterval(7, 10) // { low: 0.34754714994000…, high: 0.93326048882226… }
 */
export function exactInterval(k: number, n: number, level = 0.95): Interval {
  requireCounts(k, n);
  if (!(level > 0 && level < 1)) throw new RangeError('A confidence level lies between 0 and 1.');
  if (n === 0) return { low: NaN, high: NaN };
  const tail = (1 - level) / 2;
  return { low: k === 0 ? 0 : betaQuantile(tail, k, n - k + 1), high: k === n ? 1 : betaQuantile(1 - tail, k + 1, n - k) };
}

/**
 * Hanley and McNeil's standard error of an AUC from the AUC and the class counts alone (a distribution-based approximation; DeLong's
 * uses the scores): √([A (1 - A) + (n1 - 1)(Q1 - A²) + (n0 - 1)(Q2 - A²)] / (n1 n0)), Q1 = A/(2 - A), Q2 = 2A²/(1 + A).
 * Source: Hanley, McNeil 1982, Radiology 143:29.
 */
export function hanleyMcNeilStandardError(auc: number, n1: number, n0: number): number {
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc * auc) / (1 + auc);
  const spread = auc * (1 - auc) + (n1 - 1) * (q1 - auc * auc) + (n0 - 1) * (q2 - auc * auc);
  return Math.sqrt(spread / (n1 * n0));
}

function requireCounts(k: number, n: number): void {
  if (!(Number.isSafeInteger(k) && Number.isSafeInteger(n) && k >= 0 && k <= n)) throw new RangeError('A proportion needs whole counts 0 ≤ k ≤ n.');
}
