import { choleskyFactor, choleskyInverse, normalQuantile, normalTwoSidedP, unpackSymmetric } from '@consilium/numerics';
import type { LinearModelArtefact } from './linear-model.js';
import { LogisticNewton, type LogisticFit, type LogisticNewtonOptions, type LogisticStatus } from './logistic-newton.js';
import { logisticStatistics, type LogisticData } from './logistic-statistics.js';

/** Above this many standard deviations a coefficient of an unpenalised model is told of: near separation, near collinearity or values far out. */
export const SEPARATION_LIMIT = 10;

/** How the columns of a fit were made of the features: z = (x - mean) / sd, and 0 where sd is 0. */
export interface ColumnScaling {
  readonly features: readonly string[];
  readonly mean: readonly number[];
  readonly sd: readonly number[];
}

/** One row of a coefficient table, on the scale of the features themselves. */
export interface Coefficient {
  readonly name: string;
  readonly estimate: number;
  /** Wald: sqrt of the diagonal of the inverse information; estimate / standardError; two-sided normal p. */
  readonly standardError: number;
  readonly z: number;
  readonly p: number;
  /** exp(estimate) and exp(estimate ± z_(1+level)/2 standardError). */
  readonly oddsRatio: number;
  readonly oddsRatioLow: number;
  readonly oddsRatioHigh: number;
}

/** An unpenalised logistic regression as R's summary(glm) reports it. */
export interface LogisticTable {
  readonly coefficients: readonly Coefficient[];
  /** k × k, row-major, on the scale of the features. */
  readonly covariance: Float64Array;
  readonly n: number;
  readonly events: number;
  readonly logLikelihood: number;
  readonly deviance: number;
  readonly nullDeviance: number;
  readonly aic: number;
  readonly bic: number;
  readonly residualDegreesOfFreedom: number;
}

/** Fits on pooled rows; see LogisticNewton. The columns should be scaled to sd 1. */
export function fitLogistic(data: LogisticData, options: Omit<LogisticNewtonOptions, 'size'> = {}): LogisticFit {
  const newton = new LogisticNewton({ ...options, size: data.columns.length + 1 });
  for (let beta = newton.evaluateAt; beta !== null; beta = newton.evaluateAt) newton.receive(logisticStatistics(data, beta));
  return newton.fit as LogisticFit;
}

/** The published form of a fit. */
export function linearModelOf({ beta }: LogisticFit, { features, mean, sd }: ColumnScaling): LinearModelArtefact {
  return { kind: 'logistic', features, mean, sd, coefficients: Array.from(beta.subarray(1)), intercept: beta[0] };
}

/** (intercept, coefficients) on the scale of the features: b_j / sd_j, and b_0 - Σ b_j mean_j / sd_j. */
export function rawCoefficients(beta: Float64Array, { mean, sd }: ColumnScaling): Float64Array {
  const raw = beta.map((b, j) => (j === 0 || sd[j - 1] === 0 ? b : b / sd[j - 1]));
  mean.forEach((m, j) => {
    if (sd[j] === 0) raw[j + 1] = 0;
    else raw[0] -= raw[j + 1] * m;
  });
  return raw;
}

/**
 * The table of a converged unpenalised fit; null where the information matrix cannot be inverted.
 *
 * Deviance is -2 logLikelihood, AIC adds 2k, BIC adds k log n. Equals R's glm to rounding; R stops earlier by default (epsilon 1e-8), and its
 * standard errors are those of the last step but one.
 */
export function logisticTable(
  fit: LogisticFit,
  scaling: ColumnScaling,
  counts: { readonly n: number; readonly events: number },
  level = 0.95,
): LogisticTable | null {
  const k = fit.beta.length;
  const covariance = rawCovariance(fit, scaling);
  if (covariance === null) return null;
  const estimates = rawCoefficients(fit.beta, scaling);
  const quantile = normalQuantile(0.5 + level / 2);
  const { n, events } = counts;
  const deviance = -2 * fit.statistics.logLikelihood;
  const entropy = (m: number) => (m === 0 ? 0 : m * Math.log(m / n));
  return {
    coefficients: ['(Intercept)', ...scaling.features].map((name, j) => coefficient(name, estimates[j], Math.sqrt(covariance[j * k + j]), quantile)),
    covariance,
    n,
    events,
    logLikelihood: fit.statistics.logLikelihood,
    deviance,
    nullDeviance: -2 * (entropy(events) + entropy(n - events)),
    aic: deviance + 2 * k,
    bic: deviance + k * Math.log(n),
    residualDegreesOfFreedom: n - k,
  };
}

