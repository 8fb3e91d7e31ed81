import { numeric, words, type Cell, type FigureTable } from '../figure.js';
import { count, estimate, number, percent } from '../numbers.js';
import { absentCell } from './absent-cell.js';
import { isValue, type ConfusionResult, type ModelResult } from './results-file.js';
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

interface Column {
  readonly key: string;
  readonly label: string;
  readonly of: (figures: Classified) => Cell;
}

const whole = (key: keyof ConfusionResult['counts'], label: string): Column => ({ key, label, of: ({ counts }) => numeric(counts[key], count) });

/** Estimates with their intervals; and what a positive and a negative call is worth. Two tables, since one is wider than a page. */
const estimates: readonly Column[] = [
  { key: 'sensitivity', label: 'Sensitivity (95% CI)', of: ({ sensitivity }) => interval(sensitivity) },
  { key: 'specificity', label: 'Specificity (95% CI)', of: ({ specificity }) => interval(specificity) },
  { key: 'accuracy', label: 'Accuracy (95% CI)', of: ({ accuracy }) => interval(accuracy) },
];
const calls: readonly Column[] = [
  whole('tp', 'TP'),
  whole('fp', 'FP'),
  whole('fn', 'FN'),
  whole('tn', 'TN'),
  { key: 'ppv', label: 'PPV', of: ({ positivePredictiveValue }) => ratio(positivePredictiveValue) },
  { key: 'npv', label: 'NPV', of: ({ negativePredictiveValue }) => ratio(negativePredictiveValue) },
  { key: 'f1', label: 'F1', of: ({ f1 }) => numeric(f1, (value) => number(value, 'auc')) },
];

/**
 * All models side by side, all hospitals together, each at the first threshold that the plan gives it: the comparison tables of a paper. Empty for
 * hospitals left out, which have no such total.
 */
export function modelTables(context: RunContext, validation: string): readonly FigureTable[] {
  const rows = rowsOf(context, validation);
  if (!isValue(rows) || rows.pooled === undefined) return [];
  const { patients, events, models } = rows.pooled;
  const counted = isValue(patients) && isValue(events) ? `, ${count(patients)} patients, ${count(events)} with the event` : '';
  const threshold = { key: 'threshold', label: 'Threshold', numeric: true };
  const lines = (columns: readonly Column[]) => models.map((figures) => lineOf(figures, thresholdsOf(context, figures.model)[0]?.value, columns));
  const labels = (columns: readonly Column[]) => columns.map(({ key, label }) => ({ key, label, numeric: true }));
  return [
    { caption: `Models side by side, all hospitals together${counted}`, columns: [{ key: 'row', label: 'Model' }, { key: 'auc', label: 'AUC (95% CI)', numeric: true }, threshold, ...labels(estimates)], rows: lines(estimates) },
    { caption: `What the calls of each model are worth, all hospitals together${counted}`, columns: [{ key: 'row', label: 'Model' }, threshold, ...labels(calls)], rows: lines(calls) },
  ];
}

function lineOf(figures: ModelResult, threshold: number | undefined, columns: readonly Column[]): Record<string, Cell> {
  const { model, auc } = figures;
  const head = { row: words(model), auc: isValue(auc) ? { text: estimate(auc.auc, auc.interval, 'auc', false), value: auc.auc } : absentCell(auc), threshold: numeric(threshold, (value) => number(value, 'auc')) };
  const found = threshold === undefined ? undefined : figures.confusion.find((one) => Math.abs(one.threshold - threshold) < 1e-9)?.figures;
  const none = isValue(found) ? undefined : absentCell(found);
  return { ...head, ...Object.fromEntries(columns.map(({ key, of }) => [key, none ?? of(found as Classified)])) };
}

const absent: Cell = { text: '–', value: null };

const interval = (share: Share | null): Cell => (share === null || share.n === 0 ? absent : { text: estimate(share.estimate, share.wilson, 'sensitivity', false), value: share.estimate });

const ratio = (share: Share | null): Cell => (share === null || share.n === 0 ? absent : { text: `${count(share.x)}/${count(share.n)} (${percent(share.x / share.n, share.n)})`, value: share.estimate });
