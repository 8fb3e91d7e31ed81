import { hidden, numeric, words, type Cell, type FigureTable } from '../figure.js';
import { count, estimate, number, percent } from '../numbers.js';
import { isValue, whyNot, type ConfusionResult, type ModelResult } from './results-file.js';
import { rowsOf, type RunContext } from './run-context.js';
import { thresholdsOf } from './validation-figures.js';

interface Share {
  readonly x: number;
  readonly n: number;
  readonly estimate: number;
  readonly wilson: { readonly low: number; readonly high: number };
}

interface Classified extends ConfusionResult {
  readonly sensitivity: Share | null;
  readonly specificity: Share | null;
  readonly accuracy: Share | null;
  readonly positivePredictiveValue: Share | null;
  readonly negativePredictiveValue: Share | null;
  readonly f1: number | null;
}

const shares = [
  { key: 'sensitivity', label: 'Sensitivity (95% CI)', of: ({ sensitivity }: Classified) => sensitivity },
  { key: 'specificity', label: 'Specificity (95% CI)', of: ({ specificity }: Classified) => specificity },
  { key: 'accuracy', label: 'Accuracy (95% CI)', of: ({ accuracy }: Classified) => accuracy },
  { key: 'ppv', label: 'PPV', of: ({ positivePredictiveValue }: Classified) => positivePredictiveValue },
  { key: 'npv', label: 'NPV', of: ({ negativePredictiveValue }: Classified) => negativePredictiveValue },
] as const;

/** All models side by side, all hospitals together, each at the first threshold that the plan gives it: the comparison table of a paper. Null of hospitals left out, which have no such total. */
export function modelTable(context: RunContext, validation: string): FigureTable | null {
  const rows = rowsOf(context, validation);
  if (!isValue(rows) || rows.pooled === undefined) return null;
  const { patients, events, models } = rows.pooled;
  const counted = isValue(patients) && isValue(events) ? `, ${count(patients)} patients, ${count(events)} with the event` : '';
  return {
    caption: `Models side by side, all hospitals together${counted}`,
    columns: [
      { key: 'row', label: 'Model' },
      { key: 'auc', label: 'AUC (95% CI)', numeric: true },
      { key: 'threshold', label: 'Threshold', numeric: true },
      ...shares.map(({ key, label }) => ({ key, label, numeric: true })),
      { key: 'f1', label: 'F1', numeric: true },
      { key: 'counts', label: 'TP, FP, FN, TN' },
    ],
    rows: models.map((figures) => lineOf(figures, thresholdsOf(context, figures.model)[0]?.value)),
  };
}

function lineOf(figures: ModelResult, threshold: number | undefined): Record<string, Cell> {
  const { model, auc } = figures;
  const head = { row: words(model), auc: isValue(auc) ? { text: estimate(auc.auc, auc.interval, 'auc', false), value: auc.auc } : why(auc), threshold: numeric(threshold, (value) => number(value, 'auc')) };
  const found = threshold === undefined ? undefined : figures.confusion.find((one) => Math.abs(one.threshold - threshold) < 1e-9)?.figures;
  if (!isValue(found)) {
    const none = why(found);
    return { ...head, ...Object.fromEntries(shares.map(({ key }) => [key, none])), f1: none, counts: none };
  }
  const own = found as Classified;
  const { tp, fp, fn, tn } = own.counts;
  return { ...head, ...Object.fromEntries(shares.map(({ key, of }) => [key, shareCell(of(own), key)])), f1: numeric(own.f1, (value) => number(value, 'auc')), counts: words([tp, fp, fn, tn].map(count).join(', ')) };
}

function shareCell(share: Share | null, key: string): Cell {
  if (share === null || share.n === 0) return { text: '–', value: null };
  if (key === 'ppv' || key === 'npv') return { text: `${count(share.x)}/${count(share.n)} (${percent(share.x / share.n, share.n)})`, value: share.estimate };
  return { text: estimate(share.estimate, share.wilson, 'sensitivity', false), value: share.estimate };
}

function why(result: Parameters<typeof whyNot>[0]): Cell {
  const reason = whyNot(result ?? null)!;
  return reason.suppressed ? hidden(reason.reason) : { text: reason.reason === 'Not in this run' ? '–' : 'Not estimable', value: null };
}
