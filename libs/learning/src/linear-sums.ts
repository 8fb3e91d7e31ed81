/**
 * Sufficient statistics of a linear model of y on p columns: all that least squares or the LASSO ever needs of the rows. They add over
 * sites and over folds.
 */
export interface LinearSums {
  readonly n: number;
  readonly sumY: number;
  readonly sumYY: number;
  /** Σ z_j, p numbers. */
  readonly sumZ: Float64Array;
  /** Σ z_j y, p numbers. */
  readonly sumZY: Float64Array;
  /** Σ z_j z_k for j <= k, upper triangle row by row, p(p+1)/2 numbers; see packedLength. */
  readonly gram: Float64Array;
}

/** Numbers in the upper triangle of a symmetric p × p matrix. */
export const packedLength = (p: number): number => (p * (p + 1)) / 2;

/**
 * The sums of a set of rows.
 *
 * @param columns p columns of the same length; scale them by a global mean and sd first, a raw Gram loses digits when means are large
 * @param y the outcome, one number a row
 * @param rows the rows to sum over, by index
 */
export function linearSums(columns: readonly Float64Array[], y: ArrayLike<number>, rows: Int32Array): LinearSums {
  const p = columns.length;
  const n = rows.length;
  const chosenY = Float64Array.from(rows, (i) => y[i]);
  const chosen = columns.map((column) => Float64Array.from(rows, (i) => column[i]));
  const sums = { n, sumY: 0, sumYY: 0, sumZ: new Float64Array(p), sumZY: new Float64Array(p), gram: new Float64Array(packedLength(p)) };
  for (let i = 0; i < n; i++) {
    sums.sumY += chosenY[i];
    sums.sumYY += chosenY[i] * chosenY[i];
  }
  let at = 0;
  for (let j = 0; j < p; j++) {
    const z = chosen[j];
    for (let i = 0; i < n; i++) {
      sums.sumZ[j] += z[i];
      sums.sumZY[j] += z[i] * chosenY[i];
    }
    for (let k = j; k < p; k++) sums.gram[at++] = dot(z, chosen[k], n);
  }
  return sums;
}

function dot(a: Float64Array, b: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/** a + factor · b; factor -1 takes a fold out of a total. */
export function combineLinearSums(a: LinearSums, b: LinearSums, factor: 1 | -1): LinearSums {
  const blend = (x: Float64Array, y: Float64Array) => x.map((value, i) => value + factor * y[i]);
  return {
    n: a.n + factor * b.n,
    sumY: a.sumY + factor * b.sumY,
    sumYY: a.sumYY + factor * b.sumYY,
    sumZ: blend(a.sumZ, b.sumZ),
    sumZY: blend(a.sumZY, b.sumZY),
    gram: blend(a.gram, b.gram),
  };
}
