const NEAR = 1e-6;

/**
 * Whether a column holds nothing but 0 and 1, as its moments say: the variance is then m (1 − m) n / (n − 1), and no other column between 0 and 1 of the same mean
 * has so large a one. A constant column is none.
 */
export function isIndicator(all: { readonly n: number; readonly mean: number | null; readonly sd: number | null } | undefined): boolean {
  if (!all || all.mean === null || all.sd === null || all.n < 2 || all.mean <= 0 || all.mean >= 1) return false;
  return Math.abs(all.sd ** 2 - (all.mean * (1 - all.mean) * all.n) / (all.n - 1)) < NEAR;
}
