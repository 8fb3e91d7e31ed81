import type { ConfusionCounts } from './confusion.js';
import { equalBin } from './hosmer-lemeshow.js';
import { scoreHistogram, type ScoreHistogram } from './score-histogram.js';

/** Bins of the probability whose edges are the thresholds 0.01 … 0.99. */
export const DECISION_BINS = 100;

/** Net benefit at one threshold probability. */
export interface NetBenefit {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly netBenefit: number;
  /** Of treating everyone. */
  readonly treatAll: number;
}

/** Counts in 100 equal bins, from which the curve at thresholds k/100 is exact; they add over sites. */
export const decisionHistogram = (p: ArrayLike<number>, y: ArrayLike<number>) => scoreHistogram(p, y, DECISION_BINS, (score) => equalBin(score, DECISION_BINS));

/**
 * The decision curve (Vickers and Elkin 2006): NB(t) = TP/n - FP/n · t/(1 - t), positive meaning p >= t, at the lower edges of the bins.
 *
 * @param edges lower edge of every bin, ascending; where absent k/K of K equal bins. Edges 0 and below are no thresholds and are left out
 */
export function decisionCurve({ events, nonEvents }: ScoreHistogram, edges?: readonly number[]): NetBenefit[] {
  const K = events.length;
  const curve: NetBenefit[] = [];
  let [tp, fp] = [0, 0];
  for (let b = K - 1; b >= 0; b--) {
    tp += events[b];
    fp += nonEvents[b];
    curve.push({ threshold: edges === undefined ? b / K : edges[b], truePositives: tp, falsePositives: fp, netBenefit: 0, treatAll: 0 });
  }
  const n = tp + fp;
  return curve
    .reverse()
    .filter(({ threshold }) => threshold > 0 && threshold < 1)
    .map((point) => {
      const odds = point.threshold / (1 - point.threshold);
      const benefit = (positives: number, negatives: number) => (n === 0 ? 0 : positives / n - (negatives / n) * odds);
      return { ...point, netBenefit: benefit(point.truePositives, point.falsePositives), treatAll: benefit(tp, fp) };
    });
}

/**
 * Net benefit of a 2 × 2 table at its threshold probability t, 0 < t < 1, as the mean of n independent patients: 1 for a true positive,
 * −w for a false positive (w = t/(1 - t)), 0 for all others. Standard error √((TP + w² FP − n NB²) / n²).
 *
 * `null` without patients or where t is no threshold. The standard error is 0 where all patients bring the same.
 * Source: Vickers, Elkin 2006 (net benefit); Marsh, Janes, Pepe 2020, Biometrics 76:843 (variance, the threshold fixed beforehand).
 * Example: TP 40, FP 10, FN 10, TN 40 at t = 0.2: NB = 0.375, standard error 0.0515.
 */
export function netBenefitOf({ tp, fp, fn, tn }: ConfusionCounts, threshold: number): { readonly estimate: number; readonly standardError: number } | null {
  const n = tp + fp + fn + tn;
  if (n === 0 || !(threshold > 0 && threshold < 1)) return null;
  const odds = threshold / (1 - threshold);
  const estimate = (tp - odds * fp) / n;
  return { estimate, standardError: Math.sqrt(Math.max(0, tp + odds ** 2 * fp - n * estimate ** 2)) / n };
}
