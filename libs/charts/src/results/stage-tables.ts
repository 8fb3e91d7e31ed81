import type { Cell, FigureTable } from '../figure.js';
import { hidden, numeric, words } from '../figure.js';
import { change, count, estimate, fixed, number, percent, pValue, range } from '../numbers.js';
import { describedOf } from './cohort-figures.js';
import { isValue, whyNot, type Interval, type ModelResult, type Result } from './results-file.js';
import { rowsOf, siteNumber, type RunContext } from './run-context.js';
import type { Selection } from './validation-forest.js';

interface UnivariateLine {
  readonly feature: string;
  readonly n?: number;
  readonly events?: number;
  readonly coefficient?: { readonly oddsRatio: number; readonly oddsRatioLow: number; readonly oddsRatioHigh: number; readonly p: number } | null;
  readonly warning?: string | null;
}

/** Each clinical column alone in a logistic model on training patients. */
export function univariateTable(context: RunContext): FigureTable | string {
  const found = describedOf(context)?.univariate as Result<readonly UnivariateLine[]> | undefined;
  if (found === undefined) return 'The clinical variables are not described in this run.';
  if (!isValue(found)) return whyNot(found)!.reason;
  if (found.length === 0) return "No clinical variable is in this run's plan.";
  return {
    caption: 'Each clinical variable alone: logistic regression on training patients',
    columns: [
      { key: 'row', label: 'Variable' },
      { key: 'n', label: 'n', numeric: true },
      { key: 'ratio', label: 'Odds ratio (95% CI)', numeric: true },
      { key: 'p', label: 'p', numeric: true },
    ],
    rows: found.map((line) => {
      const row = words(line.feature);
      const why = whyNot(line);
      if (why !== null) return { row, n: hidden(why.reason), ratio: hidden(why.reason), p: hidden(why.reason) };
      const own = line.coefficient;
      return {
        row,
        n: numeric(line.n, count),
        ratio: own ? { text: estimate(own.oddsRatio, { low: own.oddsRatioLow, high: own.oddsRatioHigh }, 'ratio', false), value: own.oddsRatio } : { text: line.warning ?? '–', value: null },
        p: numeric(own?.p, pValue),
      };
    }),
  };
}

interface SampleSize {
  readonly candidateParameters: number;
  readonly patients?: number;
  readonly events?: number;
  readonly eventsPerParameter?: number;
  readonly riley: Result<{ readonly coxSnellR2: number; readonly shrinkage: number; readonly optimism: number; readonly proportion: number; readonly minimum: number; readonly enough: boolean }> | null;
}

/** Whether the training patients are enough for the candidate parameters. */
export function sampleSizeTable(context: RunContext): FigureTable | string {
  const size = describedOf(context)?.sampleSize as unknown as Result<SampleSize> | undefined;
  if (size === undefined) return 'The sample size is not judged in this run.';
  if (!isValue(size)) return whyNot(size)!.reason;
  const { riley } = size;
  const line = (name: string, value: Cell) => ({ row: words(name), value });
  const needed = (key: 'shrinkage' | 'optimism' | 'proportion' | 'minimum'): Cell => (isValue(riley) ? numeric(riley[key], count) : riley === null ? { text: '–', value: null } : hidden(whyNot(riley)!.reason));
  return {
    caption: 'Sample size of the training patients (Riley 2020)',
    columns: [
      { key: 'row', label: 'Quantity' },
      { key: 'value', label: 'Value', numeric: true },
    ],
    rows: [
      line('Candidate parameters', numeric(size.candidateParameters, count)),
      line('Training patients', numeric(size.patients, count)),
      line('Events', numeric(size.events, count)),
      line('Events or non-events, the fewer, for each parameter', numeric(size.eventsPerParameter, (value) => fixed(value, 1))),
      line('Patients needed: shrinkage 0.9', needed('shrinkage')),
      line('Patients needed: optimism 0.05', needed('optimism')),
      line('Patients needed: outcome proportion ± 0.05', needed('proportion')),
      line('Patients needed: all three', needed('minimum')),
    ],
  };
}

/** Hosmer-Lemeshow at every hospital, for comparison with older work. */
export function hosmerLemeshowTable(context: RunContext, { model, validation }: Selection): FigureTable | null {
  const rows = rowsOf(context, validation);
  if (!isValue(rows)) return null;
  return {
    caption: 'Hosmer-Lemeshow, reported for comparability: a high p is no proof of calibration',
    columns: [
      { key: 'row', label: 'Hospital' },
      { key: 'statistic', label: 'Statistic', numeric: true },
      { key: 'groups', label: 'Groups', numeric: true },
      { key: 'p', label: 'p', numeric: true },
    ],
    rows: rows.sites.map((site) => {
      const row = { ...words(site.site), site: siteNumber(context, site.site) };
      const found = site.models.find((one) => one.model === model)?.hosmerLemeshow;
      if (isValue(found)) return { row, statistic: numeric(found.statistic, (value) => number(value, 'statistic')), groups: numeric(found.groups, count), p: numeric(found.external?.p, pValue) };
      const cell = absent(found);
      return { row, statistic: cell, groups: cell, p: cell };
    }),
  };
}

