import {
  boostingOptions, type Federation, federatedBoosting, federatedBoostingCrossValidation, federatedForest, federatedForestCrossValidation, federatedMergedTrees,
  type FittedTrees, forestOptions, growOptions,
} from '@consilium/federation';
import { createHash } from 'node:crypto';
import type { PlanModelOf } from '../plan/model-kinds.js';
import type { FitOutcome, FitRequest } from './model-fitters.js';
import type { StageResults } from './run-results.js';

/** A setting ends only with its trees. */
const NO_PATIENCE = Number.MAX_SAFE_INTEGER;

/** Numbers that all forests of a round ask together, and the least that one may. */
const ROOM = 2 ** 21;
const LEAST_ROOM = 2 ** 13;

/** Names of fits may be long; what sites draw by is not. */
const drawnBy = (seed: string): string => createHash('sha256').update(seed, 'utf8').digest('hex');

/** A random forest or ExtraTrees; several settings are chosen among by cross-validation on the view's rows. */
export async function fitForest(federation: Federation, { model, view, seed, beside = 1 }: FitRequest<PlanModelOf<'random-forest' | 'extra-trees'>>): Promise<FitOutcome> {
  const grid = model.grid.map((settings) => forestOptions(model.kind, { ...settings, seed: drawnBy(seed) }));
  const common = { view, bins: model.bins, room: Math.min(ROOM / 2, Math.max(LEAST_ROOM, ROOM / beside)) };
  if (grid.length === 1) return outcome(await federatedForest(federation, { ...common, options: grid[0]! }), null);
  const { brier, chosen, ...fitted } = await federatedForestCrossValidation(federation, { ...common, grid });
  return outcome(fitted, { settings: model.grid, brier, chosen: model.grid[chosen]! });
}

/** A boosting; settings and the number of trees are chosen by cross-validation on the view's rows, unless one setting is to grow all its trees. */
export async function fitBoosting(federation: Federation, { model, view, seed }: FitRequest<PlanModelOf<'boosting'>>): Promise<FitOutcome> {
  const grid = model.grid.map((settings) => boostingOptions({ ...settings, seed: drawnBy(seed) }));
  const { bins } = model;
  if (grid.length === 1 && model.patience === null) return outcome(await federatedBoosting(federation, { view, options: grid[0]!, bins }), null);
  const { settings, chosen, ...fitted } = await federatedBoostingCrossValidation(federation, { view, grid, patience: model.patience ?? NO_PATIENCE, bins });
  return outcome(fitted, {
    settings: model.grid,
    trees: settings.map(({ trees }) => trees),
    logLoss: settings.map(({ trees, logLoss }) => logLoss[trees]!),
    chosen: { ...model.grid[chosen.index]!, trees: chosen.trees },
  });
}

/** Trees that every site grows by itself, merged. */
export async function fitMergedTrees(federation: Federation, { model, view, seed }: FitRequest<PlanModelOf<'merged-trees'>>): Promise<FitOutcome> {
  const { bins, weights } = model;
  const grow = growOptions(model.grow, drawnBy(seed));
  const { sites, ...fitted } = await federatedMergedTrees(federation, { view, bins, weights, grow });
  const { artefact, results } = outcome(fitted, null);
  return { artefact, results: { ...results, sites } };
}

const outcome = ({ artefact, n, events }: FittedTrees, crossValidation: StageResults | null): FitOutcome => ({
  artefact,
  results: { n, events, trees: artefact.ensembles.reduce((sum, { trees }) => sum + trees.length, 0), warning: null, crossValidation },
});
