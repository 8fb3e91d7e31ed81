import { FOREST_PATIENTS, forestCounts, modelFeatures, parseModel, predictModel, unpackTrees } from '@consilium/learning';
import { ConsiliumError, methodErrors, type Value } from '@consilium/protocol';
import { binnedView, patientKeys, rowsOutside } from '../binned-view.js';
import { MOST_BINS } from '../boosting/exchange.js';
import type { SiteStep } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { classBasis, viewColumn } from '../standardised-columns.js';
import { forestCountsStep, heldOutErrors, type ForestModelParameters, type ForestParameters, type ForestSums, type HeldOutParameters } from './exchange.js';

export const forestCountsAtSite: SiteStep<ForestParameters, ForestSums> = {
  step: forestCountsStep,
  compute(view, { cutSets, models }) {
    if (view.n > FOREST_PATIENTS) throw new ConsiliumError(methodErrors.tooManyForTrees, 'The site has more patients than counts of a forest are exact for. Nothing was computed.');
    if (cutSets.some(({ sizes }) => sizes.some((size) => size >= MOST_BINS))) throw misfit(`There are more than ${MOST_BINS} bins.`);
    const blocks = models.map((model) => countsOf(view, cutSets, model));
    const counts = new Float64Array(blocks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const block of blocks) {
      counts.set(block, at);
      at += block.length;
    }
    return { contribution: { counts }, basis: classBasis(view) };
  },
};

function countsOf(view: SiteView, cutSets: ForestParameters['cutSets'], { cuts, withoutFold, bootstrap, trees: packed, ...ask }: ForestModelParameters): Float64Array {
  const set = cutSets[cuts];
  const trees = unpackTrees(packed, view.features.length);
  const below = (block: Float64Array, limit: (k: number) => number) => block.every((x, k) => Number.isInteger(x) && x >= 0 && x < limit(k));
  const fits =
    set && trees && ask.numbers.length === trees.length && ask.tree.length === ask.node.length && ask.node.length > 0 && ask.features.length % ask.node.length === 0 &&
    below(ask.tree, () => trees.length) && below(ask.node, (k) => trees[ask.tree[k]!]!.feature.length) && below(ask.features, () => view.features.length);
  if (!fits) throw misfit('A forest does not fit the view.');
  const { training } = rowsOutside(view, withoutFold);
  return forestCounts({ data: binnedView(view, set), y: view.y, rows: training, keys: bootstrap === null ? null : patientKeys(view, bootstrap) }, { ...ask, trees });
}

export const heldOutErrorsAtSite: SiteStep<HeldOutParameters, { readonly squares: Float64Array }> = {
  step: heldOutErrors,
  compute(view, { models }) {
    const squares = Float64Array.from(models, ({ model, onlyFold }) => {
      const { heldOut } = rowsOutside(view, onlyFold);
      const predictions = predictionsOf(view, model, heldOut);
      return heldOut.reduce((sum, row, i) => sum + (predictions[i]! - view.y[row]!) ** 2, 0);
    });
    return { contribution: { squares }, basis: classBasis(view) };
  },
};

/** Probabilities of some rows by a model of the view's features. */
export function predictionsOf(view: SiteView, value: Value, rows: Int32Array): Float64Array {
  const model = parseModel(value);
  const places = model && modelFeatures(model).map((feature) => view.features.indexOf(feature));
  if (!model || !places || places.some((j) => j < 0)) throw misfit('The message holds no model of the features of its view.');
  const X = new Float64Array(places.length * rows.length);
  places.forEach((j, at) => {
    const column = viewColumn(view, j);
    for (let i = 0; i < rows.length; i++) X[at * rows.length + i] = column[rows[i]!]!;
  });
  return predictModel(model, X, rows.length);
}

const misfit = (what: string) => new ConsiliumError(methodErrors.requestShape, `${what} Nothing was computed.`);
