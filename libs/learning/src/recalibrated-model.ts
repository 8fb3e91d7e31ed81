import { sigmoid } from '@consilium/numerics';
import { hasOnly, isNumber, type ModelKind } from './model-kind.js';
import { clippedLogit } from './recalibration.js';

/**
 * A model updated for another site (Steyerberg 2019, chapter 20): P = 1 / (1 + exp(-(intercept + slope · logit p))) with p the inner model's prediction. Slope 1
 * is recalibration in the large; with both it is the logistic recalibration of Cox (1958).
 */
export interface RecalibratedArtefact<M = unknown> {
  readonly kind: 'recalibrated';
  readonly model: M;
  readonly slope: number;
  readonly intercept: number;
}

/** Reads, writes and evaluates recalibrations of any kind of model. */
export const recalibratedKind: ModelKind<RecalibratedArtefact, unknown> = {
  features: ({ model }, kinds) => kinds.features(model),
  value: ({ kind, model, slope, intercept }, kinds) => ({ kind, model: kinds.value(model), slope, intercept }),
  parse(record, kinds) {
    const { model, slope, intercept } = record;
    if (!hasOnly(record, ['kind', 'model', 'slope', 'intercept']) || !isNumber(slope) || !isNumber(intercept) || model === undefined) return null;
    const inner = kinds.parse(model);
    return inner === null ? null : { kind: 'recalibrated', model: inner, slope, intercept };
  },
  predict: ({ model, slope, intercept }, X, n, kinds) => kinds.predict(model, X, n).map((p) => (Number.isNaN(p) ? NaN : sigmoid(intercept + slope * clippedLogit(p)))),
};
