/**
 * The type-7 quantile (R's and NumPy's default) at the fraction `numerator / denominator` of values in ascending order:
 * with h = (n - 1) numerator / denominator, x_⌊h⌋ + (h - ⌊h⌋)(x_⌊h⌋+1 - x_⌊h⌋).
 *
 * The fraction is a ratio of whole numbers so that ⌊h⌋ is exact: when h is whole the quantile **is** an observation, and a slip of one
 * unit in the last place of a floating-point fraction would move that observation to the other side of the cut. NaN for no values.
 *
 * @example quantileType7([1, 2, 4, 8], 1, 3) // 2, the second observation itself
 */
export function quantileType7(ascending: ArrayLike<number>, numerator: number, denominator: number): number {
  if (!(Number.isSafeInteger(numerator) && Number.isSafeInteger(denominator) && numerator >= 0 && numerator <= denominator && denominator > 0)) {
    throw new RangeError('A quantile fraction is a ratio of whole numbers between 0 and 1.');
  }
  const n = ascending.length;
  if (n === 0) return NaN;
  const product = (n - 1) * numerator;
  const rest = product % denominator;
  const below = ascending[(product - rest) / denominator];
  if (rest === 0) return below;
  const above = ascending[(product - rest) / denominator + 1];
  return below + (rest / denominator) * (above - below);
}

/** The k/parts quantiles for k = 1 … parts - 1, type 7. Quartiles: parts = 4; the cuts of ten groups: parts = 10. */
export function quantileCuts(ascending: ArrayLike<number>, parts: number): number[] {
  return Array.from({ length: Math.max(0, parts - 1) }, (_, k) => quantileType7(ascending, k + 1, parts));
}

/**
 * The quantile of values known only by their counts in bins: bin b holds the values from cuts[b - 1] up to cuts[b], and with n values the wanted one is the first to have q n of them at or
 * below it. Within its bin the values are taken to lie evenly, which errs by less than the bin's width. NaN without values, and where it lies in the first or last bin, which have one end only.
 *
 * @param counts one more than there are cuts
 * @param cuts ascending
 * @param q between 0 and 1
 * @example binnedQuantile([0, 4, 4, 0], [0, 1, 2], 0.75) // 1.5
 */
export function binnedQuantile(counts: ArrayLike<number>, cuts: ArrayLike<number>, q: number): number {
  const n = Array.from(counts).reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (let b = 0; b < counts.length; b++) {
    if (counts[b] > 0 && below + counts[b] >= q * n) {
      if (b === 0 || b >= cuts.length) return NaN;
      return cuts[b - 1] + ((q * n - below) / counts[b]) * (cuts[b] - cuts[b - 1]);
    }
    below += counts[b];
  }
  return NaN;
}
