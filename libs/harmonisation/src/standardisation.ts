import { choleskyFactor, choleskySolve } from '@consilium/numerics';
import type { WithinBatchSums } from './within-batch-sums.js';

/** The shared part of a ComBat model, one a feature; `usable` is false where nothing varies within batches beyond the covariates. */
export interface Standardisation {
  readonly coefficients: Float64Array;
  readonly grandMean: Float64Array;
  readonly variance: Float64Array;
  readonly usable: readonly boolean[];
}

/** Of the variation within batches, the part below which the rest is rounding. */
const CONSTANT = 1e-12;

/**
 * Regression of every feature on batch indicators and covariates from summed within-batch cross products, without an indicator leaving a site
 * (Chen et al. 2022): B = (Σ C'C)⁻¹ Σ C'U, residual variance = (Σ U'U - B'(Σ C'C)B)/n, grand mean = (Σ u - Σ c B)/n, which is the n-weighted
 * mean of the batches' own intercepts. Null where the covariates depend on one another or on the batches.
 */
export function standardisationOf({ n, totals, covariates, products, squares }: WithinBatchSums, q: number): Standardisation | null {
  const p = squares.length;
  const factor = q === 0 ? null : choleskyFactor(covariates, q);
  if (q > 0 && factor === null) return null;
  const coefficients = new Float64Array(q * p);
  const grandMean = new Float64Array(p);
  const variance = new Float64Array(p);
  const usable: boolean[] = [];
  for (let j = 0; j < p; j++) {
    const right = Float64Array.from({ length: q }, (_, c) => products[c * p + j]);
    const b = factor === null ? right : choleskySolve(factor, q, right);
    const explained = right.reduce((sum, x, c) => sum + x * b[c], 0);
    b.forEach((value, c) => (coefficients[c * p + j] = value));
    grandMean[j] = (totals[j] - b.reduce((sum, value, c) => sum + value * totals[p + c], 0)) / n;
    variance[j] = (squares[j] - explained) / n;
    usable.push(squares[j] > 0 && squares[j] - explained > CONSTANT * squares[j]);
  }
  return { coefficients, grandMean, variance, usable };
}
