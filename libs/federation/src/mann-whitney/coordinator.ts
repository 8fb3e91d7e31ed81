import { mergeBins } from '@consilium/evaluation';
import { mannWhitneyBounds, type RankTestBounds } from '@consilium/statistics';
import type { Federation } from '../federation.js';
import { federatedCutPoints } from '../cut-points/coordinator.js';
import type { Moments } from '../moments/coordinator.js';
import type { ViewSpec } from '../view.js';
import { classCounts } from './exchange.js';

export interface MannWhitneyRequest {
  readonly view: ViewSpec;
  /** Bins at pooled quantiles (default 200), or a public grid of equal bins for figures of known range. */
  readonly bins?: number | { readonly from: number; readonly to: number; readonly count: number };
  /** The profile's minimum count: bins are joined until each class of each has nobody or so many. 0 or absent for none. */
  readonly minimumCell?: number;
  readonly moments?: Moments;
}

export interface MannWhitneyRow extends RankTestBounds {
  readonly feature: string;
  readonly events: number;
  readonly nonEvents: number;
  readonly bins: number;
}

/**
 * The Mann-Whitney test of every feature from class histograms over common cuts: U counts the pairs of one bin half, its bounds not at all
 * and fully, and the p value has bounds that hold for the pooled data. Rounds: moments, cut points (4 to 5), one of counts.
 */
export async function federatedMannWhitney(federation: Federation, request: MannWhitneyRequest): Promise<MannWhitneyRow[]> {
  const { view, bins = 200, minimumCell = 0 } = request;
  const cuts =
    typeof bins === 'number'
      ? (await federatedCutPoints(federation, { view, bins, ...(request.moments ? { moments: request.moments } : {}) })).cuts
      : view.features.map(() => Float64Array.from({ length: bins.count - 1 }, (_, i) => bins.from + ((bins.to - bins.from) * (i + 1)) / bins.count));
  if (view.features.length === 0) return [];
  const { sums } = await federation.sum(classCounts, { view, parameters: { columns: view.features.map((_, j) => j), cuts: cuts.map((own) => Float64Array.from(own)) } });
  let at = 0;
  return view.features.map((feature, j) => {
    const [from, to] = [at, (at += cuts[j]!.length + 1)];
    const merged = mergeBins({ events: sums.events.subarray(from, to), nonEvents: sums.nonEvents.subarray(from, to) }, minimumCell, 'class');
    const total = (counts: ArrayLike<number>) => Array.from(counts).reduce((sum, count) => sum + count, 0);
    return { feature, events: total(merged.events), nonEvents: total(merged.nonEvents), bins: merged.events.length, ...mannWhitneyBounds(merged.events, merged.nonEvents) };
  });
}
