import { FOREST_PATIENTS, modelValue, type Forest, type ForestOptions, type PooledClasses, type TreesArtefact } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { pooledClasses, requireTrainable, type FittedTrees } from '../boosting/coordinator.js';
import { federatedCutPoints } from '../cut-points/coordinator.js';
import type { Federation } from '../federation.js';
import { trainingFolds } from '../training-folds.js';
import type { ViewSpec } from '../view.js';
import { heldOutErrors } from './exchange.js';
import { growForests, type ForestRequest } from './grow-together.js';

export interface FederatedForestRequest {
  readonly view: ViewSpec;
  readonly options: ForestOptions;
  /** At most 32. */
  readonly bins: number;
  /** Cut points, one block a feature, in place of pooled quantiles. */
  readonly cuts?: readonly Float64Array[];
  /** Numbers a site answers in one round; a million when absent. */
  readonly room?: number;
}

/**
 * A random forest, or ExtraTrees, grown on summed class counts: the rounds of the cut points, then about one a level for all trees together. The same to the bit however patients are split
 * over sites. Throws E611 for one outcome class, E670 for more patients than counts are exact for.
 */
export async function federatedForest(federation: Federation, { view, options, bins, cuts, room }: FederatedForestRequest): Promise<FittedTrees> {
  const points = cuts ? { cuts, ...(await pooledClasses(federation, view)) } : await federatedCutPoints(federation, { view, bins });
  const pooled = { n: points.n, events: points.events };
  requireForest(view, pooled);
  const [forest] = await growForests(federation, view, { cutSets: [points.cuts], requests: [{ options, cuts: 0 }], room });
  return { artefact: artefactOf(view, forest!), ...pooled };
}

const artefactOf = ({ features }: ViewSpec, forest: Forest): TreesArtefact => ({ kind: 'trees', features, ensembles: [forest.ensemble()] });

function requireForest(view: ViewSpec, pooled: PooledClasses): void {
  requireTrainable(view, pooled);
  if (pooled.n > FOREST_PATIENTS) throw new ConsiliumError(methodErrors.tooManyForTrees, `A forest is grown on at most ${FOREST_PATIENTS} patients. Nothing was fitted.`);
}

export interface ForestCrossValidationRequest {
  /** With folds, over training rows only. */
  readonly view: ViewSpec;
  readonly grid: readonly ForestOptions[];
  /** At most 32. */
  readonly bins: number;
  /** Numbers a site answers in one round; a million when absent. */
  readonly room?: number;
}

export interface ForestCrossValidation extends FittedTrees {
  /** Mean held-out squared error of the probability (Brier score), one number a setting. */
  readonly brier: readonly number[];
  readonly chosen: number;
  /** The chosen setting without each fold: cross-fitted predictions. By fold number. */
  readonly byFold: ReadonlyMap<number, TreesArtefact>;
}

/** Chooses a forest's settings by federated K-fold cross-validation of the Brier score: all folds and settings, and the fits on all rows, grow in the same messages; one more round for the errors. */
export async function federatedForestCrossValidation(federation: Federation, { view, grid, bins, room }: ForestCrossValidationRequest): Promise<ForestCrossValidation> {
  const training = await trainingFolds(federation, view, bins);
  requireForest(view, training.all.pooled);
  const cutSets = [training.all.cuts, ...training.folds.map(({ cuts }) => cuts)];
  const requests = grid.flatMap((options): ForestRequest[] => [{ options, cuts: 0 }, ...training.folds.map(({ fold }, k) => ({ options, cuts: k + 1, withoutFold: fold }))]);
  const artefacts = (await growForests(federation, view, { cutSets, requests, room })).map((forest) => artefactOf(view, forest));
  const size = training.folds.length + 1;
  const held = grid.map((_, g) => artefacts.slice(g * size + 1, (g + 1) * size));
  const models = held.flatMap((own) => own.map((model, k) => ({ model: modelValue(model), onlyFold: training.folds[k]!.fold })));
  const { sums } = await federation.sum(heldOutErrors, { view, parameters: { models } });
  const n = training.folds.reduce((sum, { heldOut }) => sum + heldOut, 0);
  const brier = held.map((own, g) => own.reduce((sum, _, k) => sum + sums.squares[g * own.length + k]!, 0) / n);
  const chosen = brier.indexOf(Math.min(...brier));
  const byFold = new Map(held[chosen]!.map((model, k) => [training.folds[k]!.fold, model]));
  return { artefact: artefacts[chosen * size]!, ...training.all.pooled, brier, chosen, byFold };
}
