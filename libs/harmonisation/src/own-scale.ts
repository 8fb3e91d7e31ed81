/**
 * (x - mean)/sd by the mean and sd (ddof 0) of some rows, those of them that have a value; 0 everywhere where these are constant. NaN stays NaN.
 * The per-site z-score: it removes what differs between sites, a true difference of their patients too.
 * Example: rows 0 and 1 of [1, 3, 7] have mean 2 and sd 1, which gives [-1, 1, 5].
 */
export function ownScale(values: Float64Array, rows: readonly number[]): Float64Array {
  const known = rows.map((row) => values[row]).filter((x) => !Number.isNaN(x));
  const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
  const sd = Math.sqrt(known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / known.length);
  return values.map((x) => (Number.isNaN(x) ? NaN : sd > 0 ? (x - mean) / sd : 0));
}
