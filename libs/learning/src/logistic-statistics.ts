import { log1pExp, sigmoid } from '@consilium/numerics';
import { packedLength } from './linear-sums.js';

/**
 * What Newton's method needs of the rows at one coefficient vector. All three add over rows, hence over sites.
 *
 *   logLikelihood  Σ w [y η - log(1 + e^η)]
 *   gradient       Σ w (y - π) x            k numbers
 *   hessian        Σ w π (1 - π) x x'       (the negative second derivative), upper triangle row by row, k(k+1)/2 numbers
 *
 * with x = (1, z_1 … z_p), k = p + 1, η = β'x + offset, π = 1 / (1 + e^-η).
 */
export interface LogisticStatistics {
  readonly logLikelihood: number;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

export interface LogisticTerms extends LogisticStatistics {
  /** (Σ |r|)² / Σ r² of the residuals r = w (y - π): how many patients carry the gradient; Infinity where no residual is left. */
  readonly carriers: number;
}

export interface LogisticData {
  /** p columns of n numbers, without the intercept's ones. */
  readonly columns: readonly Float64Array[];
  /** 0 or 1, n numbers. */
  readonly y: ArrayLike<number>;
  /** Rows to use; all where absent. */
  readonly rows?: Int32Array;
  /** Added to every row's linear predictor. */
  readonly offset?: Float64Array;
  readonly weights?: Float64Array;
}

/** The statistics of the rows at β = (intercept, coefficients). No rows give zeros. */
export function logisticStatistics(data: LogisticData, beta: Float64Array): LogisticTerms {
  const { columns, y, offset, weights } = data;
  const k = columns.length + 1;
  if (beta.length !== k) throw new RangeError(`logisticStatistics: ${k} coefficients expected, ${beta.length} given`);
  const rows = data.rows ?? Int32Array.from({ length: y.length }, (_, i) => i);
  const gradient = new Float64Array(k);
  const hessian = new Float64Array(packedLength(k));
  const x = new Float64Array(k);
  x[0] = 1;
  let logLikelihood = 0;
  let residuals = 0;
  let squares = 0;
  for (const i of rows) {
    let eta = beta[0] + (offset === undefined ? 0 : offset[i]);
    for (let j = 1; j < k; j++) {
      x[j] = columns[j - 1][i];
      eta += beta[j] * x[j];
    }
    const weight = weights === undefined ? 1 : weights[i];
    const pi = sigmoid(eta);
    logLikelihood += weight * (y[i] * eta - log1pExp(eta));
    const residual = weight * (y[i] - pi);
    residuals += Math.abs(residual);
    squares += residual * residual;
    const curvature = weight * pi * sigmoid(-eta);
    for (let j = 0, at = 0; j < k; j++) {
      gradient[j] += residual * x[j];
      const scaled = curvature * x[j];
      for (let m = j; m < k; m++) hessian[at++] += scaled * x[m];
    }
  }
  return { logLikelihood, gradient, hessian, carriers: squares === 0 ? Infinity : (residuals * residuals) / squares };
}

/** Only Σ w [y η - log(1 + e^η)], for held-out rows. */
export function logLikelihoodAt(data: LogisticData, beta: Float64Array): number {
  const rows = data.rows ?? Int32Array.from({ length: data.y.length }, (_, i) => i);
  let sum = 0;
  for (const i of rows) {
    let eta = beta[0] + (data.offset === undefined ? 0 : data.offset[i]);
    for (let j = 0; j < data.columns.length; j++) eta += beta[j + 1] * data.columns[j][i];
    sum += (data.weights === undefined ? 1 : data.weights[i]) * (data.y[i] * eta - log1pExp(eta));
  }
  return sum;
}
