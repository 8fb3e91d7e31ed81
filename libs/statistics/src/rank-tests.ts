import { normalTwoSidedP } from '@consilium/numerics';

/** What the rank tests need from one cohort, or from one stratum: three whole numbers and U. */
export interface RankCounts {
  /** Pairs in which the group-1 value is larger, ties counting ½. */
  readonly u: number;
  readonly n1: number;
  readonly n0: number;
  /** Σ (t³ - t) over groups of t equal values. */
  readonly tieTerm: number;
}

export interface RankTest {
  /** Positive when group 1 tends to be larger. */
  readonly z: number;
  readonly p: number;
}

/**
 * U of group 1 against group 0 and the tie term, in O(n log n). Values must not be NaN.
 *
 * @example rankCounts([3, 5], [1, 3, 4]) // { u: 4.5, n1: 2, n0: 3, tieTerm: 6 }
 */
export function rankCounts(group1: ArrayLike<number>, group0: ArrayLike<number>): RankCounts {
  const a = Float64Array.from(group1).sort();
  const b = Float64Array.from(group0).sort();
  if (Number.isNaN(a[a.length - 1]) || Number.isNaN(b[b.length - 1])) throw new RangeError('Ranks need values that are numbers.');
  let u = 0;
  let tieTerm = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const value = i < a.length && (j >= b.length || a[i] <= b[j]) ? a[i] : b[j];
    const below = j;
    const start = i;
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    u += (i - start) * (below + (j - below) / 2);
    const tied = i - start + (j - below);
    tieTerm += tied ** 3 - tied;
  }
  return { u, n1: a.length, n0: b.length, tieTerm };
}

/**
 * U between bounds from class histograms over common cuts: the tie term of each bin counted as ½ (`counts.u`), not at all (`low`) and
 * fully (`high`). Exact when every bin holds one value.
 *
 * @param h1 counts of group 1, one a bin, in ascending order of the feature; h0 likewise for group 0
 */
export function rankCountsFromHistogram(h1: ArrayLike<number>, h0: ArrayLike<number>): { counts: RankCounts; low: number; high: number } {
  if (h1.length !== h0.length) throw new RangeError('Both groups need the same bins.');
  let low = 0;
  let within = 0;
  let tieTerm = 0;
  let n1 = 0;
  let n0 = 0;
  for (let bin = 0; bin < h1.length; bin++) {
    low += h1[bin] * n0;
    within += h1[bin] * h0[bin];
    n1 += h1[bin];
    n0 += h0[bin];
    tieTerm += (h1[bin] + h0[bin]) ** 3 - (h1[bin] + h0[bin]);
  }
  return { counts: { u: low + within / 2, n1, n0, tieTerm }, low, high: low + within };
}

/**
 * The Mann-Whitney (Wilcoxon rank sum) test by the normal approximation with the tie-corrected variance
 * n1 n0 / 12 [(N + 1) - Σ(t³ - t) / (N (N - 1))] and, unless switched off, the continuity correction of R's
 * `wilcox.test(exact = FALSE, correct = TRUE)`: |U - n1 n0/2| less ½. NaN when a group is empty or all values are equal.
 * Not the exact distribution: below about 10 values a group the p value is approximate.
 */
export function mannWhitney(counts: RankCounts, options: { readonly continuity?: boolean } = {}): RankTest {
  const excess = counts.u - (counts.n1 * counts.n0) / 2;
  const correction = options.continuity === false ? 0 : 0.5 * Math.sign(excess);
  return test(excess - correction, varianceOfU(counts));
}

export interface RankTestBounds extends RankTest {
  /** Pairs of one bin counted ½, not at all, and fully. */
  readonly u: number;
  readonly uLow: number;
  readonly uHigh: number;
  /** U / (n1 n0): the AUC of the feature, and its bounds. */
  readonly auc: number;
  readonly aucLow: number;
  readonly aucHigh: number;
  /** The p value of the pooled values lies between these. */
  readonly pLow: number;
  readonly pHigh: number;
}

/**
 * The Mann-Whitney test of values known only by class histograms over common bins: U, z and p with the pairs of one bin as ties, and bounds
 * that hold whatever the order within the bins. U lies between its bounds; the variance between that with each bin as one tie and that
 * without ties; so |z| is at most the largest excess over the smallest deviation and at least the smallest over the largest.
 *
 * @param h1 counts of group 1, one a bin, in ascending order of the feature; h0 likewise for group 0
 * @example mannWhitneyBounds([0, 3], [3, 0]) // u 9, uLow 9, uHigh 9
 */
export function mannWhitneyBounds(h1: ArrayLike<number>, h0: ArrayLike<number>): RankTestBounds {
  const { counts, low, high } = rankCountsFromHistogram(h1, h0);
  const pairs = counts.n1 * counts.n0;
  const excess = (u: number): number => Math.max(0, Math.abs(u - pairs / 2) - 0.5);
  const smallest = low <= pairs / 2 && pairs / 2 <= high ? 0 : Math.min(excess(low), excess(high));
  const untied = varianceOfU({ ...counts, tieTerm: 0 });
  return {
    ...mannWhitney(counts),
    u: counts.u,
    uLow: low,
    uHigh: high,
    auc: counts.u / pairs,
    aucLow: low / pairs,
    aucHigh: high / pairs,
    pLow: test(Math.max(excess(low), excess(high)), varianceOfU(counts)).p,
    pHigh: test(smallest, untied).p,
  };
}

/**
 * Van Elteren's stratified rank test: z = Σ w_s (U_s - n1 n0/2) / √(Σ w_s² var_s), w_s = 1/(N_s + 1), no continuity correction, with the
 * tie-corrected variance of each stratum. Locally most powerful among stratified sums when the effect is the same in all strata; shifts
 * between strata (scanners, sites) do not matter. A stratum with one class, or with all values equal, contributes nothing.
 * Source: van Elteren 1960, Bull. Int. Stat. Inst. 37:351; equal to coin's blocked test of rank / (N_s + 1) in R.
 */
export function vanElteren(strata: readonly RankCounts[]): RankTest {
  let excess = 0;
  let variance = 0;
  for (const stratum of strata) {
    const weight = 1 / (stratum.n1 + stratum.n0 + 1);
    excess += weight * (stratum.u - (stratum.n1 * stratum.n0) / 2);
    variance += weight * weight * varianceOfU(stratum);
  }
  return test(excess, variance);
}

function varianceOfU({ n1, n0, tieTerm }: RankCounts): number {
  const n = n1 + n0;
  if (n1 === 0 || n0 === 0) return 0;
  return ((n1 * n0) / 12) * (n + 1 - tieTerm / (n * (n - 1)));
}

function test(excess: number, variance: number): RankTest {
  const z = variance > 0 ? excess / Math.sqrt(variance) : NaN;
  return { z, p: normalTwoSidedP(z) };
}