const absent = (result: Parameters<typeof whyNot>[0]): Cell => {
  const why = whyNot(result ?? null)!;
  return why.suppressed ? hidden(why.reason) : { text: why.reason === 'Not in this run' ? '–' : 'Not estimable', value: null };
};

interface Share {
  readonly x: number;
  readonly n: number;
  readonly estimate: number;
  readonly wilson: Interval;
}

interface Classified {
  readonly accuracy: Share;
  readonly positivePredictiveValue: Share | null;
  readonly negativePredictiveValue: Share | null;
  readonly noInformationRate: number;
  readonly f1: number | null;
}

/** What the threshold says of patients: predictive values, accuracy beside the no-information rate, at every hospital and over all. */
export function classificationTable(context: RunContext, { model, validation }: Selection, threshold: number): FigureTable | null {
  const rows = rowsOf(context, validation);
  if (!isValue(rows)) return null;
  const share = (value: Share | null): Cell => (value === null || value.n === 0 ? { text: '–', value: null } : { text: `${count(value.x)}/${count(value.n)} (${percent(value.x / value.n, value.n)})`, value: value.estimate });
  const line = (row: Cell, figures: ModelResult | undefined) => {
    const found = figures?.confusion.find((one) => Math.abs(one.threshold - threshold) < 1e-9)?.figures;
    if (!isValue(found)) return { row, ppv: absent(found), npv: absent(found), accuracy: absent(found), rate: absent(found), f1: absent(found) };
    const own = found as unknown as Classified;
    return { row, ppv: share(own.positivePredictiveValue), npv: share(own.negativePredictiveValue), accuracy: share(own.accuracy), rate: numeric(own.noInformationRate, (value) => percent(value)), f1: numeric(own.f1, (value) => number(value, 'auc')) };
  };
  const pooled = rows.pooled?.models.find((one) => one.model === model);
  return {
    caption: `Predictive values and accuracy at the threshold ${number(threshold, 'auc')}`,
    columns: [
      { key: 'row', label: 'Hospital' },
      { key: 'ppv', label: 'PPV', numeric: true },
      { key: 'npv', label: 'NPV', numeric: true },
      { key: 'accuracy', label: 'Accuracy', numeric: true },
      { key: 'rate', label: 'No-information rate', numeric: true },
      { key: 'f1', label: 'F1', numeric: true },
    ],
    rows: [...rows.sites.map((site) => line({ ...words(site.site), site: siteNumber(context, site.site) }, site.models.find((one) => one.model === model))), ...(pooled === undefined ? [] : [line(words('All hospitals'), pooled)])],
  };
}

interface NetBenefitLine {
  readonly threshold: number;
  readonly low: number;
  readonly high: number;
  readonly overTreatAll: Interval;
}

/** Bootstrap intervals of the pooled net benefit, and of its difference to treating everyone. */
export function netBenefitTable(context: RunContext, { model, validation }: Selection): FigureTable | string {
  const rows = rowsOf(context, validation) as unknown as { readonly decisionIntervals?: Result<readonly { readonly model: string; readonly replicates: number; readonly intervals: Result<readonly NetBenefitLine[]> }[]>; readonly pooled?: { readonly models: readonly ModelResult[] } } | null;
  const found = rows?.decisionIntervals;
  if (found === undefined) return 'Intervals of net benefit are given for rows, not for hospitals left out.';
  if (!isValue(found)) return whyNot(found)!.reason;
  const own = found.find((one) => one.model === model);
  if (own === undefined) return 'The model has no result here.';
  if (!isValue(own.intervals)) return whyNot(own.intervals)!.reason;
  const curve = rows?.pooled?.models.find((one) => one.model === model)?.decisionCurve;
  const points = isValue(curve) ? curve : [];
  return {
    caption: `Net benefit over all patients, 95% intervals of ${count(own.replicates)} bootstrap replicates`,
    columns: [
      { key: 'row', label: 'Threshold' },
      { key: 'benefit', label: 'Net benefit', numeric: true },
      { key: 'interval', label: '95% CI', numeric: true },
      { key: 'difference', label: 'Over treating everyone', numeric: true },
      { key: 'over', label: '95% CI', numeric: true },
    ],
    rows: own.intervals.map(({ threshold, low, high, overTreatAll }) => {
      const point = points.find((one) => Math.abs(one.threshold - threshold) < 1e-9);
      return {
        row: { ...words(percent(threshold)), value: threshold },
        benefit: numeric(point?.netBenefit, (value) => number(value, 'netBenefit')),
        interval: words(range(low, high, 'netBenefit')),
        difference: numeric(point === undefined ? null : point.netBenefit - point.treatAll, (value) => change(value, 'netBenefit')),
        over: words(range(overTreatAll.low, overTreatAll.high, 'netBenefit')),
      };
    }),
  };
}
