import {
  type CategoricalTest, type Description, type Federation, federatedDescription, federatedMoments, federatedUnivariateLogistic, type GroupMoments, type Moments, standardDeviation, tTestsOf,
  type Suppressed, type UnivariateRow, type ViewSpec,
} from '@consilium/federation';
import { columnOf, levelsOf, vendorLevels } from '../plan/plan-dictionary.js';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { candidateParameters, ENOUGH_EVENTS, sampleSizeCheck } from '../plan/plan-size.js';
import { figureOf } from './figure-of.js';
import { indicatorTest } from './indicator-test.js';
import { rankMembers, rankSummaries } from './rank-summaries.js';
import { readerAgreement } from './reader-agreement.js';
import { sequenceCounts } from './pipeline/sequence-counts.js';
import { type Figure, isSuppressed, type StageResults, suppressed } from './run-results.js';
import { clinicalDesign, rowsOf, sitesOf, viewOf } from './views.js';

/** The cohort: counts at every site, the table of clinical variables by outcome, and whether the patients are enough. */
export async function describeStage(federation: Federation, plan: AnalysisPlan): Promise<StageResults> {
  const parts = plan.cohort.test === null ? (['training'] as const) : (['training', 'test'] as const);
  const options = describedColumns(plan);
  const described = parts.map((part) => (branch: Federation) => {
    const rows = rowsOf(plan, part);
    return figureOf(() => federatedDescription(sitesOf(branch, rows), viewOf(plan, { rows: rows.conditions, features: [], folds: false }), options));
  });
  const counted = plan.pipeline ? parts.map((part) => (branch: Federation) => figureOf(() => countSequences(branch, plan, part))) : [];
  const byVendor = parts.map((part) => (branch: Federation) => describeVendors(branch, plan, part));
  const ranked = parts.map((part) => (branch: Federation) => figureOf(() => rankSummaries(branch, plan, { part, columns: options.numbers })));
  const [all, ranks, agreement] = (await federation.inParallel<unknown>([
    (branch) => branch.inParallel<unknown>([...described, (own) => figureOf(() => univariateTable(own, plan)), ...counted, ...byVendor]),
    (branch) => branch.inParallel(ranked),
    (branch) => figureOf(() => readerAgreement(branch, plan)),
  ])) as [unknown[], Figure<Ranks>[], Figure<StageResults | null>];
  const descriptions = all.slice(0, parts.length) as Figure<Description>[];
  const sequences = Object.fromEntries(parts.map((part, i) => [part, all[parts.length + 1 + i]]));
  const vendors = Object.fromEntries(parts.map((part, i) => [part, all[all.length - parts.length + i]]));
  const columns = [...options.numbers, ...options.categories.map(({ column }) => column)];
  const byPart = Object.fromEntries(parts.map((part, i) => [part, cohortResults(descriptions[i]!, columns, ranks[i])]));
  const validated = descriptions[parts.length - 1]!;
  return { cohort: byPart, ...(plan.pipeline ? { sequences } : {}), ...(plan.pipeline?.vendor ? { vendors } : {}), ...(agreement === null ? {} : { agreement }), univariate: all[parts.length], sampleSize: sampleSizeFigure(plan, descriptions[0]!), validationSize: validationSize(parts.at(-1)!, validated) };
}

async function countSequences(federation: Federation, plan: AnalysisPlan, part: 'training' | 'test'): Promise<StageResults[]> {
  const rows = rowsOf(plan, part);
  return sequenceCounts(sitesOf(federation, rows), plan, rows);
}

/** The patients of each vendor's scanners, as the cohort is described; null where the plan names no column of vendors with known levels. */
async function describeVendors(federation: Federation, plan: AnalysisPlan, part: 'training' | 'test'): Promise<Figure<StageResults>[] | null> {
  const column = plan.pipeline?.vendor ?? null;
  const levels = column === null ? null : vendorLevels(plan, column);
  if (column === null || levels === null) return null;
  const rows = rowsOf(plan, part);
  const options = describedColumns(plan);
  const own = { numbers: options.numbers, categories: options.categories.filter((one) => one.column !== column) };
  return sitesOf(federation, rows).inParallel(
    levels.map((level) => async (branch: Federation): Promise<Figure<StageResults>> => {
      const view = viewOf(plan, { rows: [...rows.conditions, { column, oneOf: [level] }], features: [], folds: false });
      const found = await figureOf(() => federatedDescription(branch, view, own));
      const shown = cohortResults(found, []);
      return isSuppressed(shown) ? { level, ...shown } : { level, patients: shown['patients'], events: shown['events'], numbers: shown['numbers'], categories: shown['categories'] };
    }),
  );
}

