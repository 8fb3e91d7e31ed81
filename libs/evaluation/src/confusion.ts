import { cohenKappa, exactInterval, wilsonInterval } from '@consilium/statistics';
import type { Interval } from './auc.js';

/** Patients by outcome and by whether their score reaches the threshold. */
export interface ConfusionCounts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

/** A proportion x / n with its Wilson and Clopper-Pearson intervals. */
export interface Proportion {
  readonly x: number;
  readonly n: number;
  readonly estimate: number;
  readonly wilson: Interval;
  readonly exact: Interval;
}

/** A proportion of nobody is null, never 0 or NaN. */
export interface ConfusionFigures {
  readonly sensitivity: Proportion | null;
  readonly specificity: Proportion | null;
  readonly positivePredictiveValue: Proportion | null;
  readonly negativePredictiveValue: Proportion | null;
  readonly accuracy: Proportion | null;
  /** The share of the larger class: the accuracy of no information. */
  readonly noInformationRate: number | null;
  readonly f1: number | null;
  readonly matthews: number | null;
  /** Cohen's, of prediction and outcome; null where everyone is in one cell by chance alone. */
  readonly kappa: number | null;
  readonly balancedAccuracy: number | null;
  readonly youden: number | null;
}

/** Positive means score >= threshold. */
export function confusionCounts(scores: ArrayLike<number>, y: ArrayLike<number>, threshold: number): ConfusionCounts {
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let i = 0; i < y.length; i++) {
    if (scores[i] >= threshold) counts[y[i] === 1 ? 'tp' : 'fp']++;
    else counts[y[i] === 1 ? 'fn' : 'tn']++;
  }
  return counts;
}

/** All figures of one 2 × 2 table. */
export function confusionFigures({ tp, fp, fn, tn }: ConfusionCounts, level = 0.95): ConfusionFigures {
  const n = tp + fp + fn + tn;
  const sensitivity = proportion(tp, tp + fn, level);
  const specificity = proportion(tn, tn + fp, level);
  const margins = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
  const both = sensitivity !== null && specificity !== null ? sensitivity.estimate + specificity.estimate : null;
  return {
    sensitivity,
    specificity,
    positivePredictiveValue: proportion(tp, tp + fp, level),
    negativePredictiveValue: proportion(tn, tn + fn, level),
    accuracy: proportion(tp + tn, n, level),
    noInformationRate: n === 0 ? null : Math.max(tp + fn, tn + fp) / n,
    f1: tp + fp + fn === 0 ? null : (2 * tp) / (2 * tp + fp + fn),
    matthews: margins === 0 ? null : (tp * tn - fp * fn) / Math.sqrt(margins),
    kappa: kappaOf({ tp, fp, fn, tn }),
    balancedAccuracy: both === null ? null : both / 2,
    youden: both === null ? null : both - 1,
  };
}

function kappaOf({ tp, fp, fn, tn }: ConfusionCounts): number | null {
  const { kappa } = cohenKappa([[tp, fp], [fn, tn]]);
  return Number.isFinite(kappa) ? kappa : null;
}

function proportion(x: number, n: number, level: number): Proportion | null {
  return n === 0 ? null : { x, n, estimate: x / n, wilson: wilsonInterval(x, n, level), exact: exactInterval(x, n, level) };
}

/**
 * The observed scores at which sensitivity + specificity - 1 is largest, lowest first; the first is the one to use. Empty without both
 * classes. pROC instead reports the mid-points between observed scores.
 */
export function youdenThresholds(scores: ArrayLike<number>, y: ArrayLike<number>): { readonly thresholds: readonly number[]; readonly youden: number } {
  const order = Array.from({ length: y.length }, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const n1 = order.reduce((sum, i) => sum + (y[i] === 1 ? 1 : 0), 0);
  const n0 = order.length - n1;
  if (n1 === 0 || n0 === 0) return { thresholds: [], youden: NaN };
  let [tp, fp, best] = [0, 0, -Infinity];
  let thresholds: number[] = [];
  order.forEach((i, place) => {
    if (y[i] === 1) tp++;
    else fp++;
    if (place + 1 < order.length && scores[order[place + 1]] === scores[i]) return;
    // Compared as integers: tp/n1 - fp/n0 times n1 n0, so that equal thresholds are found equal.
    const value = tp * n0 - fp * n1;
    if (value > best) thresholds = [];
    if (value >= best) thresholds.push(scores[i]);
    best = Math.max(best, value);
  });
  return { thresholds: thresholds.reverse(), youden: best / (n1 * n0) };
}
