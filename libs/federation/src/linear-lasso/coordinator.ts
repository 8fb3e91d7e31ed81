import { lassoCrossValidationSteps, packedLength, type LassoChoice, type LassoCrossValidation, type LinearSums } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { setImmediate } from 'node:timers/promises';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { foldCounts, foldSums, type FoldSums } from './exchange.js';

export interface LinearLassoRequest {
  /** With folds. */
  readonly view: ViewSpec;
  /** Global mean and sd (ddof 0) of the view's features over its rows. */
  readonly scaling: { readonly mean: readonly number[] | Float64Array; readonly sd: readonly number[] | Float64Array };
  /** Descending, above 0. */
  readonly alphas: readonly number[];
  /** 'per-fold' (default) standardises inside every training set; 'once' keeps the global scale, as scikit-learn without a pipeline. */
  readonly scaler?: 'per-fold' | 'once';
  /** How many folds the fold column has; where absent it is asked, in one more round. */
  readonly folds?: number;
}

export interface LinearLassoResult extends LassoCrossValidation {
  readonly features: readonly string[];
  readonly n: number;
  readonly events: number;
  /** Pooled rows of each fold the view has. */
  readonly foldSizes: readonly number[];
  readonly warnings: readonly string[];
}

/** The features of a choice, in the order of the view. */
export const selectedFeatures = (result: LinearLassoResult, choice: LassoChoice): string[] => choice.selected.map((j) => result.features[j]!);

/**
 * Linear LASSO with K-fold cross-validation: one round of per-fold sums, everything else at the coordinator. Equal to the fit on pooled rows
 * up to rounding. Throws E611 for one outcome class, E650 for an empty fold.
 */
export async function federatedLinearLasso(federation: Federation, request: LinearLassoRequest): Promise<LinearLassoResult> {
  const { view } = request;
  const folds = request.folds ?? (await countFolds(federation, view));
  const parameters = { mean: Float64Array.from(request.scaling.mean), sd: Float64Array.from(request.scaling.sd), folds };
  const { sums } = await federation.sum(foldSums, { view, parameters });
  const all = splitByFold(sums, folds, view.features.length);
  const byFold = all.filter((fold) => fold.n > 0);
  const n = byFold.reduce((sum, fold) => sum + fold.n, 0);
  const events = byFold.reduce((sum, fold) => sum + fold.sumY, 0);
  if (events === 0 || events === n) throw new ConsiliumError(methodErrors.oneClass);
  if (byFold.length < (view.foldRows ? 2 : folds)) throw emptyFold();
  const result = await crossValidate(federation, byFold, request);
  return { ...result, features: view.features, n, events, foldSizes: byFold.map((fold) => fold.n), warnings: warningsOf(result, parameters.sd, view.features) };
}

/** The number of folds of a view: what it deals, or the highest fold of its column and one. A view of all folds has rows in every fold below. */
export async function countFolds(federation: Federation, view: ViewSpec): Promise<number> {
  if (view.folds?.kind === 'dealt') return view.folds.folds;
  const { sums } = await federation.sum(foldCounts, { view, parameters: {} });
  const folds = sums.n.findLastIndex((n) => n > 0) + 1;
  if (folds < 2 || (!view.foldRows && sums.n.subarray(0, folds).some((n) => n === 0))) throw emptyFold();
  return folds;
}

/** Lets other work of the process run between folds. */
async function crossValidate(federation: Federation, byFold: readonly LinearSums[], request: LinearLassoRequest): Promise<LassoCrossValidation> {
  const { alphas, scaler = 'per-fold' } = request;
  const steps = lassoCrossValidationSteps(byFold, alphas, { scaler });
  for (let fold = 1; ; fold++) {
    const step = steps.next();
    if (step.done) return step.value;
    federation.progress(fold, byFold.length + 1, `LASSO path of fold ${fold} of ${byFold.length}`);
    await setImmediate();
  }
}

const emptyFold = () => new ConsiliumError(methodErrors.emptyFold, 'A fold of the cross-validation has no patient at any site. Nothing was fitted.');

function splitByFold(sums: FoldSums, folds: number, p: number): LinearSums[] {
  const part = (block: Float64Array, fold: number, size: number) => block.subarray(fold * size, (fold + 1) * size);
  return Array.from({ length: folds }, (_, f) => ({
    n: sums.n[f]!,
    sumY: sums.sumY[f]!,
    sumYY: sums.sumYY[f]!,
    sumZ: part(sums.sumZ, f, p),
    sumZY: part(sums.sumZY, f, p),
    gram: part(sums.gram, f, packedLength(p)),
  }));
}

function warningsOf(result: LassoCrossValidation, sd: Float64Array, features: readonly string[]): string[] {
  const warnings: string[] = [];
  const constant = features.filter((_, j) => !(sd[j]! > 0));
  if (constant.length > 0) warnings.push(`Constant features were left out: ${constant.join(', ')}.`);
  if (result.minimumAtEndOfGrid) {
    warnings.push(`The smallest cross-validated error lies at an end of the grid (alpha ${result.minimum.alpha}). A wider grid may hold a smaller one.`);
  }
  if (result.path.some(({ kktViolation }) => kktViolation > 1e-6)) warnings.push('A solution on the path did not reach the optimality conditions to 1e-6.');
  return warnings;
}
