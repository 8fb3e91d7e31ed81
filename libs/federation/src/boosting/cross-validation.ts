import type { BoostingOptions, TreesArtefact } from '@consilium/learning';
import type { Federation } from '../federation.js';
import { trainingFolds, type TrainingFolds } from '../training-folds.js';
import type { ViewSpec } from '../view.js';
import { requireTrainable, type FittedTrees } from './coordinator.js';
import { growTogether, type BoostingRequest, type GrowingBoosting } from './grow-together.js';

export interface BoostingCrossValidationRequest {
  /** With folds, over training rows only. */
  readonly view: ViewSpec;
  /** Settings to choose from; `trees` is the most that are grown. */
  readonly grid: readonly BoostingOptions[];
  /** A setting ends when so many trees have not made its cross-validated log-loss smaller. */
  readonly patience: number;
  /** At most 32. */
  readonly bins: number;
}

export interface BoostingCrossValidation extends FittedTrees {
  /** One entry a setting: its best number of trees, and mean held-out log-loss a patient under 0, 1, 2 … trees. */
  readonly settings: readonly { readonly trees: number; readonly logLoss: readonly number[] }[];
  readonly chosen: { readonly index: number; readonly trees: number };
  /** The chosen setting without each fold: cross-fitted predictions. By fold number. */
  readonly byFold: ReadonlyMap<number, TreesArtefact>;
}

/**
 * Chooses settings and number of trees by federated K-fold cross-validation of the log-loss, with early stopping: all folds and settings, and the fits on all rows, grow in the same
 * messages. The first trees of a boosting are the boosting of fewer trees, so nothing is fitted again.
 */
export async function federatedBoostingCrossValidation(federation: Federation, request: BoostingCrossValidationRequest): Promise<BoostingCrossValidation> {
  const { view, grid, patience, bins } = request;
  const training = await trainingFolds(federation, view, bins);
  requireTrainable(view, training.all.pooled);
  const size = training.folds.length + 1;
  const cutSets = [training.all.cuts, ...training.folds.map(({ cuts }) => cuts)];
  const requests = grid.flatMap((options) => requestsOf(training, options));
  const models = await growTogether(federation, view, { cutSets, requests }, (all) => {
    for (let g = 0; g < grid.length; g++) stopWhereNothingIsGained(all.slice(g * size, (g + 1) * size), patience);
  });
  const settings = grid.map((_, g) => {
    const logLoss = meanLoss(models.slice(g * size + 1, (g + 1) * size), training);
    return { trees: logLoss.indexOf(Math.min(...logLoss)), logLoss };
  });
  const losses = settings.map(({ trees, logLoss }) => logLoss[trees]!);
  const index = losses.indexOf(Math.min(...losses));
  const { trees } = settings[index]!;
  const [full, ...held] = models.slice(index * size, (index + 1) * size);
  const artefact = ({ boosting }: GrowingBoosting): TreesArtefact => ({ kind: 'trees', features: view.features, ensembles: [boosting.ensemble(trees)] });
  return {
    artefact: artefact(full!),
    ...training.all.pooled,
    settings,
    chosen: { index, trees },
    byFold: new Map(held.map((model) => [model.request.withoutFold!, artefact(model)])),
  };
}

function requestsOf({ all, folds }: TrainingFolds, options: BoostingOptions): BoostingRequest[] {
  return [{ options, cuts: 0, pooled: all.pooled }, ...folds.map(({ fold, pooled }, k) => ({ options, cuts: k + 1, pooled, withoutFold: fold }))];
}

/** Mean held-out log-loss a patient, as far as all folds have come. */
function meanLoss(held: readonly GrowingBoosting[], { folds }: TrainingFolds): number[] {
  const n = folds.reduce((sum, { heldOut }) => sum + heldOut, 0);
  return summedLoss(held).map((sum) => sum / n);
}

function summedLoss(held: readonly GrowingBoosting[]): number[] {
  const length = Math.min(...held.map(({ heldOutLoss }) => heldOutLoss.length));
  return Array.from({ length }, (_, t) => held.reduce((sum, { heldOutLoss }) => sum + heldOutLoss[t]!, 0));
}

/** The fit on all rows goes on to the number of trees that was best. */
function stopWhereNothingIsGained([full, ...held]: readonly GrowingBoosting[], patience: number): void {
  const loss = summedLoss(held);
  if (loss.length === 0) return;
  const best = loss.indexOf(Math.min(...loss));
  if (loss.length - 1 - best < patience) return;
  for (const { boosting } of held) boosting.stop();
  if (full!.boosting.trees >= best) full!.boosting.stop();
}
