/**
 * Σ values with the rounding error of each addition carried along, so the result is as good as a sum in twice the precision:
 * |error| ≤ ε |Σ x| + O(n ε²) Σ|x|. Source: Neumaier 1974, ZAMM 54:39 (the "improved Kahan–Babuška" sum). Empty gives 0.
 *
 * @example compensatedSum([1e100, 1, -1e100]) // 1
 */
export function compensatedSum(values: ArrayLike<number>): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + lost : sum;
}

/**
 * Σ_{from ≤ i < to} values[i] by halving: the error grows with ln n instead of n, at the speed of a plain loop.
 * Source: Higham 2002, Accuracy and Stability of Numerical Algorithms, section 4.2. Blocks of 128 are added four abreast.
 */
export function pairwiseSum(values: ArrayLike<number>, from = 0, to: number = values.length): number {
  const count = to - from;
  if (count > 128) {
    const middle = from + (count >> 1);
    return pairwiseSum(values, from, middle) + pairwiseSum(values, middle, to);
  }
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = from;
  for (; i + 3 < to; i += 4) {
    s0 += values[i];
    s1 += values[i + 1];
    s2 += values[i + 2];
    s3 += values[i + 3];
  }
  for (; i < to; i++) s0 += values[i];
  return s0 + s1 + (s2 + s3);
}

/** Σ a_i b_i of two vectors of equal length, four running sums. */
export function dotProduct(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) throw new RangeError(`A dot product needs equal lengths, not ${a.length} and ${b.length}.`);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < a.length; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}
