import { modelFeatures, modelValue, usedFeatures, type ModelArtefact } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { RoundRefused, type Federation } from '../federation.js';
import { notEstimable, type Figure } from '../validation/figures.js';
import { refusedSum } from '../validation/pooled.js';
import type { ViewSpec } from '../view.js';
import { permutationLosses, type PermutationLosses } from './exchange.js';

export interface PermutationRequest {
  /** The patients; its features are replaced by the model's. */
  readonly view: ViewSpec;
  readonly model: ModelArtefact;
  /** Whose values change places; all that can move the prediction when absent. */
  readonly features?: readonly string[] | undefined;
  readonly repeats: number;
  readonly seed: string;
}

/** How much a figure gets worse: the mean over repeats, and their standard deviation (ddof 1; null with one repeat). */
export interface Worsening {
  readonly mean: number;
  readonly sd: number | null;
}

export interface PermutedFeature {
  readonly feature: string;
  /** Mean log-loss a patient, larger by. */
  readonly logLoss: Worsening;
  /** Brier score, larger by. */
  readonly brier: Worsening;
  /** AUC within sites, smaller by; null where no site has both classes. */
  readonly auc: Worsening | null;
}

export interface PermutationImportance {
  readonly patients: number;
  readonly repeats: number;
  /** As the patients are. */
  readonly logLoss: number;
  readonly brier: number;
  readonly auc: number | null;
  readonly features: readonly PermutedFeature[];
}

/**
 * Permutation importance (Breiman 2001; Fisher, Rudin, Dominici 2019): how much worse a model predicts when the values of one feature change places among the patients of each site. One round for all features and
 * repeats; exact for the permutations that seed and pseudonyms give. Values stay at their site, so that differences between sites are not counted to the feature.
 */
export async function federatedPermutationImportance(federation: Federation, { view: given, model, features, repeats, seed }: PermutationRequest): Promise<Figure<PermutationImportance>> {
  const names = modelFeatures(model);
  const view = { ...given, features: [...names] };
  const columns = features === undefined ? usedFeatures(model, names.length) : features.map((name) => names.indexOf(name));
  if (columns.some((j) => j < 0)) throw new ConsiliumError(methodErrors.requestShape, 'The model does not read one of the features. Nothing was computed.');
  if (columns.length === 0) return notEstimable('No feature moves the prediction.');
  try {
    const { sums } = await federation.sum(permutationLosses, { view, parameters: { model: modelValue(model), columns, repeats, seed } });
    return importanceOf(sums, columns.map((j) => names[j]!), repeats);
  } catch (error) {
    if (error instanceof RoundRefused) return refusedSum(error);
    throw error;
  }
}

function importanceOf({ counts, logLoss, squares, u }: PermutationLosses, features: readonly string[], repeats: number): Figure<PermutationImportance> {
  const [patients, pairs] = [counts[0]!, counts[1]!];
  if (patients === 0) return notEstimable('Nobody has all features of the model.');
  const worsening = (block: Float64Array, f: number, sign: 1 | -1, by: number): Worsening => {
    const drops = Array.from({ length: repeats }, (_, r) => (sign * (block[1 + f * repeats + r]! - block[0]!)) / by);
    const mean = drops.reduce((sum, one) => sum + one, 0) / repeats;
    return { mean, sd: repeats < 2 ? null : Math.sqrt(drops.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (repeats - 1)) };
  };
  return {
    patients,
    repeats,
    logLoss: logLoss[0]! / patients,
    brier: squares[0]! / patients,
    auc: pairs > 0 ? u[0]! / pairs : null,
    features: features.map((feature, f) => ({
      feature,
      logLoss: worsening(logLoss, f, 1, patients),
      brier: worsening(squares, f, 1, patients),
      auc: pairs > 0 ? worsening(u, f, -1, pairs) : null,
    })),
  };
}
