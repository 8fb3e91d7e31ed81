import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { dealFolds } from './deal-folds.js';
import { permuteOutcome } from './permute-outcome.js';
import { seededKeys } from './seeded-keys.js';
import type { AskedRows, SiteColumn, SiteTable, SiteView } from './site-view.js';
import { ColumnReader, type ArtefactSource } from './view-columns.js';
import type { FoldSpec, HarmoniseSpec, RowCondition, ViewSpec } from './view.js';

/**
 * The complete matrix that a view specification selects from a table (see ViewSpec). Rows keep the table's order: ascending pseudonym.
 * Folds are dealt over the rows that meet the conditions and have an outcome, before rows with missing features are left out, so that a
 * patient has one fold in all views of a run that differ only in features.
 *
 * Throws a ConsiliumError that names the column, and nothing of its content, where a column is missing (E606), holds categories where
 * numbers are needed (E607), the outcome is not 0/1 (E608), a fold is not a whole number (E609) or a model has not arrived (E610).
 */
export function openView(table: SiteTable, spec: ViewSpec, artefacts: ArtefactSource): SiteView {
  const reader = new ColumnReader(table, spec, artefacts);
  const recorded = outcomeOf(reader, spec.outcome);
  const meeting = (conditions: readonly RowCondition[]): number[] => {
    const kept = conditions.map((condition) => matcher(reader.cells(condition.column), condition));
    return rowsWhere(reader.rows, (row) => !Number.isNaN(recorded[row]!) && kept.every((matches) => matches(row)));
  };
  const outcome = spec.permute ? permuteOutcome(recorded, seededKeys(table.pseudonyms, `permute ${spec.permute.seed}`), meeting(spec.permute.rows)) : recorded;
  const candidates = meeting(spec.rows);
  checkBinary(outcome, candidates, spec.outcome);
  const folds = foldsOf({ reader, table, outcome }, candidates, spec.folds);
  if (folds) reader.folds = spread(folds, candidates, reader.rows);
  if (spec.ownScale) reader.scaleRows = meeting(spec.ownScale.rows);
  reader.estimationRows = ({ rows, foldRows }) => meeting(rows).filter(rowsInFolds({ foldRows }, reader.folds));
  const inFolds = foldFilter(spec, folds);
  const columns = spec.features.map((feature) => reader.complete(feature));
  const complete = completePlaces(columns, candidates);
  const places = complete.filter(inFolds);
  const rows = places.map((place) => candidates[place]!);
  const X = new Float64Array(rows.length * columns.length);
  for (const [j, column] of columns.entries()) {
    // Rows keep the table's order: as many as it has are all of it.
    if (rows.length === column.length) X.set(column, j * rows.length);
    else for (let i = 0, at = j * rows.length; i < rows.length; i++, at++) X[at] = column[rows[i]!]!;
  }
  return {
    n: rows.length,
    pseudonyms: rows.map((row) => table.pseudonyms[row]!),
    features: spec.features,
    X,
    y: Uint8Array.from(rows, (row) => outcome[row]!),
    fold: folds ? Int32Array.from(places, (place) => folds[place]!) : new Int32Array(0),
    recorded: (feature) => {
      const values = reader.numbers(feature);
      return Float64Array.from(rows, (row) => values[row]!);
    },
    asked: () => askedRows({ reader, pseudonyms: table.pseudonyms, features: spec.features, candidates, complete: complete.map((place) => candidates[place]!), folds }),
    column: (name) => pick(reader.cells(name), rows),
  };
}

/** Places of the candidates that have a number in every column. */
function completePlaces(columns: readonly Float64Array[], candidates: readonly number[]): number[] {
  const complete = new Uint8Array(candidates.length).fill(1);
  for (const column of columns) {
    for (let place = 0; place < candidates.length; place++) if (Number.isNaN(column[candidates[place]!]!)) complete[place] = 0;
  }
  return rowsWhere(candidates.length, (place) => complete[place] === 1);
}

function rowsWhere(count: number, holds: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (holds(row)) rows.push(row);
  return rows;
}

interface Asked {
  readonly reader: ColumnReader;
  readonly pseudonyms: readonly string[];
  readonly features: readonly string[];
  readonly candidates: readonly number[];
  /** Candidates that have all features. */
  readonly complete: readonly number[];
  readonly folds: Int32Array | undefined;
}

