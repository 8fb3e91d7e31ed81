import { isSuppressed, type RunResults } from '@consilium/study';
import { restingOnFew } from '../results-summary.js';
import { textTable } from '../text-table.js';

/** Parts of results.json that are shown here. Each figure may be suppressed or not estimable. */
interface Block {
  readonly headline: readonly Headline[];
  readonly sites: readonly ShownSite[];
  readonly pooled?: { readonly patients: unknown; readonly events: unknown; readonly models: readonly ShownModel[] };
}

interface Headline {
  readonly model: string;
  readonly auc?: number;
  readonly sites?: number;
  readonly tau2?: number;
  readonly confidence?: Interval;
  readonly prediction?: Interval | null;
  readonly notEstimable?: string;
  readonly excluded?: readonly { readonly site: string; readonly reason: string }[];
}

interface ShownSite {
  readonly site: string;
  readonly patients: unknown;
  readonly classes: unknown;
  readonly models: readonly ShownModel[];
}

interface ShownModel {
  readonly model: string;
  readonly auc: unknown;
  readonly calibration: unknown;
  readonly recalibration: unknown;
}

type Interval = readonly [number, number];

const HEAD = ['AUC (95% CI)', 'slope (95% CI)', 'O:E (95% CI)', 'Brier'];
const intervals: Readonly<Record<string, string>> = { 'hartung-knapp': 'Hartung-Knapp', 'modified-hartung-knapp': 'modified Hartung-Knapp', wald: 'Wald' };
const NORMAL_QUANTILE = 1.959963984540054;

/**
 * What the study found, for a terminal: a model at every hospital that did not train it (or, where the plan leaves no hospital out, at every hospital
 * on patients held out of training), the pooled estimate and the prediction interval on lines of their own; then all models on all held-out patients.
 */
export function validationReport(results: RunResults, planOptions: { readonly method: string; readonly interval: string }): string {
  const evaluate = results.stages['evaluate'];
  if (evaluate === undefined || isSuppressed(evaluate)) return `There is no evaluation. ${evaluate?.suppressed.reason ?? ''}`;
  const rows = (evaluate['rows'] ?? {}) as Readonly<Record<string, unknown>>;
  const heldOut = blockOf(rows['test']);
  const leftOut = blockOf(evaluate['leaveOneSiteOut']);
  const parts: string[] = [];
  if (leftOut) parts.push(bySite(`The model "${nameOf(leftOut)}" at each hospital, trained at the others without it`, leftOut, planOptions));
  else if (heldOut) parts.push(bySite(`The model "${nameOf(heldOut)}" at each hospital, on patients held out of training`, heldOut, planOptions));
  if (heldOut?.pooled) parts.push(byModel(heldOut.pooled));
  return parts.join('\n\n');
}

const blockOf = (value: unknown): Block | undefined => (typeof value === 'object' && value !== null && 'headline' in value ? (value as Block) : undefined);
/** The model that is shown at every hospital: of a pipeline its last word, else the plan's first. */
const shownOf = ({ headline }: Block): Headline => ['combined', 'rad-signature'].flatMap((name) => headline.find(({ model }) => model === name) ?? [])[0] ?? headline[0]!;
const nameOf = (block: Block): string => shownOf(block).model;

function bySite(title: string, block: Block, options: { readonly method: string; readonly interval: string }): string {
  const { sites } = block;
  const shown = shownOf(block);
  const cells = sites.map(({ site, patients, classes, models }) => [site, counts(patients, (classes as { events?: unknown } | null)?.events), ...figures(models.find(({ model }) => model === shown.model)!)]);
  return `${title}\n\n${textTable(['site', 'n (events)', ...HEAD], cells)}${restingOnFew(sites)}\n\n${pooledLines(shown, options).join('\n')}`;
}

