import { linearModelOf, type ColumnScaling, type LinearModelArtefact } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Federation } from '../federation.js';
import { countFolds } from '../linear-lasso/coordinator.js';
import type { ViewSpec } from '../view.js';
import { logisticModel, scalingOf, type LogisticModel, type Scaling } from './coordinator.js';
import { foldMoments, logisticLikelihoods, type FoldMoments } from './exchange.js';
import { fitTogether, modelParameters, type FittedModel, type ModelRequest } from './fit-together.js';

export interface LogisticCrossValidationRequest {
  /** With folds, over training rows only. */
  readonly view: ViewSpec;
  /** Global mean and sd (ddof 0) over the view's rows: the scale of the final model. Every training set has its own. */
  readonly scaling: Scaling;
  /** Penalties to choose from, as scikit-learn's C; null for no penalty. */
  readonly grid: readonly (number | null)[];
  /** 'minimum' (default), or 'one-standard-error': the strongest penalty within one standard error of it. */
  readonly rule?: 'minimum' | 'one-standard-error';
  readonly folds?: number;
  readonly level?: number;
}

export interface LogisticCrossValidation {
  readonly grid: readonly (number | null)[];
  /** Mean held-out deviance a patient, one row a penalty, one number a fold. */
  readonly devianceByFold: readonly (readonly number[])[];
  /** Over all held-out patients. */
  readonly deviance: readonly number[];
  /** Weighted by fold size: sqrt(Σ n_f/n (d_f - d)² / (K - 1)), as glmnet. */
  readonly standardError: readonly number[];
  readonly chosen: { readonly index: number; readonly C: number | null };
  /** The chosen penalty on all rows. */
  readonly model: LogisticModel;
  /** The chosen penalty without each fold: cross-fitted predictions, for thresholds and for combined models. By fold number. */
  readonly byFold: ReadonlyMap<number, LinearModelArtefact>;
  readonly warnings: readonly string[];
}

/**
 * Chooses the penalty by federated K-fold cross-validation of the deviance: all folds and penalties, and the fits on all rows, in the same
 * messages. Rounds: fold moments, 6-10 Newton steps, held-out likelihoods.
 */
export async function federatedLogisticCrossValidation(federation: Federation, request: LogisticCrossValidationRequest): Promise<LogisticCrossValidation> {
  const { view, grid } = request;
  const folds = request.folds ?? (await countFolds(federation, view));
  const scalings = await foldScalings(federation, request, folds);
  const full = scalingOf(view, request.scaling, view.features);
  const requests = grid.flatMap((C) => {
    const penalty = C === null ? {} : { C };
    return [...scalings.map(({ fold, scaling }): ModelRequest => ({ scaling, withoutFold: fold, ...penalty })), { scaling: full, ...penalty }];
  });
  const fitted = await fitTogether(federation, view, requests);
  const perPenalty = grid.map((_, c) => fitted.slice(c * (scalings.length + 1), (c + 1) * (scalings.length + 1)));
  const held = perPenalty.map((models) => models.slice(0, -1));
  requireOptima(held.flat());
  const deviances = await heldOutDeviances(federation, view, held);
  const index = choose(request, deviances.deviance, deviances.standardError);
  const atEnd = grid.length > 1 && (index === 0 || index === grid.length - 1);
  return {
    grid,
    ...deviances,
    chosen: { index, C: grid[index]! },
    model: logisticModel(perPenalty[index]!.at(-1)!, request.level),
    byFold: new Map(held[index]!.map(({ request: one, fit }) => [one.withoutFold!, linearModelOf(fit, one.scaling)])),
    warnings: atEnd ? [atEndOfGrid(grid[index]!)] : [],
  };
}

const atEndOfGrid = (C: number | null) =>
  `The smallest cross-validated deviance lies at an end of the grid (C ${C ?? 'without limit'}). A wider grid may hold a smaller one.`;

function requireOptima(models: readonly FittedModel[]): void {
  if (models.some(({ n, events }) => events === 0 || events === n)) {
    throw new ConsiliumError(methodErrors.oneClass, 'A training set of the cross-validation has only one outcome class. Nothing was chosen.');
  }
  if (models.some(({ fit }) => fit.status !== 'converged')) {
    throw new ConsiliumError(methodErrors.noOptimum, 'A model of the cross-validation has no unique optimum. No penalty was chosen.');
  }
}

