import { disclosureLimits, type DisclosureLimits } from '@consilium/federation';
import { planColumns, type AnalysisPlan } from '@consilium/study';
import { definitionOf, type Table, type TableColumn } from '@consilium/tables';
import { z } from 'zod';
import { tightenLimits } from '../settings/tighten-limits.js';
import type { Cohort } from './cohort.js';

/** What a steward should know before approving: problems stand in the way, warnings say which figures will be held back. */
export interface PlanFit {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** Patients that meet the plan's conditions and have an outcome. */
  readonly patients: number;
  readonly events: number;
}

const NAMED = 5;

/** Holds the site's data against a plan without computing anything of it. */
export function checkPlanFit(plan: AnalysisPlan, cohort: Cohort, own: DisclosureLimits): PlanFit {
  const columns = new Set(planColumns(plan));
  const problems = [...missingColumns(cohort, columns), ...columnErrors(cohort, columns), ...notNumbers(cohort, plan), ...otherDefinitions(cohort, plan, columns)];
  const warnings = cohort.issues.filter(({ severity, column }) => severity === 'warning' && (column === undefined || columns.has(column))).map(({ sentence }) => sentence);
  const outcome = cohort.table.columns.get(plan.outcome.column);
  if (!outcome || problems.length > 0) return { problems, warnings, patients: 0, events: 0 };
  const counts = countOutcome(plan, cohort.table, outcome);
  if (counts.other > 0) problems.push(`Column ${plan.outcome.column} holds something else than 0 and 1 in ${counts.other} rows.`);
  const limits = tightenLimits(disclosureLimits[plan.disclosure], own);
  if (counts.patients === 0) problems.push('No patient meets the conditions of the plan and has an outcome.');
  else warnings.push(...countWarnings(counts, limits));
  return { problems, warnings, patients: counts.patients, events: counts.events };
}

function countWarnings({ patients, events }: { patients: number; events: number }, limits: DisclosureLimits): string[] {
  const found: string[] = [];
  if (patients < limits.minimumPatients) found.push(`There are ${patients} patients; figures of this site alone need ${limits.minimumPatients} and will be suppressed.`);
  const smallest = Math.min(events, patients - events);
  if (smallest === 0) found.push(`All patients have the same outcome. Figures that need two classes cannot be made here.`);
  else if (smallest < limits.minimumPerClass) found.push(`One outcome class has ${smallest} patients; ${limits.minimumPerClass} are needed, so some figures will be suppressed.`);
  return found;
}

function missingColumns(cohort: Cohort, columns: ReadonlySet<string>): string[] {
  const missing = [...columns].filter((name) => !cohort.table.columns.has(name));
  if (missing.length === 0 || cohort.table.columns.size === 0) return [];
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : '';
  return [`The plan needs ${missing.length === 1 ? 'a column' : 'columns'} that the table lacks: ${missing.slice(0, NAMED).join(', ')}${more}.`];
}

const columnErrors = (cohort: Cohort, columns: ReadonlySet<string>): string[] =>
  cohort.issues.filter(({ severity, column }) => severity === 'error' && (column === undefined || columns.has(column))).map(({ sentence }) => sentence);

/** What a plan's dictionary may say of a column beside what the plan itself reads. */
const plannedSchema = z.object({ unit: z.string().optional(), missing: z.array(z.union([z.string(), z.number()])).optional() });

/** A column in another unit, or a code that the plan's dictionary calls missing and this site reads as a number. */
function otherDefinitions({ table, dictionaries }: Cohort, plan: AnalysisPlan, columns: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (const name of columns) {
    const planned = plannedSchema.safeParse(plan.dictionary?.columns[name]);
    if (!planned.success) continue;
    const { unit, missing = [] } = planned.data;
    const own = [...dictionaries.values()].map((dictionary) => definitionOf(dictionary, name)).find((definition) => definition !== undefined);
    if (unit !== undefined && own?.unit !== undefined && own.unit !== unit) found.push(`Column ${name} is in ${own.unit} here and in ${unit} in the plan.`);
    const column = table.columns.get(name);
    const codes = column?.kind === 'number' ? missing.map(Number).filter((code) => column.values.includes(code)) : [];
    if (codes.length > 0) found.push(`Column ${name} holds ${codes.join(', ')}, which the plan's dictionary calls missing. Declare it in this site's dictionary.`);
  }
  return found;
}

function notNumbers(cohort: Cohort, plan: AnalysisPlan): string[] {
  const table = new Set(planColumns(plan));
  const numeric = [...(plan.features?.columns ?? []).filter((name) => table.has(name)), ...plan.clinical.filter(({ levels }) => levels === null).map(({ column }) => column)].filter((name) => !name.includes('='));
  const wrong = numeric.filter((name) => cohort.table.columns.get(name)?.kind === 'category');
  return wrong.slice(0, NAMED).map((name) => {
    const found = cohort.issues.find(({ column, severity }) => column === name && severity === 'warning');
    return found ? `${found.sentence} The plan needs numbers.` : `The plan needs numbers in column ${name}, which holds categories.`;
  });
}

function countOutcome(plan: AnalysisPlan, table: Table, outcome: TableColumn): { patients: number; events: number; other: number } {
  const conditions = plan.cohort.include.map((condition) => matcher(table, condition));
  const event = String(plan.outcome.event);
  const counts = { patients: 0, events: 0, other: 0 };
  for (let row = 0; row < table.pseudonyms.length; row++) {
    const cell = textAt(outcome, row);
    if (cell === undefined || !conditions.every((matches) => matches(row))) continue;
    counts.patients++;
    if (cell === event) counts.events++;
    else if (event === '1' && outcome.kind === 'number' && cell !== '0' && cell !== '1') counts.other++;
  }
  return counts;
}

function matcher(table: Table, { column, oneOf, negate }: AnalysisPlan['cohort']['include'][number]): (row: number) => boolean {
  const cells = table.columns.get(column);
  const wanted = new Set(oneOf.map(String));
  return (row) => {
    const cell = cells && textAt(cells, row);
    return cell !== undefined && wanted.has(cell) !== (negate ?? false);
  };
}

function textAt(column: TableColumn, row: number): string | undefined {
  if (column.kind === 'category') return column.levels[column.codes[row]!];
  const value = column.values[row]!;
  return Number.isNaN(value) ? undefined : String(value);
}
