import { symmetricEigenvalues } from '@consilium/numerics/symmetric-eigenvalues';

/**
 * Maximal correlation coefficient: the square root of the second largest eigenvalue of Q, Q_ij = Σ_k P_ik P_jk / (p_x(i) p_y(k)). Q is similar to A Aᵀ with
 * A = D_x^(−1/2) P D_y^(−1/2), which is symmetric, so its eigenvalues are real and found without complex arithmetic. One grey level gives 1.
 */
export function maximalCorrelationCoefficient(P: Float64Array, px: Float64Array, py: Float64Array): number {
  const n = px.length;
  if (n < 2) return 1;
  const A = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) if (P[i * n + k] > 0) A[i * n + k] = P[i * n + k] / Math.sqrt(px[i] * py[k]);
  const S = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += A[i * n + k] * A[j * n + k];
      S[i * n + j] = sum;
      S[j * n + i] = sum;
    }
  }
  const values = symmetricEigenvalues(S, n);
  return Math.sqrt(Math.max(0, values[n - 2]));
}
