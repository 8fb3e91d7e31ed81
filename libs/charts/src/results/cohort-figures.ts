import type { Finding, FigureTable, Cell } from '../figure.js';
import { hidden, numeric, words } from '../figure.js';
import { flowFigure, type FlowBox } from '../figures/flow.js';
import { matrixFigure } from '../figures/matrix.js';
import { count, fixed, percent, plural, pValue, share } from '../numbers.js';
import { isIndicator } from './indicator.js';
import { isValue, whyNot, type CohortResult, type DescribeResult, type RanksResult, type Result } from './results-file.js';
import { factsOf, siteNumber, type RunContext } from './run-context.js';

export function describedOf({ results }: RunContext): DescribeResult | null {
  return isValue(results.stages.describe) ? results.stages.describe : null;
}

const partNames: Readonly<Record<string, string>> = { training: 'Training rows', test: 'Test rows' };

/** Sites of a part of the cohort and their counts. */
function sitesOf(cohort: CohortResult) {
  return cohort.sites.map((site) => ({ site: site.site, patients: site.suppressed === undefined ? site.patients : { suppressed: site.suppressed }, events: site.events }));
}

/** Patients by site and part; a total stands only where every part of it is shown. */
export function cohortFlow(context: RunContext): Finding {
  const described = describedOf(context);
  if (described === null) return { absent: 'The cohort is not described in this run.' };
  const parts = Object.entries(described.cohort).filter((entry): entry is [string, CohortResult] => isValue(entry[1]));
  if (parts.length === 0) return { absent: whyNot(Object.values(described.cohort)[0])?.reason ?? 'The cohort is not described in this run.' };
  const bySite = new Map<string, { patients: number; events: number | null; hidden: string | null }>();
  for (const [, cohort] of parts) {
    for (const { site, patients, events } of sitesOf(cohort)) {
      const before = bySite.get(site) ?? { patients: 0, events: 0, hidden: null };
      const why = whyNot(patients ?? null);
      bySite.set(site, why === null ? { patients: before.patients + (patients as number), events: before.events === null || !isValue(events) ? null : before.events + events, hidden: before.hidden } : { ...before, hidden: why.reason });
    }
  }
  const branches: FlowBox[] = [...bySite].map(([site, { patients, events, hidden: reason }]) => (reason === null ? { label: site, patients, ...(events === null ? {} : { detail: `(${count(events)})` }) } : { label: site, patients: null, suppressed: reason }));
  const complete = branches.every(({ suppressed }) => suppressed === undefined);
  const total = complete ? branches.reduce((sum, { patients }) => sum + patients!, 0) : null;
  const events = complete && [...bySite.values()].every((one) => one.events !== null) ? [...bySite.values()].reduce((sum, one) => sum + one.events!, 0) : null;
  const answer = total === null ? 'Not every hospital shows its counts, so no total is given.' : `${plural(total, 'patient')}${events === null ? '' : `, ${count(events)} with the event (${percent(events / total, total)})`}, at ${plural(branches.length, 'hospital')}.`;
  const facts = factsOf(context, { sites: branches.length - branches.filter(({ suppressed }) => suppressed !== undefined).length, patients: total, events, suppressed: branches.filter(({ suppressed }) => suppressed !== undefined).length });
  return { figure: flowFigure({ id: 'cohort-flow', title: 'Patients by hospital', steps: [{ label: 'Patients of the plan', patients: total, ...(events === null ? {} : { detail: `(${count(events)} events)` }), ...(complete ? {} : { suppressed: 'A hospital hides its count' }) }], branches, unit: 'patients', answer, facts }) };
}

