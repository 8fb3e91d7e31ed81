import type { Value } from '@consilium/protocol';
import { type LateFusionArtefact, lateFusionKind } from './late-fusion.js';
import { type LinearModelArtefact, logisticKind } from './linear-model.js';
import { type RecalibratedArtefact, recalibratedKind } from './recalibrated-model.js';
import { type FourierSvmArtefact, fourierSvmKind, type LinearSvmArtefact, linearSvmKind } from './svm/svm-model.js';
import { type ModelKind, type Models, recordOf } from './model-kind.js';
import { treesKind, type TreesArtefact } from './trees/trees-model.js';

/** A fitted model of any kind as it is published: enough to predict at any site, and nothing else. */
export type ModelArtefact = LinearModelArtefact | TreesArtefact | LinearSvmArtefact | FourierSvmArtefact | LateFusionArtefact<ModelArtefact> | RecalibratedArtefact<ModelArtefact>;

/** Every kind of model this release can evaluate: one line a kind. */
const kinds: { readonly [K in ModelArtefact['kind']]: ModelKind<Extract<ModelArtefact, { kind: K }>, ModelArtefact> } = {
  logistic: logisticKind,
  'linear-svm': linearSvmKind,
  'fourier-svm': fourierSvmKind,
  trees: treesKind,
  'late-fusion': lateFusionKind as ModelKind<LateFusionArtefact<ModelArtefact>, ModelArtefact>,
  recalibrated: recalibratedKind as ModelKind<RecalibratedArtefact<ModelArtefact>, ModelArtefact>,
};

const kindOf = ({ kind }: ModelArtefact) => kinds[kind] as ModelKind<ModelArtefact, ModelArtefact>;

/** Models nested deeper than this are no model of ours; parsing ends there. */
const DEEPEST = 8;

/** The model as a Value that can be published; parseModel reads it back. */
export const modelValue = (model: ModelArtefact): Value => kindOf(model).value(model, models);

/** The columns a model needs, each once, in the order of the matrix it predicts from. */
export const modelFeatures = (model: ModelArtefact): readonly string[] => kindOf(model).features(model, models);

/** Probabilities of the event for n rows of X (n × modelFeatures, column by column); NaN where a row lacks what the model needs. */
export function predictModel(model: ModelArtefact, X: Float64Array, n: number): Float64Array {
  const p = modelFeatures(model).length;
  if (X.length !== n * p) throw new RangeError(`predictModel: ${p} features of ${n} rows need ${n * p} numbers`);
  return kindOf(model).predict(model, X, n, models);
}

/** The model in a received artefact, or null where it is none of a known kind. Unknown members are refused, and so are numbers that are not finite. */
export const parseModel = (value: Value): ModelArtefact | null => parseAt(value, 1);

function parseAt(value: Value, depth: number): ModelArtefact | null {
  const record = recordOf(value);
  const kind = record?.['kind'];
  if (record === null || typeof kind !== 'string' || !Object.hasOwn(kinds, kind) || depth > DEEPEST) return null;
  const nested: Models<ModelArtefact> = { ...models, parse: (inner) => parseAt(inner, depth + 1) };
  return (kinds[kind as ModelArtefact['kind']] as ModelKind<ModelArtefact, ModelArtefact>).parse(record, nested);
}

const models: Models<ModelArtefact> = { features: modelFeatures, value: modelValue, parse: parseModel, predict: predictModel };