/** A fold's training set: the rows outside it, and their scale. */
export interface FoldScaling {
  readonly fold: number;
  /** Mean and sd (ddof 0) of the rows outside the fold. */
  readonly scaling: ColumnScaling;
  /** Rows and events outside the fold. */
  readonly n: number;
  readonly events: number;
  /** Rows and events of the fold. */
  readonly held: number;
  readonly heldEvents: number;
}

/** The scale of every training set, in one round. Throws E650 where a fold is empty. */
export async function foldScalings(federation: Federation, { view, scaling }: { readonly view: ViewSpec; readonly scaling: Scaling }, folds: number): Promise<FoldScaling[]> {
  const parameters = { mean: Float64Array.from(scaling.mean), sd: Float64Array.from(scaling.sd), folds };
  const { sums } = await federation.sum(foldMoments, { view, parameters });
  const occupied = Array.from(sums.n.keys()).filter((fold) => sums.n[fold]! > 0);
  if (occupied.length < (view.foldRows ? 2 : folds)) throw new ConsiliumError(methodErrors.emptyFold);
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const [n, events] = [total(sums.n), total(sums.events)];
  return occupied.map((fold) => ({
    fold,
    scaling: trainingScaling(view, parameters, sums, fold),
    n: n - sums.n[fold]!,
    events: events - sums.events[fold]!,
    held: sums.n[fold]!,
    heldEvents: sums.events[fold]!,
  }));
}

function trainingScaling(view: ViewSpec, { mean, sd }: { mean: Float64Array; sd: Float64Array }, sums: FoldMoments, left: number): ColumnScaling {
  const p = view.features.length;
  const outside = Array.from(sums.n.keys()).filter((fold) => fold !== left);
  const n = outside.reduce((sum, fold) => sum + sums.n[fold]!, 0);
  const moments = view.features.map((_, j) => {
    const meanZ = outside.reduce((sum, fold) => sum + sums.sumZ[fold * p + j]!, 0) / n;
    const meanSquare = outside.reduce((sum, fold) => sum + sums.sumZZ[fold * p + j]!, 0) / n;
    const variance = meanSquare - meanZ * meanZ;
    return { mean: mean[j]! + sd[j]! * meanZ, sd: variance > 1e-12 * meanSquare ? sd[j]! * Math.sqrt(variance) : 0 };
  });
  return { features: view.features, mean: moments.map((m) => m.mean), sd: moments.map((m) => m.sd) };
}

async function heldOutDeviances(federation: Federation, view: ViewSpec, held: readonly (readonly FittedModel[])[]) {
  const models = held.flat().map(({ request, fit }) => {
    const { withoutFold, ...rest } = modelParameters(view, request, fit.beta);
    return { ...rest, onlyFold: withoutFold! };
  });
  const { sums } = await federation.sum(logisticLikelihoods, { view, parameters: { models } });
  const K = held[0]!.length;
  const sizes = Array.from(sums.n.subarray(0, K));
  const n = sizes.reduce((sum, size) => sum + size, 0);
  const devianceByFold = held.map((_, c) => sizes.map((size, f) => (-2 * sums.logLikelihood[c * K + f]!) / size));
  const deviance = devianceByFold.map((row) => row.reduce((sum, d, f) => sum + (sizes[f]! / n) * d, 0));
  const standardError = devianceByFold.map((row, c) => Math.sqrt(row.reduce((sum, d, f) => sum + (sizes[f]! / n) * (d - deviance[c]!) ** 2, 0) / (K - 1)));
  return { devianceByFold, deviance, standardError };
}

function choose({ grid, rule }: LogisticCrossValidationRequest, deviance: readonly number[], standardError: readonly number[]): number {
  const best = deviance.indexOf(Math.min(...deviance));
  if (rule !== 'one-standard-error') return best;
  const limit = deviance[best]! + standardError[best]!;
  const strength = (index: number) => grid[index] ?? Infinity;
  return Array.from(grid.keys())
    .filter((index) => deviance[index]! <= limit)
    .reduce((strongest, index) => (strength(index) < strength(strongest) ? index : strongest), best);
}