/** Missing values of each column at each site, as shares of its patients. */
export function missingMatrix(context: RunContext, part: string): Finding {
  const cohort = describedOf(context)?.cohort[part];
  if (!isValue(cohort)) return { absent: 'Missing values are not counted in this run.' };
  const columns = [...new Set(cohort.sites.flatMap(({ missing }) => Object.keys(missing ?? {})))];
  if (columns.length === 0) return { absent: "No clinical variable is in this run's plan." };
  const cells = cohort.sites.map(({ patients, missing, suppressed }) =>
    columns.map((column) => {
      const own = missing?.[column];
      const why = suppressed === undefined ? whyNot(own ?? null) : { reason: suppressed.reason };
      return why === null && isValue(patients) && patients > 0 ? { value: (own as number) / patients } : { value: null, suppressed: why?.reason ?? 'Not shown' };
    }),
  );
  const hiddenCells = cells.flat().filter(({ value }) => value === null).length;
  const most = Math.max(0, ...cells.flat().map(({ value }) => value ?? 0));
  return {
    figure: matrixFigure({
      id: 'missing',
      title: 'Missing values',
      reading: 'Share of patients without a value, by hospital and variable.',
      answer: most === 0 && hiddenCells === 0 ? 'No value is missing.' : `At most ${percent(most)} of a hospital's patients lack a variable.`,
      legend: `Share of patients without a value (${partNames[part] ?? part}).`,
      methods: 'Missing values were counted at each hospital before anything was fitted.',
      rowsAre: 'Hospital',
      rows: cohort.sites.map(({ site }) => site),
      columns,
      cells,
      format: (value) => percent(value),
      scale: { kind: 'sequential', end: Math.max(0.01, most), low: '', high: 'missing' },
      written: true,
      tree: null,
      facts: factsOf(context, { sites: cohort.sites.length, patients: null, events: null, suppressed: hiddenCells }),
    }),
  };
}

/** Table 1: each clinical variable by outcome, with its test. */
export function tableOne(context: RunContext, part: string): FigureTable | string {
  const cohort = describedOf(context)?.cohort[part];
  if (!isValue(cohort)) return whyNot(cohort)?.reason ?? "This part of the cohort is not in this run's plan.";
  return {
    caption: `Who they are: ${partNames[part] ?? part}`,
    columns: [
      { key: 'row', label: 'Variable' },
      { key: 'all', label: 'All', numeric: true },
      { key: 'events', label: 'With the event', numeric: true },
      { key: 'nonEvents', label: 'Without', numeric: true },
      { key: 'p', label: 'p', numeric: true },
      { key: 'test', label: 'Test' },
    ],
    rows: [headRow(cohort), ...cohort.numbers.flatMap(numberRows), ...cohort.categories.flatMap(categoryRows)],
  };
}

type NumberGroup = CohortResult['numbers'][number]['all'];

/** A number by its mean and spread, then by its ranks; a column of 0 and 1 by how many have 1, tested as the category that it is where the results say so. */
function numberRows(number: CohortResult['numbers'][number]): Record<string, Cell>[] {
  const { column, all, events, nonEvents, ranks, suppressed } = number;
  const ones = isIndicator(all);
  const row = words(ones ? `${column}: 1` : `${column}, mean (SD)`);
  if (suppressed !== undefined) return [{ row, all: hidden(suppressed.reason), events: hidden(suppressed.reason), nonEvents: hidden(suppressed.reason), p: hidden(suppressed.reason), test: NO_TEST }];
  const decimals = decimalsOf(all?.sd);
  const cell = (group: NumberGroup): Cell => {
    if (group === undefined || group.mean === null) return { text: '–', value: null };
    return { text: ones ? share(Math.round(group.mean * group.n), group.n) : spreadText(group.mean, group.sd, decimals), value: group.mean };
  };
  const means = { row, all: cell(all), events: cell(events), nonEvents: cell(nonEvents), ...(ones && number.fisherP !== undefined ? countsTest(number.chiSquared?.p, number.fisherP) : testOf("Student's t", number.p)) };
  return ranks === undefined || ones ? [means] : [means, ranksRow(column, ranks, decimals)];
}

const NO_TEST: Cell = { text: '', value: null };

const testCell = (name: string, p: number | null | undefined): Cell => (p === null || p === undefined ? NO_TEST : words(name));

const testOf = (name: string, p: number | null | undefined): { readonly p: Cell; readonly test: Cell } => ({ p: numeric(p, pValue), test: testCell(name, p) });

/** Fisher's exact test, which tables of two levels have; else the chi-squared test. */
const countsTest = (chiSquared: number | null | undefined, fisher: number | null | undefined) => (fisher === null || fisher === undefined ? testOf('χ²', chiSquared) : testOf("Fisher's exact", fisher));

