import { normalTwoSidedP, studentTTwoSidedP } from '@consilium/numerics';
import { mergeTotals, variance, type GroupTotals } from './moments.js';

/** Two-sided. `t` has the sign of `difference` = mean of the first group less that of the second. */
export interface TTest {
  readonly difference: number;
  readonly standardError: number;
  readonly t: number;
  readonly df: number;
  readonly p: number;
}

/**
 * Student's two-sample t test with equal variances:
 * t = (m1 - m0) / √(s² (1/n1 + 1/n0)), s² = (M2_1 + M2_0) / df, df = n1 + n0 - 2.
 *
 * NaN when a group is empty, when df is 0, or when all values are equal; when both groups are constant and differ, t is ±∞ and p is 0
 * (as scipy; R stops with "data are essentially constant"). A NaN p is not below any threshold, so such a feature is never selected.
 *
 * @param group1 events
 * @param group0 non-events
 * @example studentT({ n: 3, mean: 3, m2: 2 }, { n: 4, mean: 1, m2: 3 }) // t = 2.6186…, df = 5, p = 0.04717…
 */
export function studentT(group1: GroupTotals, group0: GroupTotals): TTest {
  const df = group1.n + group0.n - 2;
  const pooled = (group1.m2 + group0.m2) / df;
  return tTest(group1, group0, df, Math.sqrt(pooled * (1 / group1.n + 1 / group0.n)));
}

/**
 * Welch's t test with unequal variances: with v = s²/n of each group, t = (m1 - m0) / √(v1 + v0) and
 * df = (v1 + v0)² / (v1²/(n1 - 1) + v0²/(n0 - 1)) (Welch 1947; Satterthwaite 1946). Edge cases as for `studentT`, and NaN when a group
 * has fewer than two values.
 */
export function welchT(group1: GroupTotals, group0: GroupTotals): TTest {
  const v1 = variance(group1) / group1.n;
  const v0 = variance(group0) / group0.n;
  const share = v1 / (v1 + v0);
  const df = v1 + v0 === 0 ? group1.n + group0.n - 2 : 1 / (share ** 2 / (group1.n - 1) + (1 - share) ** 2 / (group0.n - 1));
  return tTest(group1, group0, df, Math.sqrt(v1 + v0));
}

export interface StratifiedDifference {
  readonly difference: number;
  readonly standardError: number;
  readonly z: number;
  readonly p: number;
  /** Strata in which both groups have at least two values and the variance is positive. */
  readonly strataUsed: number;
}

/**
 * The mean difference adjusted for strata (sites): within each stratum m1 - m0 with variance s1²/n1 + s0²/n0, combined with inverse
 * variances; z = Σ w d / √(Σ w), two-sided normal p. Differences between sites that shift both groups alike cancel.
 * NaN when no stratum can be used. The weights treat the variances as known: with fewer than about 10 a group it is too liberal.
 */
export function stratifiedMeanDifference(strata: readonly { group1: GroupTotals; group0: GroupTotals }[]): StratifiedDifference {
  let weights = 0;
  let weighted = 0;
  let strataUsed = 0;
  for (const { group1, group0 } of strata) {
    const squaredError = variance(group1) / group1.n + variance(group0) / group0.n;
    if (!(squaredError > 0)) continue;
    weights += 1 / squaredError;
    weighted += (group1.mean - group0.mean) / squaredError;
    strataUsed++;
  }
  const difference = weighted / weights;
  const standardError = 1 / Math.sqrt(weights);
  const z = difference / standardError;
  return { difference, standardError: strataUsed > 0 ? standardError : NaN, z, p: normalTwoSidedP(z), strataUsed };
}

function tTest(group1: GroupTotals, group0: GroupTotals, df: number, standardError: number): TTest {
  const difference = group1.mean - group0.mean;
  const estimable = group1.n > 0 && group0.n > 0 && df > 0 && !allEqual(mergeTotals(group1, group0));
  const t = estimable ? difference / standardError : NaN;
  return { difference, standardError, t, df, p: Number.isNaN(t) ? NaN : studentTTwoSidedP(t, df) };
}

/** Whether the spread is no more than the rounding of the mean leaves of a constant: a t of such noise could be anything. */
function allEqual({ n, mean, m2 }: GroupTotals): boolean {
  return m2 <= n * (4 * Number.EPSILON * mean) ** 2;
}
