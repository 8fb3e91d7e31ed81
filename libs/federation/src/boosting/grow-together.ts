import { Boosting, type BoostingOptions, type PooledClasses } from '@consilium/learning';
import { cutSet } from '../binned-view.js';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { gradientHistograms, type BoostingModelParameters } from './exchange.js';

/** One boosting to be grown among others of the same view. */
export interface BoostingRequest {
  readonly options: BoostingOptions;
  /** Which of the sets of cut points. */
  readonly cuts: number;
  /** Its pooled training rows. */
  readonly pooled: PooledClasses;
  /** A training set of a cross-validation: the fold's log-loss is followed. */
  readonly withoutFold?: number;
}

export interface GrowingBoosting {
  readonly request: BoostingRequest;
  readonly boosting: Boosting;
  /** Σ log-loss of the held-out fold under the first 0, 1, 2 … trees. */
  readonly heldOutLoss: number[];
}

/**
 * Grows many boostings of one view in the same rounds, each round holding those that are not finished. As many rounds as the slowest needs. After each round `watch` may
 * stop some of them.
 */
export async function growTogether(
  federation: Federation,
  view: ViewSpec,
  { cutSets, requests }: { readonly cutSets: readonly (readonly Float64Array[])[]; readonly requests: readonly BoostingRequest[] },
  watch: (models: readonly GrowingBoosting[]) => void = () => {},
): Promise<GrowingBoosting[]> {
  const models = requests.map((request): GrowingBoosting => ({ request, boosting: new Boosting(request.options, cutSets[request.cuts]!, request.pooled), heldOutLoss: [] }));
  const sets = cutSets.map(cutSet);
  const most = Math.max(...requests.map(({ options }) => options.trees));
  for (;;) {
    const asked = models.map((model) => ({ model, parameters: parametersOf(model) })).filter((one): one is Asked => one.parameters !== null);
    if (asked.length === 0) return models;
    federation.progress(Math.min(...asked.map(({ model }) => model.boosting.trees)), most, `Boosting, tree by tree: ${asked.length} of ${models.length} models`);
    const parameters = { cutSets: sets, models: asked.map((one) => one.parameters) };
    const { sums } = await federation.sum(gradientHistograms, { view, parameters });
    let at = 0;
    asked.forEach(({ model: { boosting, heldOutLoss }, parameters: { growing, heldOut } }, m) => {
      if (heldOut) heldOutLoss.push(sums.logLoss[m]!);
      if (growing) boosting.receive(sums.histograms.subarray(at, (at += boosting.answerLength)));
    });
    watch(models);
  }
}

interface Asked {
  readonly model: GrowingBoosting;
  readonly parameters: BoostingModelParameters;
}

function parametersOf({ request: { options, cuts, withoutFold }, boosting, heldOutLoss }: GrowingBoosting): BoostingModelParameters | null {
  const heldOut = withoutFold !== undefined && boosting.betweenTrees && heldOutLoss.length === boosting.trees;
  const ask = boosting.ask();
  if (!ask && !heldOut) return null;
  const { seed, baggingFraction: fraction } = options;
  const bag = fraction < 1 && ask ? { seed, fraction, tree: ask.index } : null;
  return {
    cuts,
    ...(withoutFold === undefined ? {} : { withoutFold }),
    base: boosting.base,
    finished: ask ? ask.finished : boosting.finished,
    growing: ask && { tree: ask.tree, nodes: ask.nodes, columns: ask.columns, counted: ask.counted, bag },
    heldOut,
  };
}
