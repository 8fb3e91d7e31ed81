import { mergeBins, type MergedHistogram } from '@consilium/evaluation';
import { binnedQuantile, mannWhitneyBounds, type RankTestBounds } from '@consilium/statistics';
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

/** Events and non-events of a feature by bin. */
interface ClassHistogram extends MergedHistogram {
  readonly feature: string;
  /** Between the bins. */
  readonly cuts: Float64Array;
}

/**
 * The Mann-Whitney test of every feature from class histograms over common cuts: U counts the pairs of one bin half, its bounds not at all
 * and fully, and the p value has bounds that hold for the pooled data. Rounds: moments, cut points (4 to 5), one of counts.
 */
export async function federatedMannWhitney(federation: Federation, request: MannWhitneyRequest): Promise<MannWhitneyRow[]> {
  return (await classHistograms(federation, request)).map((histogram) => testOf(histogram));
}

export interface RankSummary extends MannWhitneyRow {
  /** Lower quartile, median and upper quartile; NaN where one is not known. */
  readonly quartiles: { readonly all: readonly number[]; readonly events: readonly number[]; readonly nonEvents: readonly number[] };
}

/**
 * What ranks tell of every feature: quartiles of all patients and of each class, and the Mann-Whitney test, all from the same class histograms. A quartile errs by less than the width of
 * its bin: with 200 bins the next patients' values, with bins joined to a minimum count more. Rounds as the test's.
 */
export async function federatedRankSummaries(federation: Federation, request: MannWhitneyRequest): Promise<RankSummary[]> {
  return (await classHistograms(federation, request)).map((histogram) => {
    const { events, nonEvents, cuts } = histogram;
    const quartiles = (counts: readonly number[]) => [0.25, 0.5, 0.75].map((q) => binnedQuantile(counts, cuts, q));
    return { ...testOf(histogram), quartiles: { all: quartiles(events.map((count, b) => count + nonEvents[b]!)), events: quartiles(events), nonEvents: quartiles(nonEvents) } };
  });
}

async function classHistograms(federation: Federation, request: MannWhitneyRequest): Promise<ClassHistogram[]> {
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
    return { feature, ...merged, cuts: Float64Array.from(merged.starts.slice(1), (start) => cuts[j]![start - 1]!) };
  });
}

function testOf({ feature, events, nonEvents }: ClassHistogram): MannWhitneyRow {
  const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  return { feature, events: total(events), nonEvents: total(nonEvents), bins: events.length, ...mannWhitneyBounds(events, nonEvents) };
}
