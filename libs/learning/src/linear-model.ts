import { sigmoid } from '@consilium/numerics';
import type { Value } from '@consilium/protocol';

/**
 * A fitted logistic model as it is published: enough to predict at any site, and nothing else.
 *
 *   P(y = 1 | x) = 1 / (1 + exp(-(intercept + Σ_j coefficients_j (x_j - mean_j) / sd_j)))
 *
 * Feature names are those of a view: a column, or `column=level` for the 0/1 indicator of a level. A model on raw columns has mean 0 and
 * sd 1. A feature with sd 0 (constant when the model was fitted) contributes nothing.
 */
export interface LinearModelArtefact {
  readonly kind: 'logistic';
  readonly features: readonly string[];
  readonly mean: readonly number[];
  readonly sd: readonly number[];
  readonly coefficients: readonly number[];
  readonly intercept: number;
}

/** The artefact as a Value that can be published. */
export function linearModelValue(model: LinearModelArtefact): Value {
  const { kind, features, mean, sd, coefficients, intercept } = model;
  return { kind, features: [...features], mean: [...mean], sd: [...sd], coefficients: [...coefficients], intercept };
}

const numbers = (value: Value | undefined, length: number): value is readonly number[] =>
  Array.isArray(value) && value.length === length && (value as readonly Value[]).every((x) => typeof x === 'number' && Number.isFinite(x));

/** The model in a received artefact, or null where it is something else or its lengths do not agree. Unknown members are refused. */
export function parseLinearModel(value: Value): LinearModelArtefact | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof Float64Array) return null;
  const record = value as Readonly<Record<string, Value | undefined>>;
  const { kind, features, mean, sd, coefficients, intercept, ...others } = record;
  if (kind !== 'logistic' || Object.keys(others).length > 0) return null;
  if (!Array.isArray(features) || !(features as readonly Value[]).every((name) => typeof name === 'string')) return null;
  const names = features as readonly string[];
  if (new Set(names).size !== names.length) return null;
  if (!numbers(mean, names.length) || !numbers(sd, names.length) || !numbers(coefficients, names.length)) return null;
  if (sd.some((s) => s < 0) || typeof intercept !== 'number' || !Number.isFinite(intercept)) return null;
  return { kind: 'logistic', features: names, mean, sd, coefficients, intercept };
}

/**
 * The linear predictor of n rows.
 *
 * @param X n × p, column by column, in the order of `model.features`; a NaN gives NaN in its row
 * @returns n logits
 */
export function linearPredictor(model: LinearModelArtefact, X: Float64Array, n: number): Float64Array {
  const p = model.features.length;
  if (X.length !== n * p) throw new RangeError(`linearPredictor: ${p} features of ${n} rows need ${n * p} numbers`);
  const eta = new Float64Array(n).fill(model.intercept);
  for (let j = 0; j < p; j++) {
    const sd = model.sd[j];
    const b = model.coefficients[j];
    if (sd === 0) continue;
    const mean = model.mean[j];
    for (let i = 0; i < n; i++) eta[i] += (b * (X[j * n + i] - mean)) / sd;
  }
  return eta;
}

/** The predicted probabilities of n rows; see linearPredictor. Example: intercept 0 and no features give 0.5. */
export function predict(model: LinearModelArtefact, X: Float64Array, n: number): Float64Array {
  const eta = linearPredictor(model, X, n);
  for (let i = 0; i < n; i++) eta[i] = sigmoid(eta[i]);
  return eta;
}
