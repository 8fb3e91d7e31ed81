/** The sufficient statistics of a group for means, variances and t tests. They merge exactly, so sites may send them instead of values. */
export interface GroupTotals {
  readonly n: number;
  /** NaN when n is 0. */
  readonly mean: number;
  /** Σ (x - mean)², the second central moment times n; 0 when n is 0. */
  readonly m2: number;
}

export const emptyTotals: GroupTotals = { n: 0, mean: NaN, m2: 0 };

/**
 * n, mean and Σ (x - mean)² in two passes with the correction of Chan, Golub, LeVeque 1983 (American Statistician 37:242, eq. 1.7):
 * the second pass about a mean that is itself corrected by the mean residual. Keeps its digits when the mean is large beside the
 * standard deviation, where Σx² - n mean² keeps none. Equal values give their value and exactly 0. A NaN among the values makes mean and
 * m2 NaN.
 *
 * @example groupTotals([1, 2, 6]) // { n: 3, mean: 3, m2: 14 }
 */
export function groupTotals(values: ArrayLike<number>): GroupTotals {
  const n = values.length;
  if (n === 0) return emptyTotals;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i];
  const roughMean = sum / n;
  let residual = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const d = values[i] - roughMean;
    residual += d;
    squares += d * d;
  }
  if (squares <= n * (4 * Number.EPSILON * roughMean) ** 2 && allEqual(values)) return { n, mean: values[0], m2: 0 };
  return { n, mean: roughMean + residual / n, m2: Math.max(0, squares - (residual * residual) / n) };
}

function allEqual(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/**
 * The totals of the union of two disjoint groups: with n = n_a + n_b and d = mean_b - mean_a,
 * mean = mean_a + d n_b / n and M2 = M2_a + M2_b + d² n_a n_b / n (Chan, Golub, LeVeque 1983, eq. 2.1).
 */
export function mergeTotals(a: GroupTotals, b: GroupTotals): GroupTotals {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const d = b.mean - a.mean;
  return { n, mean: a.mean + (d * b.n) / n, m2: a.m2 + b.m2 + d * d * ((a.n * b.n) / n) };
}

/**
 * The totals of a group from sums about a public offset: n, Σ (x - offset), Σ (x - offset)². Exact only as far as the offset is near the
 * mean: the relative error of the variance is about ε (1 + (mean - offset)² / variance). Two rounds, the second about the mean of the
 * first, lose nothing.
 */
export function totalsFromSums(sums: { n: number; sum: number; sumOfSquares: number; offset: number }): GroupTotals {
  const { n, sum, sumOfSquares, offset } = sums;
  if (n === 0) return emptyTotals;
  return { n, mean: offset + sum / n, m2: Math.max(0, sumOfSquares - (sum * sum) / n) };
}

/** M2 / (n - ddof): ddof 1 for reported figures and tests, 0 for scaling before a penalised model. NaN when n ≤ ddof. */
export function variance({ n, m2 }: GroupTotals, ddof: 0 | 1 = 1): number {
  return n > ddof ? m2 / (n - ddof) : NaN;
}

/** √variance. */
export function standardDeviation(totals: GroupTotals, ddof: 0 | 1 = 1): number {
  return Math.sqrt(variance(totals, ddof));
}
