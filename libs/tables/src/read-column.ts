import { dataErrors, type ErrorCode } from '@consilium/protocol';
import { codesOf, type ColumnDefinition } from './dictionary.js';
import { hasDecimalComma, readBoolean, readCensored, readDate, readNumber } from './read-number.js';
import type { TableColumn } from './table.js';
import { issueAt, type TableIssue } from './table-issue.js';

/** The cells of one column as they stand in the file. */
export interface RawColumn {
  readonly name: string;
  readonly cells: readonly string[];
  /** Line of each cell in the file. */
  readonly lines: ArrayLike<number>;
  readonly definition?: ColumnDefinition | undefined;
  /** Cells that mean "not known". The empty cell is always one. */
  readonly missing: ReadonlySet<string>;
}

export interface ReadColumn {
  readonly column: TableColumn;
  readonly issues: readonly TableIssue[];
  /** Of a number column with `censored: keep`: -1 below the limit, 1 above, 0 exact. */
  readonly censored?: Float64Array;
}

/** Cells that are read as missing in columns without a dictionary line of their own. */
export const GENERAL_MISSING: readonly string[] = ['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'NULL', 'null', '.', '#N/A'];

/** Share of numeric cells above which a column with some text in it is pointed out as a number column with mistakes. */
const MOSTLY = 0.8;
const SHOWN_CODES = 5;

/** Reads a column by its dictionary line; without one, all cells numeric makes a number column, anything else a category. */
export function readColumn(raw: RawColumn): ReadColumn {
  switch (raw.definition?.type) {
    case 'number':
    case 'integer':
      return readNumbers(raw, raw.definition);
    case 'date':
      return readMarked(raw, (cell) => readDate(cell, raw.definition?.format ?? 'YYYY-MM-DD'), `a date written ${raw.definition.format ?? 'YYYY-MM-DD'}`);
    case 'boolean':
      return readMarked(raw, readBoolean, 'yes or no');
    case 'category':
      return readCategory(raw, raw.definition);
    default:
      return inferColumn(raw);
  }
}

interface Finding {
  readonly definition: ErrorCode;
  readonly sentence: string;
  readonly severity: TableIssue['severity'];
  readonly lines: number[];
}

function readNumbers(raw: RawColumn, definition: ColumnDefinition): ReadColumn {
  const { cells, missing, name, lines } = raw;
  const keep = definition.censored === 'keep';
  const [low, high] = definition.range ?? [null, null];
  const values = new Float64Array(cells.length).fill(NaN);
  const flags = keep ? new Float64Array(cells.length) : undefined;
  const decimals = decimalSign(raw);
  const findings = {
    letters: finding(dataErrors.lettersInNumber, 'error', `Column ${name} should hold numbers and holds text.`),
    fraction: finding(dataErrors.lettersInNumber, 'error', `Column ${name} should hold whole numbers.`),
    censored: finding(dataErrors.censoredValue, 'error', `Column ${name} holds values such as "<500".`),
    range: finding(dataErrors.outOfRange, 'warning', `Column ${name} has values outside ${low ?? '-∞'} to ${high ?? '∞'}${definition.unit ? ` ${definition.unit}` : ''}.`),
  };
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell === '' || missing.has(cell)) continue;
    let value = readNumber(cell, decimals.comma);
    if (Number.isNaN(value)) {
      const censored = readCensored(cell, decimals.comma);
      if (!censored || !flags) {
        findings[censored ? 'censored' : 'letters'].lines.push(lines[i]!);
        continue;
      }
      flags[i] = censored.side;
      value = censored.limit;
    }
    if (definition.type === 'integer' && !Number.isInteger(value)) findings.fraction.lines.push(lines[i]!);
    if ((low !== null && value < low) || (high !== null && value > high)) findings.range.lines.push(lines[i]!);
    values[i] = value;
  }
  const issues = [...decimals.issues, ...report(Object.values(findings), name)];
  return { column: { kind: 'number', values }, issues, ...(flags ? { censored: flags } : {}) };
}

function readMarked(raw: RawColumn, read: (cell: string) => number, what: string): ReadColumn {
  const { cells, missing, name, lines } = raw;
  const values = new Float64Array(cells.length).fill(NaN);
  const wrong = finding(dataErrors.lettersInNumber, 'error', `Column ${name} should hold ${what}.`);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell === '' || missing.has(cell)) continue;
    values[i] = read(cell);
    if (Number.isNaN(values[i])) wrong.lines.push(lines[i]!);
  }
  return { column: { kind: 'number', values }, issues: report([wrong], name) };
}

