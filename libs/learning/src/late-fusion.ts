import type { Value } from '@consilium/protocol';
import { hasOnly, type ModelKind, type Models } from './model-kind.js';

/**
 * Late fusion: the largest, or the mean, of the probabilities of several models. A model that has no prediction for a row (its sequence was
 * not acquired) is passed over; the row has none only where no model has.
 */
export interface LateFusionArtefact<M = unknown> {
  readonly kind: 'late-fusion';
  readonly rule: 'maximum' | 'average';
  readonly models: readonly M[];
}

/** Reads, writes and evaluates late fusions of any kinds of models. */
export const lateFusionKind: ModelKind<LateFusionArtefact, unknown> = {
  features: ({ models }, kinds) => fusedFeatures(models, kinds),
  value: ({ kind, rule, models }, kinds) => ({ kind, rule, models: models.map((model) => kinds.value(model)) }),
  parse(record, kinds) {
    const { rule, models } = record;
    if (!hasOnly(record, ['kind', 'rule', 'models']) || (rule !== 'maximum' && rule !== 'average') || !Array.isArray(models)) return null;
    const parsed = (models as readonly Value[]).map((model) => kinds.parse(model));
    if (parsed.length === 0 || parsed.some((model) => model === null)) return null;
    return { kind: 'late-fusion', rule, models: parsed };
  },
  predict({ rule, models }, X, n, kinds) {
    const place = new Map(fusedFeatures(models, kinds).map((feature, j) => [feature, j]));
    const predictions = models.map((model) => {
      const features = kinds.features(model);
      const own = new Float64Array(features.length * n);
      features.forEach((feature, j) => own.set(X.subarray(place.get(feature)! * n, (place.get(feature)! + 1) * n), j * n));
      return kinds.predict(model, own, n);
    });
    return Float64Array.from({ length: n }, (_, i) => fuse(rule, predictions.map((one) => one[i]).filter((p) => !Number.isNaN(p))));
  },
};

const fusedFeatures = (models: readonly unknown[], kinds: Models<unknown>): string[] => [...new Set(models.flatMap((model) => kinds.features(model)))];

/** Example: fuse('average', [0.2, 0.6]) is 0.4; of nothing, NaN. */
function fuse(rule: LateFusionArtefact['rule'], probabilities: readonly number[]): number {
  if (probabilities.length === 0) return NaN;
  return rule === 'maximum' ? Math.max(...probabilities) : probabilities.reduce((sum, p) => sum + p, 0) / probabilities.length;
}
