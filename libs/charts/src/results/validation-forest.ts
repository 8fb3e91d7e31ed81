import { exponential } from '../exponential.js';
import type { Finding } from '../figure.js';
import { forestFigure, type ForestData, type ForestPool, type ForestRow } from '../figures/forest.js';
import { estimate, number, plural, range, type Bounds, type NumberKind } from '../numbers.js';
import { isValue, whyNot, type ModelResult, type PooledMeasure, type Result, type RowsResult, type SiteResult } from './results-file.js';
import { factsOf, rowsOf, siteNumber, type RunContext } from './run-context.js';

export type Measure = 'auc' | 'slope' | 'oe' | 'in-the-large' | 'net-benefit';

/** Which model, on which patients. */
export interface Selection {
  readonly model: string;
  readonly validation: string;
}

/** Which figure of which model. */
interface Wanted {
  readonly model: string;
  readonly measure: Measure;
  /** Of net benefit. */
  readonly threshold?: number;
}

interface MeasureWords {
  readonly name: string;
  readonly title: string;
  readonly axis: string;
  readonly kind: NumberKind;
  readonly scale: 'linear' | 'log';
  readonly line: number | null;
}

const Z = 1.959963984540054;

export const measures: Readonly<Record<Measure, MeasureWords>> = {
  auc: { name: 'AUC', title: 'Discrimination at each hospital', axis: 'AUC (0.5 is chance, 1 is perfect)', kind: 'auc', scale: 'linear', line: null },
  slope: { name: 'Calibration slope', title: 'Calibration slope at each hospital', axis: 'Calibration slope (1 is perfect, below 1 predictions are too extreme)', kind: 'slope', scale: 'linear', line: 1 },
  oe: { name: 'O:E', title: 'Observed to expected events at each hospital', axis: 'Observed : expected (1 is perfect; logarithmic)', kind: 'ratio', scale: 'log', line: 1 },
  'in-the-large': { name: 'Calibration in the large', title: 'Calibration in the large at each hospital', axis: 'Calibration in the large (0 is perfect, above 0 risk is underestimated; log-odds)', kind: 'slope', scale: 'linear', line: 0 },
  'net-benefit': { name: 'Net benefit', title: 'Net benefit at each hospital', axis: 'Net benefit (0 is treating nobody)', kind: 'netBenefit', scale: 'linear', line: 0 },
};

/** One measure of one model at every hospital and pooled. */
export function validationForest(context: RunContext, { model, validation }: Selection, options: { readonly measure: Measure; readonly threshold?: number }): Finding {
  const rows = rowsOf(context, validation);
  if (!isValue(rows)) return { absent: whyNot(rows)?.suppressed ? whyNot(rows)!.reason : "This validation is not in this run's plan." };
  const { measure } = options;
  const words = measures[measure];
  const wanted = { model, ...options };
  const pool = poolOf(rows, wanted);
  const weights = weightsOf(rows, wanted);
  const lines = rows.sites.map((site) => rowOf(context, site, { ...wanted, weight: weights.get(site.site) ?? null }));
  const shown = lines.filter(({ result }) => 'estimate' in result);
  const facts = factsOf(context, { sites: shown.length, ...totals(shown), suppressed: lines.filter(({ result }) => 'suppressed' in result && result.suppressed).length, model });
  const data: ForestData = {
    id: `forest-${measure}`,
    title: words.title,
    reading: readingOf(validation, weights.size > 0),
    answer: answerOf(words, pool, { validation, lines: shown }),
    methods: `${words.name} was estimated at every hospital and pooled by random-effects meta-analysis with Hartung-Knapp confidence and prediction intervals.`,
    measure: { ...words, domain: null },
    rowsAre: 'Hospital',
    rows: lines,
    pool,
    facts,
  };
  return shown.length === 0 && !('estimate' in pool) ? { absent: `No hospital shows the ${words.name} of ${model} in this validation: ${reasons(lines)}` } : { figure: forestFigure(data) };
}

const reasons = (lines: readonly ForestRow[]): string => [...new Set(lines.flatMap(({ result }) => ('reason' in result ? [result.reason] : [])))].join('; ') || 'no figure.';

function readingOf(validation: string, weighted: boolean): string {
  const who = validation === 'leave-one-site-out' ? 'Each hospital was left out of training, then tested.' : validation === 'test' ? 'Held-out patients of each hospital.' : 'Patients that the model has seen.';
  return `${who}${weighted ? ' Square area is its weight.' : ''}`;
}

