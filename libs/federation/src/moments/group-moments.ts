/** n, mean and Σ (x - mean)² of a group of patients, one number a feature. */
export interface GroupMoments {
  readonly n: number;
  readonly mean: Float64Array;
  readonly m2: Float64Array;
}

/** Where sd² is below (8 ε |mean|)² the spread is rounding error of the values themselves: the feature counts as constant. */
const CONSTANT = (8 * Number.EPSILON) ** 2;

/**
 * The power of two that squares of one feature are divided by before they are added, so that the sum fits the exact ring and keeps its
 * digits: below 1 for small features, above 1 only where Σ x² could leave the ring (Σ (x - m)² ≤ (Σ |x|)² < 2^56 / sites, what a site may add).
 */
export function unitOf(magnitude: number, n: number, sites: number): number {
  if (!(magnitude > 0)) return 1;
  const typical = magnitude / n;
  if (typical < 1) return 2 ** Math.floor(Math.log2(typical));
  return 2 ** Math.max(0, Math.ceil(Math.log2(magnitude * Math.sqrt(sites))) - 28);
}

const FINE = 2 ** 44;

/** A sum of squares as it travels: below 1 in a block of its own, times 2^44. */
export const splitSquare = (square: number): { square: number; fine: number } => (square < 1 ? { square: 0, fine: square * FINE } : { square, fine: 0 });

/** The sums over all sites of both blocks. */
export const joinedSquares = (squares: Float64Array, fine: Float64Array): Float64Array => squares.map((square, at) => square + fine[at]! / FINE);

/** The moments about the true mean from sums about a rounded one: mean = m + d, M2 = Σ(x - m)² - n d², d = Σ(x - m) / n. */
export function recentre(n: number, about: Float64Array, sums: { deviations: Float64Array; squares: Float64Array; units: Float64Array }): GroupMoments {
  const mean = new Float64Array(about.length);
  const m2 = new Float64Array(about.length);
  for (let j = 0; n > 0 && j < about.length; j++) {
    const unit = sums.units[j]!;
    const shift = sums.deviations[j]! / n;
    mean[j] = about[j]! + shift * unit;
    m2[j] = clean((sums.squares[j]! - n * shift * shift) * unit * unit, n, mean[j]!);
  }
  return { n, mean, m2 };
}

/** Both groups as one (Chan, Golub, LeVeque 1983): d = mean_b - mean_a, mean = mean_a + d n_b / n, M2 = M2_a + M2_b + d² n_a n_b / n. */
export function mergeGroups(a: GroupMoments, b: GroupMoments): GroupMoments {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const mean = a.mean.map((x, j) => x + ((b.mean[j]! - x) * b.n) / n);
  const m2 = a.m2.map((x, j) => clean(x + b.m2[j]! + ((b.mean[j]! - a.mean[j]!) ** 2 * a.n * b.n) / n, n, mean[j]!));
  return { n, mean, m2 };
}

/** 0 for squares of n deviations that are rounding of values near the mean. */
export const clean = (m2: number, n: number, mean: number): number => (m2 > n * CONSTANT * mean * mean ? m2 : 0);

/**
 * sqrt(M2 / (n - ddof)), one a feature; 0 for constant features and where n ≤ ddof. ddof 0 scales (as scikit-learn's StandardScaler and
 * glmnet), ddof 1 is the reported standard deviation (as R's sd).
 */
export const standardDeviation = ({ n, m2 }: GroupMoments, ddof: 0 | 1): Float64Array => m2.map((x) => (n > ddof ? Math.sqrt(x / (n - ddof)) : 0));