function askedRows({ reader, pseudonyms, features, candidates, complete, folds }: Asked): AskedRows {
  const named = (rows: readonly number[]): string[] => rows.map((row) => pseudonyms[row]!);
  const groups = new Map<string, { rows: readonly number[]; columns: string[] }>();
  for (const feature of features) {
    const values = reader.numbers(feature);
    const own = complete.some((row) => Number.isNaN(values[row]!)) ? complete.filter((row) => !Number.isNaN(values[row]!)) : complete;
    const key = own === complete ? '' : own.join();
    const group = groups.get(key);
    if (group) group.columns.push(feature);
    else groups.set(key, { rows: own, columns: [feature] });
  }
  const counts: number[] = [];
  for (const fold of folds ?? []) counts[fold] = (counts[fold] ?? 0) + 1;
  return { cohort: named(candidates), groups: [...groups.values()].map(({ rows, columns }) => ({ rows: named(rows), columns })), folds: Array.from(counts, (count) => count ?? 0) };
}

/** A fold for every row of the table, -1 for rows that are not among the candidates. */
function spread(folds: Int32Array, candidates: readonly number[], rows: number): Int32Array {
  const all = new Int32Array(rows).fill(-1);
  candidates.forEach((row, place) => (all[row] = folds[place]!));
  return all;
}

/** Whether a candidate is in the folds the view asks for. */
function foldFilter({ foldRows }: Pick<ViewSpec, 'foldRows'>, folds: Int32Array | undefined): (place: number) => boolean {
  if (!foldRows) return () => true;
  if (!folds) throw new ConsiliumError(methodErrors.requestShape, 'A view of single folds names no folds. Nothing was computed.');
  const wanted = new Set(foldRows.folds);
  return (place) => wanted.has(folds[place]!) === foldRows.inside;
}

/** The same for rows of the table: what harmonises a training fold may not see the others. */
function rowsInFolds(spec: Pick<HarmoniseSpec, 'foldRows'>, folds: Int32Array | undefined): (row: number) => boolean {
  const inFolds = foldFilter(spec, folds);
  return (row) => spec.foldRows === undefined || (folds![row]! >= 0 && inFolds(row));
}

/** The outcome as numbers; a column of the categories 0 and 1, or false and true, counts as numbers. */
function outcomeOf(reader: ColumnReader, name: string): Float64Array {
  if (name.includes('=')) return reader.numbers(name);
  const cells = reader.cells(name);
  if (cells.kind === 'number') return cells.values;
  const values = cells.levels.map((level) => (level === '1' || level === 'true' ? 1 : level === '0' || level === 'false' ? 0 : 2));
  return Float64Array.from(cells.codes, (code) => (code < 0 ? NaN : values[code]!));
}

function checkBinary(outcome: Float64Array, rows: readonly number[], name: string): void {
  if (rows.some((row) => outcome[row] !== 0 && outcome[row] !== 1)) {
    throw new ConsiliumError(methodErrors.outcomeNotBinary, `The outcome ${name} holds something else than 0 and 1. Nothing was computed.`);
  }
}

function matcher(cells: SiteColumn, { oneOf, negate }: RowCondition): (row: number) => boolean {
  const wanted = negate !== true;
  if (cells.kind === 'number') {
    const numbers = new Set(oneOf.map((value) => (typeof value === 'string' && value.trim() === '' ? NaN : Number(value))));
    return (row) => !Number.isNaN(cells.values[row]!) && numbers.has(cells.values[row]!) === wanted;
  }
  const texts = new Set(oneOf.map(String));
  return (row) => cells.codes[row]! >= 0 && texts.has(cells.levels[cells.codes[row]!]!) === wanted;
}

interface FoldSource {
  readonly reader: ColumnReader;
  readonly table: SiteTable;
  readonly outcome: Float64Array;
}

function foldsOf({ reader, table, outcome }: FoldSource, rows: readonly number[], spec: FoldSpec | undefined): Int32Array | undefined {
  if (!spec) return undefined;
  if (spec.kind === 'dealt') {
    const keys = seededKeys(table.pseudonyms, spec.seed);
    return dealFolds({ keys: rows.map((row) => keys[row]!), y: Uint8Array.from(rows, (row) => outcome[row]!) }, spec.folds);
  }
  const cells = reader.cells(spec.column);
  const folds = rows.map((row) => (cells.kind === 'number' ? cells.values[row]! : Number(cells.levels[cells.codes[row]!] ?? NaN)));
  if (folds.some((fold) => !Number.isInteger(fold) || fold < 0 || fold > 999)) {
    throw new ConsiliumError(methodErrors.foldNotWhole, `Column ${spec.column} lacks a fold, or holds one that is not a whole number from 0 to 999. Nothing was computed.`);
  }
  return Int32Array.from(folds);
}

function pick(cells: SiteColumn, rows: readonly number[]): SiteColumn {
  if (cells.kind === 'number') return { kind: 'number', values: Float64Array.from(rows, (row) => cells.values[row]!) };
  return { kind: 'category', levels: cells.levels, codes: Int32Array.from(rows, (row) => cells.codes[row]!) };
}