const totals = (shown: readonly ForestRow[]): { patients: number | null; events: number | null } => ({
  patients: shown.some(({ patients }) => patients === null) ? null : shown.reduce((sum, { patients }) => sum + patients!, 0),
  events: shown.some(({ events }) => events === null) ? null : shown.reduce((sum, { events }) => sum + events!, 0),
});

function rowOf(context: RunContext, site: SiteResult, { model, measure, weight, threshold }: Wanted & { readonly weight: number | null }): ForestRow {
  const figures = site.models.find((one) => one.model === model);
  const classes = isValue(site.classes) ? site.classes : null;
  const found = figures === undefined ? { reason: 'The model has no result here', suppressed: false } : valueOf(figures, classes, measure, threshold);
  return {
    label: site.site,
    site: siteNumber(context, site.site),
    patients: classes === null ? null : classes.events + classes.nonEvents,
    events: classes?.events ?? null,
    result: 'reason' in found ? found : { ...found, weight },
  };
}

type Found = { readonly estimate: number; readonly interval: Bounds | null } | { readonly reason: string; readonly suppressed: boolean };

function valueOf(figures: ModelResult, classes: { readonly events: number; readonly nonEvents: number } | null, measure: Measure, threshold: number | undefined): Found {
  const symmetric = ({ estimate: value, standardError }: { readonly estimate: number; readonly standardError: number }, back: (x: number) => number = (x) => x): Found => ({ estimate: back(value), interval: { low: back(value - Z * standardError), high: back(value + Z * standardError) } });
  switch (measure) {
    case 'auc':
      return isValue(figures.auc) ? { estimate: figures.auc.auc, interval: figures.auc.interval } : whyNot(figures.auc)!;
    case 'slope':
      return isValue(figures.recalibration) ? symmetric(figures.recalibration.slope) : whyNot(figures.recalibration)!;
    case 'oe':
      return isValue(figures.calibration) ? symmetric(figures.calibration.logObservedOverExpected, exponential) : whyNot(figures.calibration)!;
    case 'in-the-large':
      return isValue(figures.recalibration) ? symmetric(figures.recalibration.inTheLarge) : whyNot(figures.recalibration)!;
    case 'net-benefit':
      return netBenefitOf(figures, classes, threshold);
  }
}

/**
 * Net benefit at the threshold t from the hospital's counts there; where a rule hides them, at the nearest threshold of its decision curve. The interval
 * is that of a mean of independent patients: each brings 1 (true positive), −w (false positive, w = t / (1 − t)) or 0, so the variance of the mean is
 * (TP + w² FP − n NB²) / n². Vickers and Elkin 2006; normal interval.
 */
function netBenefitOf(figures: ModelResult, classes: { readonly events: number; readonly nonEvents: number } | null, threshold = 0.5): Found {
  const own = figures.confusion.find((one) => near(one.threshold, threshold))?.figures;
  if (isValue(own)) {
    const { tp, fp, fn, tn } = own.counts;
    return benefit({ truePositives: tp, falsePositives: fp, n: tp + fp + fn + tn, threshold });
  }
  if (!isValue(figures.decisionCurve)) return whyNot(figures.decisionCurve)!;
  const nearest = [...figures.decisionCurve].sort((a, b) => Math.abs(a.threshold - threshold) - Math.abs(b.threshold - threshold))[0];
  if (nearest === undefined || Math.abs(nearest.threshold - threshold) > 0.051) return whyNot(own) ?? { reason: 'No counts near this threshold', suppressed: false };
  const { netBenefit, truePositives, falsePositives } = nearest;
  const n = classes === null ? 0 : classes.events + classes.nonEvents;
  return n === 0 || truePositives === undefined || falsePositives === undefined ? { estimate: netBenefit, interval: null } : benefit({ truePositives, falsePositives, n, threshold: nearest.threshold });
}

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;

function benefit({ truePositives, falsePositives, n, threshold }: { readonly truePositives: number; readonly falsePositives: number; readonly n: number; readonly threshold: number }): Found {
  const weight = threshold / (1 - threshold);
  const value = truePositives / n - (falsePositives / n) * weight;
  const standardError = Math.sqrt(Math.max(0, truePositives + weight ** 2 * falsePositives - n * value ** 2)) / n;
  return { estimate: value, interval: { low: value - Z * standardError, high: value + Z * standardError } };
}

