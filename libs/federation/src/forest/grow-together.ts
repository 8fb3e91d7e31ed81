import { Forest, packTrees, type ForestAsk, type ForestOptions } from '@consilium/learning';
import { cutSet } from '../binned-view.js';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { forestCountsStep, type ForestModelParameters } from './exchange.js';

/** One forest to be grown among others of the same view. */
export interface ForestRequest {
  readonly options: ForestOptions;
  /** Which of the sets of cut points. */
  readonly cuts: number;
  readonly withoutFold?: number;
}

/** Numbers a site answers in one round where nothing else is said: eight megabytes. */
const ROOM = 2 ** 20;

/** Grows many forests of one view in the same rounds: a round a level where the message has room for all open nodes, more where it has not. */
export async function growForests(
  federation: Federation,
  view: ViewSpec,
  { cutSets, requests, room: whole = ROOM }: { readonly cutSets: readonly (readonly Float64Array[])[]; readonly requests: readonly ForestRequest[]; readonly room?: number | undefined },
): Promise<Forest[]> {
  const forests = requests.map(({ options, cuts }) => new Forest(options, cutSets[cuts]!));
  const sets = cutSets.map(cutSet);
  for (let round = 1; ; round++) {
    const room = whole / Math.max(1, forests.filter(({ open }) => open > 0).length);
    const asked = forests.flatMap((forest, m) => {
      const ask = forest.ask(room);
      return ask ? [{ forest, parameters: parametersOf(requests[m]!, ask) }] : [];
    });
    if (asked.length === 0) return forests;
    federation.progress(round - 1, Math.max(round, 8), `Forests, round ${round}: ${asked.length} of ${forests.length} still grow`);
    const { sums } = await federation.sum(forestCountsStep, { view, parameters: { cutSets: sets, models: asked.map(({ parameters }) => parameters) } });
    let at = 0;
    for (const { forest } of asked) forest.receive(sums.counts.subarray(at, (at += forest.answerLength)));
  }
}

function parametersOf({ options, cuts, withoutFold }: ForestRequest, { numbers, trees, tree, node, features }: ForestAsk): ForestModelParameters {
  return {
    cuts,
    ...(withoutFold === undefined ? {} : { withoutFold }),
    bootstrap: options.bootstrap ? options.seed : null,
    numbers,
    trees: packTrees([...trees]),
    tree,
    node,
    features,
  };
}
