import { modelFeatures, predictModel, type ModelArtefact } from '@consilium/learning';
import type { ModelFileContent } from './model-file.js';

/** What a model says of one patient. */
export interface RowPrediction {
  /** Null where the row lacks what the model cannot do without. */
  readonly probability: number | null;
  /** Inputs outside the range of nearly all training patients. */
  readonly outside: readonly string[];
  /** Inputs that were missing; those with a value to stand for them are filled. */
  readonly missing: readonly string[];
}

type NamedModels = readonly { readonly name: string; readonly artefact: ModelArtefact }[];

/** The inputs of a file's models with missing values filled as in training, and each model's predictions, by name: one number a row. */
export function columnsOfModels({ inputs }: Pick<ModelFileContent, 'inputs'>, models: NamedModels, column: (feature: string) => Float64Array, n: number): ReadonlyMap<string, Float64Array> {
  const columns = new Map<string, Float64Array>(inputs.features.map((feature) => [feature, column(feature).map((x) => (Number.isNaN(x) ? (inputs.fill[feature] ?? NaN) : x))]));
  for (const { name, artefact } of models) {
    const features = modelFeatures(artefact);
    const X = new Float64Array(n * features.length);
    features.forEach((feature, j) => X.set(columns.get(feature)!, j * n));
    columns.set(name, predictModel(artefact, X, n));
  }
  return columns;
}

/**
 * Predictions of n rows by the models of a file, one after another, from columns of the table. Missing values are filled as in training; a value outside
 * the training range is used and flagged.
 *
 * @param column values of an input, one a row, NaN where missing
 */
export function predictRows(content: ModelFileContent, models: NamedModels, column: (feature: string) => Float64Array, n: number): RowPrediction[] {
  const { inputs } = content;
  const raw = new Map(inputs.features.map((feature) => [feature, column(feature)]));
  const columns = columnsOfModels(content, models, (feature) => raw.get(feature)!, n);
  const predicted = columns.get(models.at(-1)!.name)!;
  const ranges = inputs.ranges?.ranges ?? [];
  return Array.from(predicted, (p, i) => ({
    probability: Number.isNaN(p) ? null : p,
    outside: ranges.flatMap(({ feature, low, high }) => (raw.get(feature)![i]! < low || raw.get(feature)![i]! > high ? [feature] : [])),
    missing: inputs.features.filter((feature) => Number.isNaN(raw.get(feature)![i]!)),
  }));
}
