import { BoostedRows, unpackTrees, type PackedTrees } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { binnedView, patientKeys, rowsOutside, sameCuts, sameNumbers, type CutSet } from '../binned-view.js';
import type { SiteStep } from '../site-step.js';
import type { SiteView } from '../site-view.js';
import { classBasis } from '../standardised-columns.js';
import { gradientHistograms, MOST_BINS, type BoostingModelParameters, type BoostingParameters, type BoostingSums } from './exchange.js';

export const gradientHistogramsAtSite: SiteStep<BoostingParameters, BoostingSums> = {
  step: gradientHistograms,
  compute(view, { cutSets, models }) {
    if (view.n > 2 ** 18) throw new ConsiliumError(methodErrors.tooManyForTrees, 'The site has more patients than sums over trees are exact for. Nothing was computed.');
    if (cutSets.some(({ sizes }) => sizes.some((size) => size >= MOST_BINS))) throw misfit(`There are more than ${MOST_BINS} bins.`);
    const blocks: Float64Array[] = [];
    const logLoss = new Float64Array(models.length);
    models.forEach((model, m) => {
      const cuts = cutSets[model.cuts];
      if (!cuts) throw misfit('A model names cut points that were not sent.');
      const { rows, heldOut } = boostedRows(view, cuts, model);
      if (model.heldOut) logLoss[m] = rows.logLoss(heldOut);
      if (model.growing) blocks.push(histogramsOf(view, rows, model.growing));
    });
    return { contribution: { histograms: concatenate(blocks), logLoss }, basis: classBasis(view) };
  },
};

function histogramsOf(view: SiteView, rows: BoostedRows, { tree, nodes, columns, counted, bag }: NonNullable<BoostingModelParameters['growing']>): Float64Array {
  const size = tree.feature.length;
  const grown = unpackTrees({ ...tree, sizes: Float64Array.of(size) }, view.features.length);
  const whole = (block: Float64Array, below: number) => block.every((x) => Number.isInteger(x) && x >= 0 && x < below);
  if (!grown || !whole(nodes, size) || !whole(columns, view.features.length)) throw misfit('A tree does not fit the view.');
  return rows.histograms({ tree, nodes, columns, counted, bag: bag && { keys: patientKeys(view, bag.seed), fraction: bag.fraction, tree: bag.tree } });
}

/** A boosting as a site remembers it between rounds: its rows' margins under so many trees. */
interface Remembered {
  readonly cuts: CutSet;
  readonly withoutFold: number | undefined;
  readonly base: number;
  readonly rows: BoostedRows;
  readonly heldOut: Int32Array;
  trees: PackedTrees;
}

const remembered = new WeakMap<SiteView, Remembered[]>();

/** Boostings of one view that are remembered: a grid of a few settings times folds. */
const MOST_REMEMBERED = 128;

const noTrees = (): PackedTrees => ({ sizes: new Float64Array(0), feature: new Float64Array(0), number: new Float64Array(0), left: new Float64Array(0) });

/** The rows with the margins that the finished trees give them. Only trees added since the last round are evaluated; where nothing is remembered, all are. */
function boostedRows(view: SiteView, cuts: CutSet, { withoutFold, base, finished }: BoostingModelParameters): Remembered {
  let own = remembered.get(view);
  if (!own) remembered.set(view, (own = []));
  let best: Remembered | undefined;
  for (const one of own) {
    if (one.withoutFold !== withoutFold || one.base !== base || (best && best.trees.sizes.length >= one.trees.sizes.length)) continue;
    if (isBeginning(one.trees, finished) && sameCuts(one.cuts, cuts)) best = one;
  }
  if (best) own.splice(own.indexOf(best), 1);
  else {
    const { training, heldOut } = rowsOutside(view, withoutFold);
    best = { cuts: { sizes: cuts.sizes.slice(), cuts: cuts.cuts.slice() }, withoutFold, base, heldOut, rows: new BoostedRows(binnedView(view, cuts), view.y, training, base), trees: noTrees() };
  }
  if (own.length === MOST_REMEMBERED) own.shift();
  own.push(best);
  addTrees(best, finished, view.features.length);
  return best;
}

function addTrees(model: Remembered, { sizes, feature, number, left }: PackedTrees, p: number): void {
  const known = model.trees.feature.length;
  const added = { sizes: sizes.subarray(model.trees.sizes.length), feature: feature.subarray(known), number: number.subarray(known), left: left.subarray(known) };
  if (added.sizes.length === 0) return;
  const trees = unpackTrees(added, p);
  if (!trees) throw misfit('The finished trees do not fit the view.');
  for (const tree of trees) model.rows.add(tree);
  model.trees = { sizes: sizes.slice(), feature: feature.slice(), number: number.slice(), left: left.slice() };
}

/** Whether the trees are the first ones of the others. */
function isBeginning(trees: PackedTrees, of: PackedTrees): boolean {
  const begins = (a: Float64Array, b: Float64Array) => a.length <= b.length && sameNumbers(a, b.subarray(0, a.length));
  return begins(trees.sizes, of.sizes) && begins(trees.number, of.number) && begins(trees.feature, of.feature) && begins(trees.left, of.left);
}

function concatenate(blocks: readonly Float64Array[]): Float64Array {
  if (blocks.length === 1) return blocks[0]!;
  const all = new Float64Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}

const misfit = (what: string) => new ConsiliumError(methodErrors.requestShape, `${what} Nothing was computed.`);