function byModel({ patients, events, models }: NonNullable<Block['pooled']>): string {
  const cells = models.map((model) => [model.model, ...figures(model)]);
  return `All models, on the ${count(patients)} patients (${count(events)} events) held out of training, all hospitals together\n\n${textTable(['model', ...HEAD], cells)}`;
}

function pooledLines({ auc, confidence, prediction, sites, tau2, notEstimable, excluded = [] }: Headline, { method, interval }: { method: string; interval: string }): string[] {
  if (auc === undefined || confidence === undefined) return [`Pooled estimate: none. ${notEstimable ?? ''}`];
  return [
    `Pooled AUC:      ${two(auc)} (95% CI ${range(confidence)}), random effects over ${sites} hospitals (${method}, ${intervals[interval] ?? interval})`,
    prediction === null || prediction === undefined
      ? 'A new hospital:  not known; a prediction interval needs three hospitals'
      : `A new hospital:  ${range(prediction)} (95% prediction interval)${tau2 === 0 ? '; hospitals differ no more than chance explains' : ''}`,
    ...excluded.map(({ site, reason }) => `Not pooled:      ${site}. ${reason}`),
  ];
}

function figures({ auc, calibration, recalibration }: ShownModel): string[] {
  return [aucText(auc), slopeText(recalibration), ratioText(calibration), brierText(calibration)];
}

function aucText(figure: unknown): string {
  const missing = absent(figure);
  if (missing !== undefined) return missing;
  const { auc, interval } = figure as { readonly auc: number; readonly interval?: { low: number; high: number } | null };
  const { low, high } = interval ?? {};
  return typeof low === 'number' && typeof high === 'number' ? `${two(auc)} (${range([low, high])})` : two(auc);
}

interface Estimate {
  readonly estimate: number;
  readonly standardError: number;
}

function slopeText(recalibration: unknown): string {
  const slope = absent(recalibration) === undefined ? (recalibration as { slope?: unknown }).slope : recalibration;
  const missing = absent(slope);
  if (missing !== undefined) return missing;
  const { estimate, standardError } = slope as Estimate;
  return `${two(estimate)} (${range([estimate - NORMAL_QUANTILE * standardError, estimate + NORMAL_QUANTILE * standardError])})`;
}

function ratioText(calibration: unknown): string {
  const missing = absent(calibration);
  if (missing !== undefined) return missing;
  const { observedOverExpected, logObservedOverExpected } = calibration as { observedOverExpected: unknown; logObservedOverExpected: unknown };
  if (typeof observedOverExpected !== 'number') return absent(observedOverExpected) ?? '–';
  if (absent(logObservedOverExpected) !== undefined) return two(observedOverExpected);
  const { estimate, standardError } = logObservedOverExpected as Estimate;
  return `${two(observedOverExpected)} (${range([Math.exp(estimate - NORMAL_QUANTILE * standardError), Math.exp(estimate + NORMAL_QUANTILE * standardError)])})`;
}

function brierText(calibration: unknown): string {
  const missing = absent(calibration);
  if (missing !== undefined) return missing;
  const { brier } = calibration as { brier: unknown };
  return typeof brier === 'number' ? brier.toFixed(3) : (absent(brier) ?? '–');
}

/** "suppressed", "–" for what the patients do not carry, or undefined where there is a figure. */
function absent(figure: unknown): string | undefined {
  if (typeof figure !== 'object' || figure === null) return '–';
  if (isSuppressed(figure)) return 'suppressed';
  return 'notEstimable' in figure ? '–' : undefined;
}

const counts = (patients: unknown, events: unknown): string => `${count(patients)} (${count(events)})`;
const count = (figure: unknown): string => (typeof figure === 'number' ? String(figure) : 'suppressed');

const two = (x: number): string => x.toFixed(2).replace('-', '−');
/** An en dash between bounds, "to" where one of them is negative. */
const range = ([low, high]: Interval): string => `${two(low)}${low < 0 || high < 0 ? ' to ' : '–'}${two(high)}`;
