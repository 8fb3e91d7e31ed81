export interface DealtRows {
  /** HMAC-SHA256(seed, pseudonym) of each row; see seededKeys. */
  readonly keys: readonly string[];
  readonly y: Uint8Array;
}

/**
 * Folds of a site's rows: within each outcome class the rows stand in the order of HMAC-SHA256(seed, pseudonym) and are dealt round-robin.
 * The class with the event goes on where the other ended, so fold sizes differ by at most one. A patient's fold depends on the seed, the
 * outcome and the rows dealt, never on the order of a table or on which features are complete.
 */
export function dealFolds({ keys, y }: DealtRows, folds: number): Int32Array {
  const order = Array.from(keys.keys()).sort((a, b) => y[a]! - y[b]! || (keys[a]! < keys[b]! ? -1 : 1));
  const result = new Int32Array(keys.length);
  order.forEach((row, place) => (result[row] = place % folds));
  return result;
}
