import type { ColumnScaling } from '../logistic-model.js';
import type { LinearModelArtefact } from '../linear-model.js';
import type { PathSolution } from './penalised-path.js';

/** What a K-fold cross-validation of the deviance says of a grid of penalties, strongest first. */
export interface PenaltyChoice {
  /** Mean held-out deviance a patient, one row a penalty, one number a fold. */
  readonly devianceByFold: readonly (readonly number[])[];
  /** Σ_f n_f/n d_f. */
  readonly deviance: readonly number[];
  /** sqrt(Σ_f n_f/n (d_f - d)² / (K - 1)), as glmnet's cvsd. */
  readonly standardError: readonly number[];
  /** Index of the smallest deviance; the strongest penalty among equals. */
  readonly minimum: number;
  /** Index of the strongest penalty within one standard error of it. */
  readonly oneStandardError: number;
}

/**
 * @param devianceByFold one row a penalty (descending), one mean deviance a fold
 * @param foldSizes rows of each fold
 */
export function choosePenalty(devianceByFold: readonly (readonly number[])[], foldSizes: readonly number[]): PenaltyChoice {
  const n = foldSizes.reduce((sum, size) => sum + size, 0);
  const mean = (row: readonly number[]): number => row.reduce((sum, d, f) => sum + (foldSizes[f] / n) * d, 0);
  const deviance = devianceByFold.map(mean);
  const standardError = devianceByFold.map((row, k) => Math.sqrt(mean(row.map((d) => (d - deviance[k]) ** 2)) / (foldSizes.length - 1)));
  const minimum = deviance.indexOf(Math.min(...deviance));
  const limit = deviance[minimum] + standardError[minimum];
  return { devianceByFold, deviance, standardError, minimum, oneStandardError: deviance.findIndex((d) => d <= limit) };
}

/** The published form of a solution: its features only, on their own mean and sd. */
export function linearModelFromPath({ intercept, selected, coefficients }: PathSolution, { features, mean, sd }: ColumnScaling): LinearModelArtefact {
  const pick = <T>(values: readonly T[]): T[] => selected.map((j) => values[j]);
  return { kind: 'logistic', features: pick(features), mean: pick(mean), sd: pick(sd), coefficients: Array.from(coefficients), intercept };
}