/** One Wald row; quantile is the normal quantile of the interval. */
export function coefficient(name: string, estimate: number, standardError: number, quantile: number): Coefficient {
  const z = estimate / standardError;
  return {
    name,
    estimate,
    standardError,
    z,
    p: normalTwoSidedP(z),
    oddsRatio: Math.exp(estimate),
    oddsRatioLow: Math.exp(estimate - quantile * standardError),
    oddsRatioHigh: Math.exp(estimate + quantile * standardError),
  };
}

/** A H⁻¹ A', A the map from the coefficients of the columns to those of the features. */
function rawCovariance(fit: LogisticFit, { mean, sd }: ColumnScaling): Float64Array | null {
  const k = fit.beta.length;
  const H = unpackSymmetric(fit.statistics.hessian, k);
  const scale = Float64Array.from({ length: k }, (_, j) => Math.sqrt(H[j * k + j]));
  if (scale.some((s) => !(s > 0))) return null;
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) H[i * k + j] /= scale[i] * scale[j];
  const factor = choleskyFactor(H, k);
  if (factor === null) return null;
  const V = choleskyInverse(factor, k);
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) V[i * k + j] /= scale[i] * scale[j];
  const A = new Float64Array(k * k);
  A[0] = 1;
  for (let j = 1; j < k; j++) {
    A[j] = -mean[j - 1] / sd[j - 1];
    A[j * k + j] = 1 / sd[j - 1];
  }
  return sandwich(A, V, k);
}

function sandwich(A: Float64Array, V: Float64Array, k: number): Float64Array {
  const AV = new Float64Array(k * k);
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) for (let m = 0; m < k; m++) AV[i * k + j] += A[i * k + m] * V[m * k + j];
  const result = new Float64Array(k * k);
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) for (let m = 0; m < k; m++) result[i * k + j] += AV[i * k + m] * A[j * k + m];
  return result;
}

export interface FitWarning {
  readonly status: LogisticStatus;
  /** Features with coefficients beyond SEPARATION_LIMIT standard deviations; of separated classes, those whose coefficients still grow. */
  readonly large: readonly string[];
  /** A plain sentence for the report. */
  readonly sentence: string;
}

/** What a reader of an unpenalised fit must be told; null where there is nothing. */
export function fitWarning(fit: LogisticFit, { features, sd }: Pick<ColumnScaling, 'features' | 'sd'>): FitWarning | null {
  const constant = features.filter((_, j) => sd[j] === 0);
  const large = fit.growing ? growingFeatures(fit.growing, features) : features.filter((_, j) => Math.abs(fit.beta[j + 1]) > SEPARATION_LIMIT);
  const names = large.join(', ');
  const sentence = {
    converged: `The coefficients of ${names} exceed ${SEPARATION_LIMIT} standard deviations. The classes are nearly separated, features nearly repeat one another, or a few patients lie far out; use Firth's regression or a penalised model.`,
    separated: `The classes are separated${names === '' ? '' : ` by ${names}`}. The unpenalised model has no finite optimum; use Firth's regression or a penalised model.`,
    singular: constant.length > 0 ? `Constant: ${constant.join(', ')}. A feature without spread has no coefficient; remove it or use a penalised model.` : 'The features are linearly dependent. The model has no unique optimum; remove a feature or use a penalised model.',
    unfinished: 'The fit did not converge. Its coefficients are not an optimum.',
  }[fit.status];
  return fit.status === 'converged' && large.length === 0 ? null : { status: fit.status, large, sentence };
}

/** Those whose last step was at least a tenth of the largest. */
function growingFeatures(step: Float64Array, features: readonly string[]): string[] {
  const largest = step.subarray(1).reduce((max, d) => Math.max(max, Math.abs(d)), 0);
  return features.filter((_, j) => largest > 0 && Math.abs(step[j + 1]) >= largest / 10);
}
