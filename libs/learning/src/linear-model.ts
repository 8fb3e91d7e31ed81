import { sigmoid } from '@consilium/numerics';
import { hasOnly, isNames, isNumber, isNumbers, type ModelKind } from './model-kind.js';

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

/** Reads, writes and evaluates logistic models. */
export const logisticKind: ModelKind<LinearModelArtefact> = {
  features: ({ features }) => features,
  value: ({ kind, features, mean, sd, coefficients, intercept }) => ({
    kind, features: [...features], mean: [...mean], sd: [...sd], coefficients: [...coefficients], intercept,
  }),
  parse(record) {
    const { features, mean, sd, coefficients, intercept } = record;
    if (!hasOnly(record, ['kind', 'features', 'mean', 'sd', 'coefficients', 'intercept']) || !isNames(features)) return null;
    if (!isNumbers(mean, features.length) || !isNumbers(sd, features.length) || !isNumbers(coefficients, features.length)) return null;
    if (sd.some((s) => s < 0) || !isNumber(intercept)) return null;
    return { kind: 'logistic', features, mean, sd, coefficients, intercept };
  },
  predict: (model, X, n) => predict(model, X, n),
};

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
