import { dataErrors } from '@consilium/protocol';
import { readCells, type Cells } from './csv.js';
import { decodeText } from './decode-text.js';
import { definitionOf, type DataDictionary } from './dictionary.js';
import { GENERAL_MISSING, readColumn } from './read-column.js';
import { pickRows, type Table, type TableColumn } from './table.js';
import { issueAt, type TableIssue } from './table-issue.js';

export interface ParseTableOptions {
  readonly dictionary?: DataDictionary | undefined;
  /** Column of patient identifiers. Default: the dictionary's id, else a column called id, patient, patient_id or pseudonym. */
  readonly idColumn?: string | undefined;
  /** A column that names sites: read as a category whatever it looks like. */
  readonly siteColumn?: string | undefined;
}

export interface ParsedTable {
  readonly table: Table;
  readonly issues: readonly TableIssue[];
  /** The identifier column, or null when the rows were numbered. */
  readonly idColumn: string | null;
  readonly encoding: string;
}

const USUAL_ID_COLUMNS = ['id', 'patient', 'patient_id', 'pseudonym'];

/**
 * A CSV file (comma, semicolon or tab; UTF-8, UTF-16 or GBK; decimal point or comma) as a table ordered by patient. Never throws for what
 * a file holds: cells that cannot be read become missing and stand in `issues` as errors, and `requireSound` refuses what rests on them.
 */
export function parseTable(input: Uint8Array | string, options: ParseTableOptions = {}): ParsedTable {
  const decoded = typeof input === 'string' ? { text: input.replace(/^\ufeff/, ''), encoding: 'utf-8' } : decodeText(input);
  if (!decoded) return unreadable('The file is no text in UTF-8, UTF-16 or GBK.');
  const cells = readCells(decoded.text);
  const issues: TableIssue[] = [];
  if (decoded.encoding === 'gb18030') issues.push(note('The file is not UTF-8. It was read as GBK.'));
  const broken = structureOf(cells);
  if (broken) return unreadable(broken);
  if (cells.ragged.length > 0) {
    issues.push(issueAt('error', dataErrors.tableUnreadable, cells.ragged, { sentence: `Rows have fewer or more cells than the header, which has ${cells.header.length}.` }));
  }
  const id = findIdColumn(cells.header, options);
  if (id === null && options.idColumn !== undefined) issues.push(missingColumn(options.idColumn));
  const order = orderPatients(cells, id, issues);
  const columns = readColumns(cells, id, { ...options, issues });
  issues.push(...missingRequired(cells.header, options.dictionary));
  return { table: pickRows({ pseudonyms: order.names, columns }, order.rows), issues, idColumn: id === null ? null : cells.header[id]!, encoding: decoded.encoding };
}

function structureOf({ header, unclosedQuote }: Cells): string | null {
  if (header.length === 0 || header.every((name) => name === '')) return 'The file is empty.';
  if (unclosedQuote) return 'A quotation mark is opened and never closed.';
  const empty = header.indexOf('');
  if (empty >= 0) return `Column ${empty + 1} has no name.`;
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  return twice === undefined ? null : `The name ${twice} stands twice in the header.`;
}

function findIdColumn(header: readonly string[], { idColumn, dictionary }: ParseTableOptions): number | null {
  const declared = Object.entries(dictionary?.columns ?? {}).find(([, { role }]) => role === 'id')?.[0];
  const name = idColumn ?? declared;
  const place = name === undefined ? header.findIndex((column) => USUAL_ID_COLUMNS.includes(column.toLowerCase())) : header.indexOf(name);
  return place < 0 ? null : place;
}

/** Rows in ascending order of the identifiers; the second row of an identifier, and a row without one, are left out with an error. */
function orderPatients(cells: Cells, id: number | null, issues: TableIssue[]): { names: string[]; rows: Int32Array } {
  const count = cells.lines.length;
  if (id === null) {
    issues.push(note('The table has no column of patient identifiers. Rows are numbered instead.'));
    const width = String(count).length;
    return { names: Array.from({ length: count }, (_, i) => `row-${String(i + 1).padStart(width, '0')}`), rows: Int32Array.from({ length: count }, (_, i) => i) };
  }
  const names = [...cells.cells[id]!];
  const rows: number[] = [];
  const seen = new Set<string>();
  const repeated: number[] = [];
  const nameless: number[] = [];
  names.forEach((name, i) => {
    if (name === '') nameless.push(cells.lines[i]!);
    else if (seen.has(name)) repeated.push(cells.lines[i]!);
    else {
      seen.add(name);
      rows.push(i);
    }
  });
  const column = cells.header[id]!;
  if (repeated.length > 0) issues.push(issueAt('error', dataErrors.duplicatePatients, repeated, { sentence: `Column ${column} names a patient for the second time.` }));
  if (nameless.length > 0) issues.push(issueAt('error', dataErrors.duplicatePatients, nameless, { sentence: `Column ${column} names no patient.` }));
  rows.sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  return { names, rows: Int32Array.from(rows) };
}

function readColumns(cells: Cells, id: number | null, options: ParseTableOptions & { readonly issues: TableIssue[] }): Map<string, TableColumn> {
  const { dictionary, siteColumn, issues } = options;
  const general = new Set([...GENERAL_MISSING, ...(dictionary?.missing ?? [])]);
  const columns = new Map<string, TableColumn>();
  let undescribed = 0;
  cells.header.forEach((name, j) => {
    if (j === id) return;
    const own = definitionOf(dictionary, name);
    if (dictionary && !own) undescribed++;
    const isSite = name === siteColumn || own?.role === 'site';
    const definition = isSite ? { ...own, type: 'category' as const } : own;
    const missing = own?.missing ? new Set([...general, ...own.missing]) : general;
    const read = readColumn({ name, cells: cells.cells[j]!, lines: cells.lines, definition, missing });
    columns.set(name, read.column);
    if (read.censored) columns.set(`${name}_censored`, { kind: 'number', values: read.censored });
    issues.push(...read.issues);
  });
  if (undescribed > 0) issues.push(note(`${undescribed} ${undescribed === 1 ? 'column is' : 'columns are'} not in the data dictionary. Their types were inferred.`));
  return columns;
}

function missingRequired(header: readonly string[], dictionary: DataDictionary | undefined): TableIssue[] {
  const present = new Set(header);
  return Object.entries(dictionary?.columns ?? {}).filter(([name, { required }]) => required && !present.has(name)).map(([name]) => missingColumn(name));
}

const missingColumn = (column: string): TableIssue =>
  issueAt('error', dataErrors.columnMissing, [], { column, sentence: `Column ${column} is required and is not in the table.` });

const note = (sentence: string): TableIssue => ({ severity: 'note', count: 0, rows: [], sentence });

const unreadable = (sentence: string): ParsedTable => ({
  table: { pseudonyms: [], columns: new Map() },
  issues: [issueAt('error', dataErrors.tableUnreadable, [], { sentence })],
  idColumn: null,
  encoding: 'utf-8',
});
