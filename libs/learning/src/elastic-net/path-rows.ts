import { log1pExp, packSymmetric, sigmoid, symmetricCrossProduct, transposedProduct } from '@consilium/numerics';
import type { LogisticStatistics } from '../logistic-statistics.js';

/** Probabilities of held-out rows are kept within [1e-5, 1 - 1e-5], as glmnet does for its deviance. */
const LARGEST_LOGIT = Math.log((1 - 1e-5) / 1e-5);

/**
 * A site's rows as the path asks them: the gradient of all columns, the Hessian of a few, for many positions and training sets. Column
 * by column, so that no row is copied; rows of a left-out fold have weight 0.
 */
export class PathRows {
  private readonly n: number;
  private readonly p: number;
  private readonly X: Float64Array;

  /** @param columns p standardised columns of n numbers; y 0 or 1 */
  constructor(
    columns: readonly Float64Array[],
    private readonly y: ArrayLike<number>,
  ) {
    this.n = y.length;
    this.p = columns.length;
    this.X = new Float64Array(this.n * this.p);
    columns.forEach((column, j) => this.X.set(column, j * this.n));
  }

  /** intercept + Σ_j b_j z_j of every row, from the columns with a coefficient. */
  linearPredictor({ intercept, columns, coefficients }: { readonly intercept: number; readonly columns: readonly number[]; readonly coefficients: Float64Array }): Float64Array {
    const { n, X } = this;
    const eta = new Float64Array(n).fill(intercept);
    columns.forEach((j, at) => {
      const b = coefficients[at];
      for (let i = 0, from = j * n; i < n; i++) eta[i] += b * X[from + i];
    });
    return eta;
  }

  /**
   * Log-likelihood, gradient of (intercept, all columns) and Hessian of (intercept, asked columns) at these linear predictors.
   *
   * @param without rows that are not part of the training set
   */
  statistics(eta: Float64Array, hessianColumns: readonly number[], without: Int32Array | null): LogisticStatistics {
    const { n, p, X, y } = this;
    const used = new Uint8Array(n).fill(1);
    for (const i of without ?? []) used[i] = 0;
    const residual = new Float64Array(n);
    const weights = new Float64Array(n);
    let logLikelihood = 0;
    for (let i = 0; i < n; i++) {
      if (used[i] === 0) continue;
      const pi = sigmoid(eta[i]);
      logLikelihood += y[i] * eta[i] - log1pExp(eta[i]);
      residual[i] = y[i] - pi;
      weights[i] = pi * sigmoid(-eta[i]);
    }
    const gradient = new Float64Array(p + 1);
    for (const r of residual) gradient[0] += r;
    gradient.set(transposedProduct(X, n, p, residual), 1);
    return { logLikelihood, gradient, hessian: hessianColumns.length === 0 ? this.weightSum(weights) : this.hessian(hessianColumns, weights) };
  }

  /** Without columns the Hessian is that of the intercept alone. */
  private weightSum(weights: Float64Array): Float64Array {
    return Float64Array.of(weights.reduce((sum, w) => sum + w, 0));
  }

  private hessian(columns: readonly number[], weights: Float64Array): Float64Array {
    const { n, X } = this;
    const k = columns.length + 1;
    const chosen = new Float64Array(n * k);
    chosen.fill(1, 0, n);
    columns.forEach((j, at) => chosen.set(X.subarray(j * n, (j + 1) * n), (at + 1) * n));
    return packSymmetric(symmetricCrossProduct(chosen, n, k, weights), k);
  }
}

/** Σ y log π + (1 - y) log(1 - π) of some rows, with π kept within [1e-5, 1 - 1e-5]. */
export function heldOutLogLikelihood(eta: Float64Array, y: ArrayLike<number>, rows: Int32Array): number {
  let sum = 0;
  for (const i of rows) {
    const clipped = Math.max(-LARGEST_LOGIT, Math.min(LARGEST_LOGIT, eta[i]));
    sum += y[i] * clipped - log1pExp(clipped);
  }
  return sum;
}
