import { isSuppressed, type RunResults } from '@consilium/study';
import { textTable } from './text-table.js';

/** The parts of the evaluation a terminal shows. Read from results, whose figures may each be suppressed. */
interface ShownModel {
  readonly model: string;
  readonly auc: unknown;
}
interface ShownRows {
  readonly headline: readonly { readonly model: string; readonly auc?: number; readonly confidence?: readonly [number, number]; readonly prediction?: readonly [number, number] | null }[];
  readonly sites: readonly { readonly site: string; readonly patients: unknown; readonly classes: unknown; readonly models: readonly ShownModel[] }[];
}

const three = (x: number): string => x.toFixed(3);
const range = (low: number, high: number): string => `${three(low)}–${three(high)}`;

/** What a run found, for a terminal: the selection, and the AUC of every model at every site with the pooled estimate and its prediction interval. */
export function summaryOf(results: RunResults): string {
  const { select, evaluate } = results.stages;
  const rows = isSuppressed(evaluate) || evaluate === undefined ? {} : (evaluate['rows'] as Readonly<Record<string, ShownRows | { suppressed: { reason: string } }>>);
  const parts = Object.entries(rows).map(([name, part]) => (isSuppressed(part) ? `Rows ${name}: suppressed. ${part.suppressed.reason}` : validationTable(name, part as ShownRows)));
  if (results.stages['private'] !== undefined) return [`${results.plan.title} (${results.sites.length} sites)`, ...privateParts(results.stages['private'])].join('\n\n');
  return [`${results.plan.title} (profile ${results.disclosure}, ${results.sites.length} sites)`, selectionLine(select), permutationTable(results.stages['pipeline']), ...parts].filter((line) => line !== '').join('\n\n');
}

interface ShownPrivate {
  readonly epsilon: number;
  readonly delta: number;
  readonly counts: { readonly standardDeviation: number; readonly tables: readonly { readonly column: string; readonly levels: readonly { readonly level: string; readonly count: number }[] }[] } | null;
  readonly logistic: { readonly patients: number; readonly coefficients: readonly { readonly feature: string; readonly estimate: number; readonly standardDeviation: number }[] } | null;
}

function privateParts(stage: unknown): string[] {
  if (isSuppressed(stage)) return [`Private answers: suppressed. ${stage.suppressed.reason}`];
  const { epsilon, delta, counts, logistic } = stage as ShownPrivate;
  const why = (part: unknown, name: string): string[] => (isSuppressed(part) ? [`${name}: suppressed. ${part.suppressed.reason}`] : []);
  const tables = counts === null || isSuppressed(counts) ? why(counts, 'Counts') : counts.tables.map(({ column, levels }) => `${column}, ± ${counts.standardDeviation.toFixed(1)} patients of noise\n${textTable(['level', 'patients'], levels.map(({ level, count }) => [level, String(count)]))}`);
  const model = logistic === null || isSuppressed(logistic) ? why(logistic, 'Model') : [`Logistic model of ${logistic.patients} patients\n${textTable(['feature', 'log odds a unit', 'noise ±'], logistic.coefficients.map(({ feature, estimate, standardDeviation }) => [feature, estimate.toPrecision(4), standardDeviation.toPrecision(2)]))}`];
  return [`ε ${epsilon} at δ ${delta} for each patient`, ...tables, ...model];
}

function selectionLine(select: unknown): string {
  if (isSuppressed(select)) return `Selection: suppressed. ${select.suppressed.reason}`;
  const { candidates, test, correlation, selected } = (select ?? {}) as { candidates?: number; test?: unknown; correlation?: unknown; selected?: unknown };
  if (!Array.isArray(selected)) return '';
  const kept = (step: unknown): string => (step === null || step === undefined ? '' : ` → ${(step as { kept: number }).kept}`);
  return `Features: ${candidates ?? 0}${kept(test)}${kept(correlation)} → ${selected.length} selected`;
}

interface ShownPermutation {
  readonly count: number;
  readonly models: readonly { readonly model: string; readonly observed: number | null; readonly mean: number | null; readonly sd: number | null; readonly p: number | null }[];
}

/** Nested AUCs beside those of permuted outcomes, where a pipeline has any. */
function permutationTable(pipeline: unknown): string {
  const permutation = isSuppressed(pipeline) ? null : (pipeline as { readonly permutation?: ShownPermutation | null } | undefined)?.permutation;
  if (!permutation) return '';
  const figure = (x: number | null) => (x === null ? '—' : three(x));
  const rows = permutation.models.map(({ model, observed, mean, sd, p }) => [model, figure(observed), figure(mean), figure(sd), figure(p)]);
  return `Nested cross-validated AUC, and that of ${permutation.count} permutations of the outcome within hospitals; p = (1 + as large) / (1 + permutations)\n${textTable(['model', 'AUC', 'permuted: mean', 'sd', 'p'], rows)}`;
}

function validationTable(name: string, { headline, sites }: ShownRows): string {
  const models = headline.map(({ model }) => model);
  const siteRows = sites.map((site) => [site.site, count(site.patients), eventsOf(site.classes), ...site.models.map(({ auc }) => aucText(auc))]);
  const pooled = headline.map(({ auc, confidence }) => (auc === undefined || confidence === undefined ? '—' : `${three(auc)} (${range(...confidence)})`));
  const prediction = headline.map(({ prediction: interval }) => (interval === undefined || interval === null ? '—' : `${range(...interval)}`));
  const table = textTable(['site', 'patients', 'events', ...models], [...siteRows, ['all sites', '', '', ...pooled], ['a new site', '', '', ...prediction]]);
  return `AUC on ${name} rows (95 % interval); all sites: random effects; a new site: prediction interval\n${table}${restingOnFew(sites)}`;
}

/** One line a site whose AUC rests on fewer than ten events or controls, each begun by a line break. */
export function restingOnFew(sites: readonly { readonly site: string; readonly models: readonly { readonly auc: unknown }[] }[]): string {
  const lines = sites.flatMap(({ site, models }) => {
    const cautions = models.map(({ auc }) => (auc as { readonly caution?: string } | null)?.caution).filter((caution) => caution?.startsWith('The AUC rests on'));
    return cautions.length > 0 ? [`${site}: ${cautions[0]}`] : [];
  });
  return lines.map((line) => `\n${line}`).join('');
}

const count = (figure: unknown): string => (typeof figure === 'number' ? String(figure) : 'suppressed');
const eventsOf = (classes: unknown): string => count((classes as { events?: unknown } | null)?.events);

function aucText(figure: unknown): string {
  if (isSuppressed(figure)) return 'suppressed';
  const { auc, interval } = (figure ?? {}) as { readonly auc?: number; readonly interval?: { readonly low: number; readonly high: number } | null };
  if (auc === undefined) return '—';
  return interval === null || interval === undefined ? three(auc) : `${three(auc)} (${range(interval.low, interval.high)})`;
}
