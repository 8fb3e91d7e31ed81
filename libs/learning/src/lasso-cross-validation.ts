import { lassoPath, lassoProblem, type LassoSolution } from './lasso-path.js';
import { combineLinearSums, packedLength, type LinearSums } from './linear-sums.js';

export interface LassoCrossValidationOptions {
  /**
   * 'per-fold' (the default) standardises every training set by its own mean and sd (ddof 0), computed from the same sums. 'once' takes the columns
   * as they come, scaled once on all rows: held-out rows then had a part in the scale, as in scikit-learn code without a pipeline.
   */
  readonly scaler?: 'per-fold' | 'once';
}

export interface LassoCrossValidation {
  /** Descending. */
  readonly alphas: readonly number[];
  /** One row a fold, one mean squared error an alpha. */
  readonly mseByFold: readonly Float64Array[];
  /** Unweighted mean over folds. */
  readonly meanMse: Float64Array;
  /** sd over folds (ddof 1) / sqrt(K). */
  readonly standardError: Float64Array;
  readonly minimum: LassoChoice;
  /** The largest alpha whose mean error is within one standard error of the smallest. */
  readonly oneStandardError: LassoChoice;
  /** Fitted on all rows, one solution an alpha. */
  readonly path: readonly LassoSolution[];
  /** The smallest error lies at an end of the grid, so a wider grid may hold a smaller one. */
  readonly minimumAtEndOfGrid: boolean;
}

export interface LassoChoice {
  readonly index: number;
  readonly alpha: number;
  /** Columns with a coefficient other than zero. */
  readonly selected: readonly number[];
}

/** Descending, evenly spaced on a log scale, both ends included. Example: logarithmicGrid(0.001, 1, 4) is 1, 0.1, 0.01, 0.001. */
export function logarithmicGrid(from: number, to: number, count: number): number[] {
  const low = Math.log10(from);
  const high = Math.log10(to);
  return Array.from({ length: count }, (_, i) => (i === 0 ? to : i === count - 1 ? from : 10 ** (high + ((low - high) * i) / (count - 1))));
}

/**
 * K-fold cross-validation of the linear LASSO from per-fold sums alone: the training sums of fold f are the total less fold f, and its
 * mean squared error follows from its own sums. Equal to the fit on pooled rows up to rounding.
 *
 * @param folds K >= 2 sums, none empty
 * @param alphas penalties, descending, above 0
 */
export function crossValidateLasso(folds: readonly LinearSums[], alphas: readonly number[], options: LassoCrossValidationOptions = {}): LassoCrossValidation {
  const steps = lassoCrossValidationSteps(folds, alphas, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same, pausing after the path of each fold: a path over many features takes long enough that a server must not be silent for K of them. */
export function* lassoCrossValidationSteps(
  folds: readonly LinearSums[],
  alphas: readonly number[],
  options: LassoCrossValidationOptions = {},
): Generator<void, LassoCrossValidation, void> {
  if (folds.length < 2 || folds.some(({ n }) => n === 0)) throw new RangeError('crossValidateLasso: two folds at least, each with rows');
  if (alphas.some((alpha, i) => !(alpha > 0) || (i > 0 && alpha >= alphas[i - 1]))) throw new RangeError('crossValidateLasso: alphas descend and are above 0');
  const standardise = (options.scaler ?? 'per-fold') === 'per-fold';
  const total = folds.reduce((sum, fold) => combineLinearSums(sum, fold, 1));
  const mseByFold: Float64Array[] = [];
  for (const fold of folds) {
    const path = lassoPath(lassoProblem(combineLinearSums(total, fold, -1), standardise), alphas);
    mseByFold.push(Float64Array.from(path, (solution) => meanSquaredError(fold, solution)));
    yield;
  }
  return chosen(mseByFold, lassoPath(lassoProblem(total, standardise), alphas), alphas);
}

function chosen(mseByFold: readonly Float64Array[], path: readonly LassoSolution[], alphas: readonly number[]): LassoCrossValidation {
  const { meanMse, standardError } = acrossFolds(mseByFold, alphas.length);
  const indexMinimum = meanMse.indexOf(Math.min(...meanMse));
  const limit = meanMse[indexMinimum] + standardError[indexMinimum];
  const choice = (index: number): LassoChoice => ({ index, alpha: alphas[index], selected: path[index].selected });
  return {
    alphas,
    mseByFold,
    meanMse,
    standardError,
    minimum: choice(indexMinimum),
    oneStandardError: choice(meanMse.findIndex((mse) => mse <= limit)),
    path,
    minimumAtEndOfGrid: indexMinimum === 0 || indexMinimum === alphas.length - 1,
  };
}

function acrossFolds(mseByFold: readonly Float64Array[], count: number): { meanMse: Float64Array; standardError: Float64Array } {
  const K = mseByFold.length;
  const meanMse = Float64Array.from({ length: count }, (_, a) => mseByFold.reduce((sum, row) => sum + row[a], 0) / K);
  const standardError = meanMse.map((mean, a) => Math.sqrt(mseByFold.reduce((sum, row) => sum + (row[a] - mean) ** 2, 0) / (K - 1) / K));
  return { meanMse, standardError };
}

/** [Σy² - 2(b0 Σy + b'Z'y) + n b0² + 2 b0 b'Σz + b'Z'Zb] / n: the error of a solution on rows known only by their sums. */
export function meanSquaredError(sums: LinearSums, { intercept, selected, coefficients }: LassoSolution): number {
  const p = sums.sumZ.length;
  let linear = intercept * sums.sumY;
  let shift = 0;
  let quadratic = 0;
  selected.forEach((j, i) => {
    linear += coefficients[i] * sums.sumZY[j];
    shift += coefficients[i] * sums.sumZ[j];
    const row = packedLength(p) - packedLength(p - j) - j;
    quadratic += coefficients[i] ** 2 * sums.gram[row + j];
    for (let k = i + 1; k < selected.length; k++) quadratic += 2 * coefficients[i] * coefficients[k] * sums.gram[row + selected[k]];
  });
  return (sums.sumYY - 2 * linear + sums.n * intercept ** 2 + 2 * intercept * shift + quadratic) / sums.n;
}
