import type { LinearModelArtefact } from './linear-model.js';

/**
 * Shapley values of a logistic model's features on the log-odds, features taken as independent: phi_j = coefficient_j (x_j - mean_j) / sd_j with the pooled means of the patients that are
 * explained (Lundberg, Lee 2017, corollary 1). expected + Σ_j phi_j is the row's linear predictor.
 *
 * @param X n × features, column by column
 * @param mean pooled means of the features
 * @returns phi: n × features, column by column
 */
export function linearShap(model: LinearModelArtefact, X: Float64Array, n: number, mean: ArrayLike<number>): { readonly phi: Float64Array; readonly expected: number } {
  const phi = new Float64Array(X.length);
  let expected = model.intercept;
  model.coefficients.forEach((coefficient, j) => {
    if (model.sd[j] === 0) return;
    const slope = coefficient / model.sd[j];
    expected += slope * (mean[j] - model.mean[j]);
    for (let i = j * n; i < (j + 1) * n; i++) phi[i] = slope * (X[i] - mean[j]);
  });
  return { phi, expected };
}
