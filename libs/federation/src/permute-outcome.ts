/**
 * The outcome with the values of some rows exchanged among them: the i-th of the rows gets the value of the i-th in the order of their keys,
 * HMAC-SHA256(seed, pseudonym). The same at every execution, and each row has every other's chance of a value; the counts of the classes stay.
 * Other rows, and rows without an outcome, keep what they have.
 *
 * @param keys one a row of the table; see seededKeys
 */
export function permuteOutcome(outcome: Float64Array, keys: readonly string[], rows: readonly number[]): Float64Array {
  const known = rows.filter((row) => !Number.isNaN(outcome[row]!));
  const order = [...known].sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1));
  const permuted = outcome.slice();
  known.forEach((row, i) => (permuted[row] = outcome[order[i]!]!));
  return permuted;
}
