import { DECISION_BINS, equalBin, mergeBins, type MergedHistogram, type RiskGroup, type ScoreHistogram } from '@consilium/evaluation';

export interface ReleaseRule {
  /** The profile's minimum count k. */
  readonly minimumCell: number;
  /** Cuts of other figures of the same predictions: thresholds of two-by-two tables, risk categories. */
  readonly otherCuts: readonly number[];
}

const TENTHS = 10;
const WITHIN = DECISION_BINS / TENTHS;

/**
 * Lower edges, in hundredths, of the bins in which the curves, tenths and groups of one model's predictions over all sites are shown. Whoever knows every patient's prediction holds
 * from several figures the counts of both classes between all their edges (Matthews and Harel 2013), so all figures have edges of one list, between any two of which each
 * class has nobody or at least k; between an edge and every other cut, wherever within its hundredth that lies, are nobody or at least k patients. Tenths come first, hundredths within them second.
 * k = 0 keeps every hundredth.
 */
export function releasedStarts(histogram: ScoreHistogram, { minimumCell: k, otherCuts }: ReleaseRule): number[] {
  if (k === 0) return Array.from({ length: DECISION_BINS }, (_, b) => b);
  const tenths = mergeBins(mapClasses(histogram, (counts) => sumsFrom(counts, Array.from({ length: TENTHS }, (_, g) => g * WITHIN))), k, 'class').starts;
  const nested = tenths.flatMap((tenth, at) => {
    const [from, end] = [tenth * WITHIN, (tenths[at + 1] ?? TENTHS) * WITHIN];
    return mergeBins(mapClasses(histogram, (counts) => Array.from(counts).slice(from, end)), k, 'class').starts.map((start) => from + start);
  });
  const below = cumulative(Array.from(histogram.events, (count, b) => count + histogram.nonEvents[b]!));
  return nested.filter((start) => start === 0 || otherCuts.every((cut) => apart(below, start, cut, k)));
}

const cumulative = (counts: ArrayLike<number>): number[] => {
  const below = [0];
  for (let b = 0; b < counts.length; b++) below.push(below[b]! + counts[b]!);
  return below;
};

/** Whether nobody or at least k patients lie between an edge and a cut. Of a cut within a hundredth the count is known to lie between two. */
function apart(below: readonly number[], start: number, cut: number, k: number): boolean {
  const bin = equalBin(cut, DECISION_BINS);
  const past = cut === bin / DECISION_BINS ? bin : bin + 1;
  const [near, far] = start <= bin ? [below[bin]! - below[start]!, below[past]! - below[start]!] : [below[start]! - below[past]!, below[start]! - below[bin]!];
  return far === 0 || near >= k;
}

const mapClasses = <T>({ events, nonEvents }: ScoreHistogram, of: (counts: ArrayLike<number>) => T): { events: T; nonEvents: T } => ({ events: of(events), nonEvents: of(nonEvents) });

/** Counts of the original bins summed from each start to the next. */
function sumsFrom(counts: ArrayLike<number>, starts: readonly number[]): number[] {
  return starts.map((start, at) => Array.from(counts).slice(start, starts[at + 1]).reduce((sum, count) => sum + count, 0));
}

export const joinedHistogram = (histogram: ScoreHistogram, starts: readonly number[]): MergedHistogram => ({ starts, ...mapClasses(histogram, (counts) => sumsFrom(counts, starts)) });

export interface PlacedGroup extends RiskGroup {
  /** The least risk of the group. */
  readonly from: number;
}

/** Fixed tenths joined where a tenth is no edge. */
export function releasedTenths(groups: readonly RiskGroup[], starts: readonly number[]): PlacedGroup[] {
  const kept = new Set(starts.map((start) => start / WITHIN));
  const joined: PlacedGroup[] = [];
  groups.forEach((group, g) => {
    const last = joined.at(-1);
    if (last === undefined || kept.has(g)) joined.push({ ...group, from: g / TENTHS });
    else joined[joined.length - 1] = { from: last.from, ...addGroups(last, group) };
  });
  return joined;
}

export const addGroups = (a: RiskGroup, b: RiskGroup): RiskGroup => ({ n: a.n + b.n, events: a.events + b.events, expected: a.expected + b.expected });
