/** Patients by bin of the score and by class. Both arrays have one count a bin, in ascending order of the score; histograms add over sites. */
export interface ScoreHistogram {
  readonly events: ArrayLike<number>;
  readonly nonEvents: ArrayLike<number>;
}

/** An AUC known only up to the order within bins: half the pairs of one bin counted, none, all. */
export interface BinnedAuc {
  readonly auc: number;
  readonly low: number;
  readonly high: number;
  /** DeLong's variance with the bins' mid-ranks as placement values; NaN with fewer than two patients in a class. */
  readonly variance: number;
  readonly events: number;
  readonly nonEvents: number;
}

/** Counts by bin and class. `binOf` gives the bin of a score, 0 … count - 1. */
export function scoreHistogram(scores: ArrayLike<number>, y: ArrayLike<number>, count: number, binOf: (score: number) => number) {
  const histogram = { events: new Float64Array(count), nonEvents: new Float64Array(count) };
  for (let i = 0; i < y.length; i++) (y[i] === 1 ? histogram.events : histogram.nonEvents)[binOf(scores[i])]++;
  return histogram;
}

/** The number of ascending cuts at or below the score: the bin of a partition by cuts. */
export function binByCuts(score: number, cuts: ArrayLike<number>): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cuts[middle] <= score) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * AUC, its bounds and its variance from a histogram by class.
 *
 * With n0 non-events below bin b written H0_b: AUC_mid = Σ h1_b (H0_b + h0_b / 2) / (n1 n0); `low` leaves the pairs within a bin out, `high` counts
 * them fully; the exact AUC of the scores lies between. V10 = Σ h1_b (F0_b - AUC)² / (n1 - 1) with F0_b = (H0_b + h0_b / 2) / n0, V01 alike;
 * variance = V10 / n1 + V01 / n0. With rank bins (cuts at quantiles of the score) 200 bins err by 1e-4 in the AUC and 0.1 % in its standard error.
 * Null without both classes.
 */
export function aucFromHistogram({ events: h1, nonEvents: h0 }: ScoreHistogram): BinnedAuc | null {
  const n1 = total(h1);
  const n0 = total(h0);
  if (n1 === 0 || n0 === 0) return null;
  let [below, within] = [0, 0];
  for (let b = 0, H0 = 0; b < h1.length; b++) {
    below += h1[b] * H0;
    within += h1[b] * h0[b];
    H0 += h0[b];
  }
  const auc = (below + within / 2) / (n1 * n0);
  let [v10, v01] = [0, 0];
  for (let b = 0, H0 = 0, H1 = 0; b < h1.length; b++) {
    v10 += h1[b] * ((H0 + h0[b] / 2) / n0 - auc) ** 2;
    v01 += h0[b] * (1 - (H1 + h1[b] / 2) / n1 - auc) ** 2;
    H0 += h0[b];
    H1 += h1[b];
  }
  const variance = n1 < 2 || n0 < 2 ? NaN : v10 / (n1 - 1) / n1 + v01 / (n0 - 1) / n0;
  return { auc, low: below / (n1 * n0), high: (below + within) / (n1 * n0), variance, events: n1, nonEvents: n0 };
}

const total = (counts: ArrayLike<number>): number => Array.from(counts).reduce((sum, count) => sum + count, 0);

/** Consecutive bins joined: bin g holds the original bins starts[g] … starts[g + 1] - 1. */
export interface MergedHistogram {
  readonly starts: readonly number[];
  readonly events: readonly number[];
  readonly nonEvents: readonly number[];
}

/**
 * 'total': a bin has at least k patients, and at least 2k where all are of one class: for one site's display.
 * 'class': in every bin each class has nobody or at least k: for sums over sites.
 */
export type MergeRule = 'total' | 'class';

/**
 * Joins neighbouring bins from low scores to high until each keeps the rule; what is left over at the end joins the last bin that does.
 * k = 0 joins nothing. With too few patients everything ends in one bin, which may still break the rule: the gate judges it.
 */
export function mergeBins({ events, nonEvents }: ScoreHistogram, k: number, rule: MergeRule): MergedHistogram {
  const groups: { start: number; h1: number; h0: number }[] = [];
  let open: { start: number; h1: number; h0: number } | null = null;
  for (let b = 0; b < events.length; b++) {
    open ??= { start: b, h1: 0, h0: 0 };
    open.h1 += events[b];
    open.h0 += nonEvents[b];
    if (!keeps(open, k, rule)) continue;
    groups.push(open);
    open = null;
  }
  // Leftovers join backwards until the joined bin keeps the rule.
  while (open !== null) {
    const last = groups.pop();
    if (last === undefined) {
      groups.push(open);
      break;
    }
    open = { start: last.start, h1: last.h1 + open.h1, h0: last.h0 + open.h0 };
    if (!keeps(open, k, rule)) continue;
    groups.push(open);
    open = null;
  }
  return { starts: groups.map(({ start }) => start), events: groups.map(({ h1 }) => h1), nonEvents: groups.map(({ h0 }) => h0) };
}

function keeps({ h1, h0 }: { h1: number; h0: number }, k: number, rule: MergeRule): boolean {
  if (k === 0) return true;
  if (rule === 'class') return h1 + h0 > 0 && (h1 === 0 || h1 >= k) && (h0 === 0 || h0 >= k);
  return h1 + h0 >= (h1 === 0 || h0 === 0 ? 2 * k : k);
}

export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/**
 * The ROC curve through the edges of the bins, from (0, 0) to (1, 1): at most one point a bin and one more, never a point a patient. Its
 * trapezoidal area is AUC_mid of the histogram. Null without both classes.
 */
export function rocPoints({ events, nonEvents }: ScoreHistogram): RocPoint[] | null {
  const [n1, n0] = [total(events), total(nonEvents)];
  if (n1 === 0 || n0 === 0) return null;
  const points: RocPoint[] = [{ falsePositiveRate: 0, truePositiveRate: 0 }];
  for (let b = events.length - 1, tp = 0, fp = 0; b >= 0; b--) {
    tp += events[b];
    fp += nonEvents[b];
    if (events[b] + nonEvents[b] > 0) points.push({ falsePositiveRate: fp / n0, truePositiveRate: tp / n1 });
  }
  return points;
}
