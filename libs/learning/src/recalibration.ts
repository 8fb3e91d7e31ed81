import { choleskyFactor, choleskyInverse, logit, unpackSymmetric } from '@consilium/numerics';
import type { LogisticFit } from './logistic-newton.js';
import { fitLogistic } from './logistic-model.js';

/** Probabilities are clipped to [ε, 1 - ε] before the logit. */
export const PROBABILITY_CLIP = 1e-12;

/** log(p / (1 - p)) of the clipped probability. */
export function clippedLogit(p: number): number {
  return logit(Math.min(Math.max(p, PROBABILITY_CLIP), 1 - PROBABILITY_CLIP));
}

/** A figure and its standard error. */
export interface Estimate {
  readonly estimate: number;
  readonly standardError: number;
}

/**
 * Calibration of predicted probabilities (Cox 1958): slope and intercept of the logistic model y ~ logit p, and calibration in the large, the
 * intercept of y ~ 1 + offset(logit p). Perfect predictions have slope 1 and both intercepts 0.
 */
export interface CalibrationFit {
  readonly slope: Estimate;
  readonly intercept: Estimate;
  readonly inTheLarge: Estimate;
}

/** The estimates of two finished fits, or null where either has no optimum. */
export function calibrationOf(joint: LogisticFit, large: LogisticFit): CalibrationFit | null {
  if (joint.status !== 'converged' || large.status !== 'converged') return null;
  const errors = standardErrors(joint);
  const [largeError] = standardErrors(large) ?? [];
  if (errors === null || largeError === undefined) return null;
  return {
    slope: { estimate: joint.beta[1], standardError: errors[1] },
    intercept: { estimate: joint.beta[0], standardError: errors[0] },
    inTheLarge: { estimate: large.beta[0], standardError: largeError },
  };
}

/** On pooled rows: n probabilities and n outcomes. Null for one class or separation. */
export function calibrationFit(p: ArrayLike<number>, y: ArrayLike<number>): CalibrationFit | null {
  const logits = Float64Array.from(p, clippedLogit);
  const large = fitLogistic({ columns: [], y, offset: logits });
  return large.status === 'converged' ? calibrationOf(fitLogistic({ columns: [logits], y }), large) : null;
}

/** Wald standard errors of an unpenalised fit, on the scale of its columns. */
export function standardErrors(fit: LogisticFit): Float64Array | null {
  const k = fit.beta.length;
  const factor = choleskyFactor(unpackSymmetric(fit.statistics.hessian, k), k);
  if (factor === null) return null;
  const inverse = choleskyInverse(factor, k);
  return Float64Array.from({ length: k }, (_, j) => Math.sqrt(inverse[j * k + j]));
}
