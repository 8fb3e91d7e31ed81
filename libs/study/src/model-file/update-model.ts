import { calibrationStanding } from '@consilium/evaluation';
import type { UpdateMethod } from '@consilium/federation';
import { calibrationFit, fitLogistic, linearModelOf, type ModelArtefact, modelFeatures, modelValue } from '@consilium/learning';
import { quantileType7 } from '@consilium/statistics';
import { columnsOfModels } from './predict-rows.js';
import { type ModelFileContent, modelFileDigest } from './model-file.js';

export interface UpdateRows {
  /** Values of an input, one a row, NaN where missing. */
  readonly column: (feature: string) => Float64Array;
  /** 1 for the event, 0 without, NaN where it is not known. */
  readonly outcome: Float64Array;
}

export interface UpdatedModel {
  readonly content: ModelFileContent;
  /** Those with an outcome and a prediction. */
  readonly patients: number;
  readonly events: number;
  /** Intercept and slope on the old model's logit; null for a refit. */
  readonly recalibration: { readonly intercept: number; readonly slope: number } | null;
}

type Refusal = { readonly refusal: string };

/**
 * The last model of a file brought to other patients: to their event rate (in the large), also to the strength of its predictions (slope), or with its coefficients fitted anew (refit, logistic
 * models only). The file's earlier models stay as they are. The card says what was done, on how many patients, and of which file. Nothing is estimated below 10 events or non-events, and
 * the updated model has to be judged on other patients than these.
 */
export function updateModel(content: ModelFileContent, models: readonly { readonly name: string; readonly artefact: ModelArtefact }[], { column, outcome }: UpdateRows, method: UpdateMethod): UpdatedModel | Refusal {
  const n = outcome.length;
  const columns = columnsOfModels(content, models, column, n);
  const last = models.at(-1)!;
  const predicted = columns.get(last.name)!;
  const rows = Array.from(outcome.keys()).filter((i) => !Number.isNaN(outcome[i]!) && !Number.isNaN(predicted[i]!));
  const pick = (values: Float64Array) => Float64Array.from(rows, (i) => values[i]!);
  const y = pick(outcome);
  const events = y.reduce((sum, one) => sum + one, 0);
  const standing = calibrationStanding(events, rows.length - events);
  if (standing.kind === 'not-estimable') return { refusal: standing.sentence };
  const updated = method === 'refit' ? refitted(last.artefact, modelFeatures(last.artefact).map((feature) => pick(columns.get(feature)!)), y) : recalibrated(last.artefact, calibrationFit(pick(predicted), y), method);
  if ('refusal' in updated) return updated;
  const { artefact, recalibration } = updated;
  const chain = [...content.models.slice(0, -1), { name: last.name, artefact: JSON.parse(JSON.stringify(modelValue(artefact))) as unknown }];
  const inputs = method === 'refit' ? { ...content.inputs, ranges: rangesOf(content, columns, rows) } : content.inputs;
  const update = { method, patients: rows.length, events, recalibration, of: modelFileDigest(content), note: 'Not validated: judge it on other patients than those it was updated on.' };
  return { content: { ...content, models: chain, inputs, card: { ...(content.card as object), update } }, patients: rows.length, events, recalibration };
}

type Updated = { readonly artefact: ModelArtefact; readonly recalibration: UpdatedModel['recalibration'] } | Refusal;

function recalibrated(model: ModelArtefact, fit: ReturnType<typeof calibrationFit>, method: 'in-the-large' | 'slope'): Updated {
  if (fit === null) return { refusal: 'The predictions separate the classes or are all alike. The model cannot be recalibrated.' };
  const recalibration = method === 'slope' ? { intercept: fit.intercept.estimate, slope: fit.slope.estimate } : { intercept: fit.inTheLarge.estimate, slope: 1 };
  return { artefact: { kind: 'recalibrated', model, ...recalibration }, recalibration };
}

/** Unpenalised logistic regression on z-scores of the rows. */
function refitted(model: ModelArtefact, columns: readonly Float64Array[], y: Float64Array): Updated {
  if (model.kind !== 'logistic') return { refusal: 'Only a logistic model is refitted; recalibrate other kinds.' };
  const mean = columns.map((values) => values.reduce((sum, x) => sum + x, 0) / values.length);
  const sd = columns.map((values, j) => Math.sqrt(values.reduce((sum, x) => sum + (x - mean[j]!) ** 2, 0) / values.length));
  const z = columns.map((values, j) => values.map((x) => (sd[j]! > 0 ? (x - mean[j]!) / sd[j]! : 0)));
  const varying = sd.flatMap((s, j) => (s > 0 ? [j] : []));
  const fit = fitLogistic({ columns: varying.map((j) => z[j]!), y });
  if (fit.status !== 'converged') return { refusal: fit.status === 'separated' ? 'The inputs separate the classes. Recalibrate the model in place of a refit.' : 'The inputs depend on each other in these patients. Recalibrate the model in place of a refit.' };
  const own = linearModelOf(fit, { features: varying.map((j) => model.features[j]!), mean: varying.map((j) => mean[j]!), sd: varying.map((j) => sd[j]!) });
  // An input that is constant here keeps its place and contributes nothing.
  const coefficients = model.features.map((_, j) => (sd[j]! > 0 ? own.coefficients[varying.indexOf(j)]! : 0));
  return { artefact: { kind: 'logistic', features: model.features, mean, sd, coefficients, intercept: own.intercept }, recalibration: null };
}

/** Patients beyond each end of a range. */
const BEYOND = 5;

/** Where nearly all patients of a refit lie, to three figures: at least five beyond each end. Null where they are too few. */
function rangesOf({ inputs }: ModelFileContent, columns: ReadonlyMap<string, Float64Array>, rows: readonly number[]): ModelFileContent['inputs']['ranges'] {
  const beyond = Math.max(BEYOND, Math.ceil(rows.length / 100));
  if (rows.length < 4 * beyond) return null;
  const ranges = inputs.features.map((feature) => {
    const values = Float64Array.from(rows, (i) => columns.get(feature)![i]!).sort();
    const at = (k: number) => Number(quantileType7(values, k, rows.length - 1).toPrecision(3));
    return { feature, low: at(beyond), high: at(rows.length - 1 - beyond) };
  });
  return { tail: beyond / rows.length, ranges };
}