/** Each clinical design column alone in a logistic model on training rows, all in the same rounds; a column that a rule forbids stands by itself. */
async function univariateTable(federation: Federation, plan: AnalysisPlan): Promise<readonly (UnivariateRow | ({ readonly feature: string } & Suppressed))[]> {
  const features = clinicalDesign(plan);
  if (features.length === 0) return [];
  const rows = rowsOf(plan, 'training');
  const figures = await sitesOf(federation, rows).inParallel(
    features.map((feature) => (branch) => figureOf(() => univariateRow(branch, viewOf(plan, { rows: rows.conditions, features: [feature], folds: false })))),
  );
  return figures.map((row, j) => (isSuppressed(row) ? { feature: features[j]!, ...row } : row));
}

async function univariateRow(federation: Federation, view: ViewSpec): Promise<UnivariateRow> {
  const { all } = await federatedMoments(federation, view);
  const [row] = await federatedUnivariateLogistic(federation, { view, scaling: { mean: all.mean, sd: standardDeviation(all, 0) } });
  return row!;
}

function describedColumns(plan: AnalysisPlan) {
  const clinical = new Map(plan.clinical.map((variable) => [variable.column, variable.levels]));
  const names = plan.describe.columns ?? [...clinical.keys()];
  const levels = (name: string) => clinical.get(name) ?? levelsOf(columnOf(plan.dictionary, name));
  return {
    numbers: names.filter((name) => levels(name) === null),
    categories: names.flatMap((column) => {
      const own = levels(column);
      return own === null ? [] : [{ column, levels: own }];
    }),
  };
}

type Ranks = Awaited<ReturnType<typeof rankSummaries>>;

function cohortResults(description: Figure<Description>, columns: readonly string[], ranks?: Figure<Ranks>): Figure<StageResults> {
  if (isSuppressed(description)) return description;
  const { patients, events, sites, numbers, categories } = description;
  const ranksOf = (column: string) => (ranks === undefined ? {} : rankMembers(isSuppressed(ranks) ? ranks : ranks.get(column)));
  return {
    patients,
    events,
    sites: sites.map((one) => ('refusal' in one ? { site: one.site, ...suppressed(one.refusal.rule, one.refusal.sentence) } : siteRow(one.site, one.counts, columns))),
    numbers: numbers.map(({ column, moments }) => (isSuppressed(moments) ? { column, ...moments } : { column, ...numberRow(moments), ...ranksOf(column) })),
    categories: categories.map(({ column, test }) => (isSuppressed(test) ? { column, ...test } : categoryRow(test))),
  };
}

function siteRow(site: string, { patients, events, nonEvents, missing }: Extract<Description['sites'][number], { counts: unknown }>['counts'], columns: readonly string[]) {
  return { site, patients, events, nonEvents, missing: Object.fromEntries(columns.map((column, j) => [column, missing[j]])) };
}

function numberRow(moments: Moments) {
  const group = (one: GroupMoments) => ({ n: one.n, mean: one.n > 0 ? one.mean[0]! : null, sd: one.n > 1 ? standardDeviation(one, 1)[0]! : null });
  const classes = moments.events.n > 1 && moments.nonEvents.n > 1;
  const test = classes ? tTestsOf(moments, 'student') : null;
  return { all: group(moments.all), events: group(moments.events), nonEvents: group(moments.nonEvents), studentT: test?.t[0] ?? null, p: test?.p[0] ?? null, ...indicatorTest(moments) };
}

const categoryRow = ({ column, levels, other, missing, chiSquared, fisherP }: CategoricalTest) => ({ column, levels, other, missing, chiSquared, fisherP });

function sampleSizeFigure(plan: AnalysisPlan, training: Figure<Description>): Figure<StageResults> {
  const counts = countsOf(training);
  if (isSuppressed(counts)) return { candidateParameters: candidateParameters(plan).total, riley: counts };
  return { ...sampleSizeCheck(plan, counts.patients, counts.events) };
}

function countsOf(description: Figure<Description>): Figure<{ patients: number; events: number }> {
  if (isSuppressed(description)) return description;
  const { patients, events } = description;
  if (isSuppressed(patients)) return patients;
  return isSuppressed(events) ? events : { patients, events };
}

/** For each validation site, whether it has fewer than 100 events: its figures are then imprecise. */
function validationSize(rows: string, description: Figure<Description>): Figure<StageResults> {
  if (isSuppressed(description)) return description;
  return {
    rows,
    enoughEvents: ENOUGH_EVENTS,
    sites: description.sites.map((one) => {
      if ('refusal' in one) return { site: one.site, ...suppressed(one.refusal.rule, one.refusal.sentence) };
      const { events } = one.counts;
      return { site: one.site, belowHundredEvents: isSuppressed(events) ? events : events < ENOUGH_EVENTS };
    }),
  };
}