function measureOf(rows: RowsResult, { model, measure, threshold = 0.5 }: Wanted): Result<PooledMeasure> | null {
  const meta = rows.metaAnalysis?.find((one) => one.model === model);
  if (meta === undefined) return null;
  switch (measure) {
    case 'auc':
      return meta.logitAuc;
    case 'slope':
      return meta.calibrationSlope;
    case 'oe':
      return meta.logObservedOverExpected;
    case 'in-the-large':
      return meta.calibrationInTheLarge ?? null;
    case 'net-benefit':
      return meta.netBenefit?.find((one) => near(one.threshold, threshold))?.pooled ?? null;
  }
}

/** Shares of the weight, by site: of the meta-analysis, or from its AUC alone 1 / (variance + τ²) on the logit scale. */
function weightsOf(rows: RowsResult, wanted: Wanted): ReadonlyMap<string, number> {
  const pooled = measureOf(rows, wanted);
  if (isValue(pooled)) return new Map(pooled.included.map((site, i) => [site, pooled.hartungKnapp.weights[i]!]));
  const headline = rows.headline.find((one) => one.model === wanted.model);
  if (wanted.measure !== 'auc' || headline === undefined || 'notEstimable' in headline) return new Map();
  const raw = rows.sites.flatMap(({ site, models }): [string, number][] => {
    const auc = models.find((one) => one.model === wanted.model)?.auc;
    if (!isValue(auc) || !isValue(auc.standardError) || auc.auc <= 0 || auc.auc >= 1 || auc.standardError === 0) return [];
    return [[site, 1 / ((auc.standardError / (auc.auc * (1 - auc.auc))) ** 2 + headline.tau2)]];
  });
  const total = raw.reduce((sum, [, weight]) => sum + weight, 0);
  return new Map(raw.map(([site, weight]) => [site, weight / total]));
}

function poolOf(rows: RowsResult, wanted: Wanted): ForestPool | { readonly reason: string } {
  const { model, measure } = wanted;
  const label = 'Pooled, random effects';
  const absent = 'A prediction interval needs three hospitals';
  if (measure === 'auc') {
    const headline = rows.headline.find((one) => one.model === model);
    if (headline === undefined || 'notEstimable' in headline) return { reason: headline === undefined ? 'Nothing is pooled' : headline.notEstimable };
    const bounds = ([low, high]: readonly [number, number]): Bounds => ({ low, high });
    return { label, sites: headline.sites, estimate: headline.auc, confidence: bounds(headline.confidence), prediction: headline.prediction === null ? null : bounds(headline.prediction), predictionAbsent: absent, tau2: headline.tau2, i2: headline.i2 };
  }
  const pooled = measureOf(rows, wanted);
  if (!isValue(pooled)) return { reason: pooled === null ? `${measures[measure].name} is not pooled in this run` : whyNot(pooled)!.reason };
  const { hartungKnapp: found, included } = pooled;
  const back = measure === 'oe' ? exponential : (x: number): number => x;
  const bounds = ({ low, high }: Bounds): Bounds => ({ low: back(low), high: back(high) });
  return { label, sites: included.length, estimate: back(found.estimate), confidence: bounds(found.confidence), prediction: found.prediction === null ? null : bounds(found.prediction), predictionAbsent: absent, tau2: found.tau2, i2: found.i2 };
}

/** As it stands after a word: abbreviations keep their capitals. */
const inSentence = (name: string): string => (/^[A-Z][a-z]/.test(name) ? `${name[0]!.toLowerCase()}${name.slice(1)}` : name);

/** The answer: the pooled figure with its interval and the prediction interval. No verdict. */
function answerOf({ name, kind }: MeasureWords, pool: ForestPool | { readonly reason: string }, { validation, lines }: { readonly validation: string; readonly lines: readonly ForestRow[] }): string {
  if (!('estimate' in pool)) {
    const found = lines.flatMap(({ result }) => ('estimate' in result ? [result.estimate] : []));
    const why = `${pool.reason.replace(/\.$/, '')}.`;
    if (found.length === 0) return why;
    return `${name} ${found.length === 1 ? '' : 'between '}${found.length === 1 ? number(found[0]!, kind) : `${number(Math.min(...found), kind)} and ${number(Math.max(...found), kind)}`} at ${plural(found.length, 'hospital')}. ${why}`;
  }
  const where = validation === 'leave-one-site-out' ? `over ${plural(pool.sites, 'hospital')}, each left out of training in turn` : `over ${plural(pool.sites, 'hospital')}`;
  const next = pool.prediction === null ? '' : ` In a new hospital like these, expect ${pool.prediction.low < 0 ? '' : 'between '}${range(pool.prediction.low, pool.prediction.high, kind).replace('–', ' and ')}.`;
  return `Pooled ${inSentence(name)} ${estimate(pool.estimate, pool.confidence, kind)} ${where}.${next}`;
}
