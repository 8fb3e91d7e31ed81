import { type ModelArtefact, modelFeatures, modelValue, parseModel, predictModel } from '@consilium/learning';
import type { Value } from '@consilium/protocol';

/**
 * One model a fold, each fitted without the rows of its fold: as a derived column, the cross-fitted prediction. It never travels back; each
 * site keeps the predictions of its own rows.
 */
export interface FoldModelsArtefact {
  readonly kind: 'by-fold';
  /** Fold → the model that has not seen it. Rows of other folds have no prediction. */
  readonly models: ReadonlyMap<number, ModelArtefact>;
}

/** The artefact as a Value that can be published. */
export const foldModelsValue = ({ kind, models }: FoldModelsArtefact): Value => ({
  kind,
  models: [...models].sort(([a], [b]) => a - b).map(([fold, model]) => ({ fold, model: modelValue(model) })),
});

/** The models in a received artefact, or null where it is something else. */
export function parseFoldModels(value: Value): FoldModelsArtefact | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof Float64Array) return null;
  const { kind, models } = value as Readonly<Record<string, Value | undefined>>;
  if (kind !== 'by-fold' || !Array.isArray(models)) return null;
  const parsed = new Map<number, ModelArtefact>();
  for (const entry of models as readonly Value[]) {
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry) || entry instanceof Float64Array) return null;
    const { fold, model } = entry as Readonly<Record<string, Value | undefined>>;
    const one = model === undefined ? null : parseModel(model);
    if (typeof fold !== 'number' || !Number.isInteger(fold) || fold < 0 || parsed.has(fold) || one === null) return null;
    parsed.set(fold, one);
  }
  return { kind, models: parsed };
}

/** Columns that an artefact of a derived column reads, of one model or of models by fold; none where it is something else. */
export function artefactFeatures(artefact: Value): readonly string[] {
  const byFold = parseFoldModels(artefact);
  if (byFold !== null) return [...new Set([...byFold.models.values()].flatMap(modelFeatures))];
  const model = parseModel(artefact);
  return model === null ? [] : modelFeatures(model);
}

/**
 * Predictions of n rows, each by the model of its fold; NaN where the fold has none.
 *
 * @param column a feature's values as the model of a fold reads them, one a row
 * @param fold the fold of each row, negative where it has none
 */
export function predictByFold({ models }: FoldModelsArtefact, column: (feature: string, fold: number) => Float64Array, fold: Int32Array): Float64Array {
  const n = fold.length;
  const predictions = new Float64Array(n).fill(NaN);
  for (const [wanted, model] of models) {
    const features = modelFeatures(model);
    const X = new Float64Array(n * features.length);
    features.forEach((feature, j) => X.set(column(feature, wanted), j * n));
    const values = predictModel(model, X, n);
    for (let i = 0; i < n; i++) if (fold[i] === wanted) predictions[i] = values[i]!;
  }
  return predictions;
}
