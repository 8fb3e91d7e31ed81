import { aucFromHistogram, mergeBins, rocPoints, type BinnedAuc, type RocPoint } from '@consilium/evaluation';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { rankBins, scoreCounts } from './exchange.js';

/** Rank bins: with 200 the AUC errs by 1e-4 and its standard error by 0.1 %. */
const RANK_BINS = 200;
/** The grid of logit p, beyond which the clipped logit cannot lie. */
const EDGE = 28;
const COARSE = 256;
const FINE = 64;

export interface PooledAuc extends BinnedAuc {
  readonly bins: number;
  readonly roc: readonly RocPoint[];
}

/**
 * AUC of the pooled patients from a histogram of the score by class, in three rounds for all models: counts on a public grid of logit p; counts in
 * the grid cells that hold many, divided more finely; counts by class in about 200 bins of equal numbers of patients. Where a minimum count k
 * applies, bins are joined until each class of each has nobody or k; the bounds widen accordingly.
 */
export async function pooledAucs(federation: Federation, view: ViewSpec, models: readonly string[], minimumCell: number): Promise<(PooledAuc | null)[]> {
  const parameters = { models: [...models], cuts: models.map(() => grid(-EDGE, EDGE, COARSE)) };
  const coarse = splitEqually((await federation.sum(scoreCounts, { view, parameters })).sums.counts, models.length);
  const finer = parameters.cuts.map((cuts, m) => refine(cuts, coarse[m]!));
  const fine = split((await federation.sum(scoreCounts, { view, parameters: { models: [...models], cuts: finer } })).sums.counts, finer);
  const cuts = finer.map((edges, m) => quantileCuts(edges, fine[m]!));
  const { sums } = await federation.sum(rankBins, { view, parameters: { models: [...models], cuts } });
  const events = split(sums.events, cuts);
  const nonEvents = split(sums.nonEvents, cuts);
  return models.map((_, m) => {
    const merged = mergeBins({ events: events[m]!, nonEvents: nonEvents[m]! }, minimumCell, 'class');
    const auc = aucFromHistogram(merged);
    return auc && { ...auc, bins: merged.starts.length, roc: rocPoints(merged)! };
  });
}

const grid = (from: number, to: number, cells: number) => Float64Array.from({ length: cells - 1 }, (_, i) => from + ((to - from) * (i + 1)) / cells);

const splitEqually = (block: Float64Array, parts: number) =>
  Array.from({ length: parts }, (_, m) => block.subarray((m * block.length) / parts, ((m + 1) * block.length) / parts));

/** A block of bins, one more than cuts a model. */
function split(block: Float64Array, cuts: readonly Float64Array[]): Float64Array[] {
  let at = 0;
  return cuts.map(({ length }) => block.subarray(at, (at += length + 1)));
}

/** The grid with every cell that holds more than its share of a rank bin divided into 64. */
function refine(cuts: Float64Array, counts: Float64Array): Float64Array {
  const n = counts.reduce((sum, count) => sum + count, 0);
  const edges: number[] = [];
  counts.forEach((count, b) => {
    const low = b === 0 ? -EDGE : cuts[b - 1]!;
    const high = cuts[b] ?? EDGE;
    if (count > n / RANK_BINS) edges.push(...grid(low, high, FINE));
    if (b < cuts.length) edges.push(high);
  });
  return Float64Array.from(edges);
}

/** Of the edges, for each of the wanted ranks the one whose count below is nearest. */
function quantileCuts(edges: Float64Array, counts: Float64Array): Float64Array {
  const below: number[] = [];
  edges.forEach((_, e) => below.push((below[e - 1] ?? 0) + counts[e]!));
  const n = (below.at(-1) ?? 0) + (counts.at(-1) ?? 0);
  const chosen = new Set<number>();
  let e = 0;
  for (let rank = 1; rank < RANK_BINS; rank++) {
    const wanted = (rank * n) / RANK_BINS;
    while (e + 1 < edges.length && Math.abs(below[e + 1]! - wanted) <= Math.abs(below[e]! - wanted)) e++;
    if (edges.length > 0) chosen.add(edges[e]!);
  }
  return Float64Array.from(chosen);
}