/** Median and quartiles with the p value of the Mann-Whitney test, from bins of patients. */
function ranksRow(column: string, ranks: Result<RanksResult>, decimals: number): Record<string, Cell> {
  const row = words(`${column}, median (quartiles)`);
  if (!isValue(ranks)) {
    const cell = hidden(whyNot(ranks)!.reason);
    return { row, all: cell, events: cell, nonEvents: cell, p: cell, test: NO_TEST };
  }
  const cell = ([low, median, high]: readonly (number | null)[]): Cell => (median === null || median === undefined ? { text: '–', value: null } : { text: `${fixed(median, decimals)} (${[low, high].map((x) => (x === null || x === undefined ? 'not shown' : fixed(x, decimals))).join(' to ')})`, value: median });
  const { all, events, nonEvents } = ranks.quartiles;
  const test = ranks.mannWhitney;
  const bounds = test === null || pValue(test.pLow) === pValue(test.pHigh) ? '' : ` (p between ${pValue(test.pLow)} and ${pValue(test.pHigh)})`;
  return { row, all: cell(all), events: cell(events), nonEvents: cell(nonEvents), p: numeric(test?.p, pValue), test: testCell(`Mann-Whitney, ${plural(ranks.bins, 'bin')}${bounds}`, test?.p) };
}

/** As many decimals as show three figures of the spread, the same in the whole row. */
const decimalsOf = (sd: number | null | undefined): number => (!sd ? 2 : Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(sd)))));

const spreadText = (mean: number, sd: number | null, decimals: number): string => `${fixed(mean, decimals)}${sd === null ? '' : ` (${fixed(sd, decimals)})`}`;

function headRow(cohort: CohortResult): Record<string, Cell> {
  const cell = (value: Result<number> | null): Cell => (isValue(value) ? numeric(value, count) : hidden(whyNot(value)!.reason));
  const without = isValue(cohort.patients) && isValue(cohort.events) ? cohort.patients - cohort.events : null;
  return { row: words('Patients'), all: cell(cohort.patients), events: cell(cohort.events), nonEvents: without === null ? hidden(whyNot(cohort.events)?.reason ?? 'Not shown') : numeric(without, count), p: numeric(null, pValue), test: NO_TEST };
}

interface Level {
  readonly level: string;
  readonly events: number;
  readonly nonEvents: number;
}

function categoryRows(category: CohortResult['categories'][number]): Record<string, Cell>[] {
  const { column } = category;
  const why = whyNot(category);
  if (why !== null) return [{ row: words(column), all: hidden(why.reason), events: hidden(why.reason), nonEvents: hidden(why.reason), p: hidden(why.reason), test: NO_TEST }];
  const levels = (category['levels'] as readonly Level[] | undefined) ?? [];
  const total = { events: levels.reduce((sum, one) => sum + one.events, 0), nonEvents: levels.reduce((sum, one) => sum + one.nonEvents, 0) };
  const part = (n: number, of: number): Cell => ({ text: of === 0 ? count(n) : `${count(n)}/${count(of)} (${percent(n / of, of)})`, value: n });
  const chi = category['chiSquared'] as { readonly p?: number } | null | undefined;
  const tested = countsTest(chi?.p, category['fisherP'] as number | null | undefined);
  return levels.map(({ level, events, nonEvents }, i) => ({
    row: words(`${column}: ${level}`),
    all: part(events + nonEvents, total.events + total.nonEvents),
    events: part(events, total.events),
    nonEvents: part(nonEvents, total.nonEvents),
    ...(i === 0 ? tested : { p: NO_TEST, test: NO_TEST }),
  }));
}

/** Patients and events by site, for pages that list them. */
export function siteCounts(context: RunContext, part: string): FigureTable | string {
  const cohort = describedOf(context)?.cohort[part];
  if (!isValue(cohort)) return whyNot(cohort)?.reason ?? "This part of the cohort is not in this run's plan.";
  const cell = (value: Result<number> | undefined, why: string | undefined): Cell => (why === undefined && isValue(value) ? numeric(value, count) : hidden(why ?? whyNot(value)?.reason ?? 'Not shown'));
  return {
    caption: `Patients by hospital: ${partNames[part] ?? part}`,
    columns: [
      { key: 'row', label: 'Hospital' },
      { key: 'patients', label: 'Patients', numeric: true },
      { key: 'events', label: 'Events', numeric: true },
      { key: 'rate', label: 'Event rate', numeric: true },
    ],
    rows: cohort.sites.map(({ site, patients, events, suppressed }) => ({
      row: { ...words(site), site: siteNumber(context, site) },
      patients: cell(patients, suppressed?.reason),
      events: cell(events, suppressed?.reason),
      rate: isValue(patients) && isValue(events) && patients > 0 ? numeric(events / patients, (value) => `${fixed(100 * value, 0)}%`) : hidden(suppressed?.reason ?? 'Not shown'),
    })),
  };
}
