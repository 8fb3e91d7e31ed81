import { finerEdges, outerEdges, quantileCuts } from '@consilium/learning';
import type { Federation } from '../federation.js';
import { federatedMoments, type Moments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import type { ViewSpec } from '../view.js';
import { cellCounts } from './exchange.js';

export interface CutPointsRequest {
  readonly view: ViewSpec;
  /** Cuts at the quantiles k / bins, k = 1 … bins - 1. */
  readonly bins: number;
  /** Moments of the view, where they are known: saves two rounds. */
  readonly moments?: Moments;
  /** How often cells are divided into 64 at most; 3 (default) finds a quantile to sd · 2^-22, or to the neighbouring values. */
  readonly refinements?: number;
}

export interface CutPoints {
  readonly features: readonly string[];
  /** Ascending, one block a feature. Fewer than bins - 1 where values repeat; none for a constant feature. Bin = number of cuts at or below the value. */
  readonly cuts: readonly Float64Array[];
  /** Pooled patients of the view, and events among them. */
  readonly n: number;
  readonly events: number;
}

/** Numbers in one message: eight megabytes. */
const NUMBERS = 2 ** 20;

/**
 * Cut points of every feature at its pooled quantiles, by iterated histograms: the coordinator counts patients in public cells over mean ± 8 sd,
 * divides the cells that hold a wanted quantile, and counts again. No value, minimum or maximum leaves a site; the cuts are multiples of a power of two near the
 * spread. Two rounds for moments and one for each of at most four counts (three where values seldom repeat), more where messages would be larger than eight megabytes. The result does not
 * depend on how patients are split over sites.
 */
export async function federatedCutPoints(federation: Federation, request: CutPointsRequest): Promise<CutPoints> {
  const { view, bins, refinements = 3 } = request;
  const { all, events, features } = request.moments ?? (await federatedMoments(federation, view));
  const ranks = Array.from({ length: bins - 1 }, (_, k) => (all.n * (k + 1)) / bins);
  const sd = standardDeviation(all, 0);
  const edges = features.map((_, j) => outerEdges(all.mean[j]!, sd[j]!));
  const counts = features.map((): Float64Array => new Float64Array(1));
  let open = Array.from(features.keys()).filter((j) => edges[j]!.length > 0);
  for (let pass = 0; open.length > 0; pass++) {
    await countInto(federation, view, { open, edges, counts });
    if (pass === refinements) break;
    open = open.filter((j) => {
      const finer = finerEdges(edges[j]!, counts[j]!, ranks);
      if (finer) edges[j] = finer;
      return finer !== null;
    });
  }
  return { features, cuts: features.map((_, j) => quantileCuts(edges[j]!, counts[j]!, ranks)), n: all.n, events: events.n };
}

interface Cells {
  readonly open: readonly number[];
  readonly edges: readonly Float64Array[];
  readonly counts: Float64Array[];
}

/** Counts the cells of the open columns, in as few messages as their size allows. */
async function countInto(federation: Federation, view: ViewSpec, { open, edges, counts }: Cells): Promise<void> {
  for (const columns of messages(open, edges)) {
    const { sums } = await federation.sum(cellCounts, { view, parameters: { columns, edges: columns.map((j) => edges[j]!) } });
    let at = 0;
    for (const j of columns) counts[j] = sums.counts.subarray(at, (at += edges[j]!.length + 1));
  }
}

function messages(columns: readonly number[], edges: readonly Float64Array[]): number[][] {
  const groups: number[][] = [];
  let room = 0;
  for (const j of columns) {
    const size = edges[j]!.length + 1;
    if (size > room || groups.length === 0) {
      groups.push([]);
      room = NUMBERS;
    }
    groups.at(-1)!.push(j);
    room -= size;
  }
  return groups;
}