function readCategory(raw: RawColumn, definition: ColumnDefinition | undefined): ReadColumn {
  const { cells, missing, name, lines } = raw;
  const declared = definition && codesOf(definition);
  const isMissing = (cell: string) => cell === '' || (missing.has(cell) && !declared?.includes(cell));
  const levels = declared ?? [...new Set(cells.filter((cell) => !isMissing(cell)))].sort();
  const places = new Map(levels.map((level, i) => [level, i]));
  const unknown = new Map<string, number[]>();
  const codes = new Int32Array(cells.length).fill(-1);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (isMissing(cell)) continue;
    const place = places.get(cell);
    if (place === undefined) unknown.set(cell, [...(unknown.get(cell) ?? []), lines[i]!]);
    else codes[i] = place;
  }
  const issues = [...unknown].slice(0, SHOWN_CODES).map(([code, rows]) =>
    issueAt('error', dataErrors.unknownCode, rows, { column: name, sentence: `${name} = "${code}" is not in {${levels.join(', ')}}.` }));
  return { column: { kind: 'category', levels, codes }, issues };
}

function inferColumn(raw: RawColumn): ReadColumn {
  const { cells, missing, name, lines } = raw;
  const decimals = decimalSign(raw);
  const values = new Float64Array(cells.length).fill(NaN);
  const text: number[] = [];
  let numbers = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell === '' || missing.has(cell)) continue;
    const value = readNumber(cell, decimals.comma);
    if (Number.isNaN(value)) text.push(lines[i]!);
    else {
      values[i] = value;
      numbers++;
    }
  }
  if (text.length === 0) return { column: { kind: 'number', values }, issues: [...decimals.issues, ...sentinels(raw, values)] };
  const read = readCategory(raw, undefined);
  if (numbers < MOSTLY * (numbers + text.length)) return read;
  const sentence = `Column ${name} looks like numbers and holds text, so it is read as a category.`;
  return { ...read, issues: [issueAt('warning', dataErrors.lettersInNumber, text, { column: name, sentence })] };
}

/** Whether the column writes a decimal comma; mixed signs are an error, three decimals throughout could be thousands. */
function decimalSign({ cells, name, lines, missing }: RawColumn): { comma: boolean; issues: TableIssue[] } {
  let thousands = true;
  const comma: number[] = [];
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (!cell.includes(',') || !hasDecimalComma(cell)) continue;
    comma.push(lines[i]!);
    thousands &&= /^[+-]?[1-9]\d{0,2},\d{3}$/.test(cell);
  }
  if (comma.length === 0) return { comma: false, issues: [] };
  const point = Array.from(lines).filter((_, i) => cells[i]!.includes('.') && !missing.has(cells[i]!) && !Number.isNaN(readNumber(cells[i]!)));
  if (point.length > 0) {
    const rows = comma.length < point.length ? comma : point;
    return { comma: false, issues: [issueAt('error', dataErrors.ambiguousNumbers, rows, { column: name, sentence: `Column ${name} mixes decimal points and decimal commas.` })] };
  }
  const sentence = `Column ${name}: the comma is read as the decimal sign. Write thousands without a separator.`;
  return { comma: true, issues: thousands ? [issueAt('warning', dataErrors.ambiguousNumbers, comma, { column: name, sentence })] : [] };
}

const SENTINELS = new Set([-9, -99, -999, -9999, -1]);

/** A lone negative code among values that are otherwise never negative is pointed out: it may be an undeclared missing code. */
function sentinels({ name, lines }: RawColumn, values: Float64Array): TableIssue[] {
  const rows: number[] = [];
  let others = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < 0 && !SENTINELS.has(value)) return [];
    if (value < 0) rows.push(lines[i]!);
    else if (value > 1) others++;
  }
  if (rows.length === 0 || others <= rows.length) return [];
  const sentence = `Column ${name} holds a negative code such as -9. Declare it as missing if it means "not known"; it is read as a number.`;
  return [issueAt('warning', dataErrors.outOfRange, rows, { column: name, sentence })];
}

const finding = (definition: ErrorCode, severity: TableIssue['severity'], sentence: string): Finding => ({ definition, severity, sentence, lines: [] });

const report = (findings: readonly Finding[], column: string): TableIssue[] =>
  findings.filter(({ lines }) => lines.length > 0).map(({ definition, severity, sentence, lines }) => issueAt(severity, definition, lines, { column, sentence }));
