import { fileStamp } from '@consilium/operations';
import { ConsiliumError, dataErrors, type ErrorCode } from '@consilium/protocol';
import { joinTables, parseDictionary, parseTable, pickRows, type DataDictionary, type LinkageReport, type Table, type TableIssue } from '@consilium/tables';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { joinFeatures, type ExtractedFeatures } from '../extraction/extracted-features.js';
import { siteFolder } from '../folder/site-folder.js';
import { excludedPatients, readReviews } from '../patients/patient-reviews.js';
import type { TableSettings } from '../settings/agent-settings.js';

/** The site's patients as they are now: the tables of agent.json, joined. */
export interface Cohort {
  readonly table: Table;
  readonly issues: readonly TableIssue[];
  readonly linkage: LinkageReport;
  readonly dictionaries: ReadonlyMap<string, DataDictionary>;
  /** sha256 of patients, columns and cells: two equal digests are the same data. */
  readonly digest: string;
}

/**
 * Reads the tables once and again when a file changed (by size, time and inode). Relative paths start at the site folder. A file that
 * cannot be read is an error issue, never an exception with a path in it. Patients whom people at the site excluded are not in the cohort.
 */
export class CohortReader {
  private cohort: Cohort | undefined;
  private whole: Cohort | undefined;
  private joined: Cohort | undefined;
  private stamp = '';
  /** The files were looked at in this turn of the event loop: the parts of one message rest on one look. */
  private looked = false;

  constructor(
    private readonly root: string,
    private readonly tables: readonly TableSettings[],
  ) {}

  read(): Cohort {
    if (this.cohort && this.looked) return this.cohort;
    this.looked = true;
    setImmediate(() => (this.looked = false));
    const { reviews } = siteFolder(this.root);
    const stamp = [...this.tables.flatMap((table) => [table.file, table.dictionary].map((file) => (file === null ? '' : this.stampOf(file)))), this.stampOf(reviews)].join();
    if (!this.cohort || stamp !== this.stamp) {
      this.whole = this.readAll();
      this.cohort = withoutExcluded(this.whole, reviews);
      this.stamp = stamp;
    }
    return this.cohort;
  }

  /** With the patients that were excluded: for those who decide about them. */
  readUnreviewed(): Cohort {
    this.read();
    return this.whole!;
  }

  /** The cohort with extracted features among its columns. Read once for one version of both. */
  readWith(features: ExtractedFeatures): Cohort {
    const base = this.read();
    const digest = joinedDigest(base.digest, features.key);
    if (this.joined?.digest !== digest) this.joined = { ...base, table: joinFeatures(base.table, features), digest };
    return this.joined;
  }

  private stampOf(file: string): string {
    try {
      return fileStamp(resolve(this.root, file)) ?? 'absent';
    } catch {
      return 'absent';
    }
  }

  private readAll(): Cohort {
    const issues: TableIssue[] = [];
    if (this.tables.length === 0) issues.push(problem('agent.json names no table.'));
    const dictionaries = new Map<string, DataDictionary>();
    const named = this.tables.map((settings) => {
      const read = this.readOne(settings);
      if (read.dictionary) dictionaries.set(settings.name, read.dictionary);
      issues.push(...read.issues.map((issue) => ({ ...issue, sentence: `Table ${settings.name}: ${issue.sentence}` })));
      return { name: settings.name, table: read.table };
    });
    const joined = joinTables(named);
    return { table: joined.table, issues: [...issues, ...joined.issues], linkage: joined.linkage, dictionaries, digest: digestOf(joined.table) };
  }

  private readOne(settings: TableSettings): { table: Table; issues: readonly TableIssue[]; dictionary?: DataDictionary } {
    const empty: Table = { pseudonyms: [], columns: new Map() };
    let dictionary: DataDictionary | undefined;
    if (settings.dictionary !== null) {
      const read = readDictionary(resolve(this.root, settings.dictionary));
      if ('problems' in read) return { table: empty, issues: read.problems.map((sentence) => problem(sentence, dataErrors.dictionaryMistaken)) };
      dictionary = read.dictionary;
    }
    let bytes: Buffer;
    try {
      bytes = readFileSync(resolve(this.root, settings.file));
    } catch (error) {
      return { table: empty, issues: [problem(`The file cannot be read (${codeOf(error)}).`)] };
    }
    const { table, issues } = parseTable(bytes, { dictionary, idColumn: settings.id ?? undefined });
    return { table, issues, ...(dictionary ? { dictionary } : {}) };
  }
}

/** Without the patients that people excluded. Where their record is damaged nobody knows who that is, and nothing may rest on the cohort. */
function withoutExcluded(whole: Cohort, path: string): Cohort {
  const reviews = readReviews(path);
  if (!reviews) return { ...whole, issues: [...whole.issues, problem('The record of excluded patients cannot be read.', dataErrors.reviewsDamaged)] };
  const excluded = excludedPatients(reviews);
  const { pseudonyms } = whole.table;
  const rows = pseudonyms.flatMap((patient, row) => (excluded.has(patient) ? [] : [row]));
  if (rows.length === pseudonyms.length) return whole;
  const table = pickRows(whole.table, rows);
  return { ...whole, table, digest: digestOf(table) };
}

/** A dictionary file, YAML or JSON by its content. */
function readDictionary(path: string): { dictionary: DataDictionary } | { problems: readonly string[] } {
  try {
    const text = readFileSync(path, 'utf8');
    const parsed = parseDictionary(extname(path) === '.json' ? JSON.parse(text) : parseYaml(text));
    return 'dictionary' in parsed ? parsed : { problems: parsed.problems.map(({ sentence }) => sentence) };
  } catch (error) {
    const code = codeOf(error);
    return { problems: [code === 'unknown' ? 'The data dictionary is not YAML.' : `The data dictionary cannot be read (${code}).`] };
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown';

const problem = (sentence: string, definition: ErrorCode = dataErrors.tableUnreadable): TableIssue => ({ severity: 'error', definition, count: 0, rows: [], sentence });

function digestOf({ pseudonyms, columns }: Table): string {
  const hash = createHash('sha256').update(JSON.stringify(pseudonyms));
  for (const name of [...columns.keys()].sort()) {
    const column = columns.get(name)!;
    hash.update(JSON.stringify([name, column.kind, column.kind === 'category' ? column.levels : null]));
    const cells = column.kind === 'number' ? column.values : column.codes;
    hash.update(new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength));
  }
  return hash.digest('hex');
}

/** The version of tables and of the features that belong to them. */
export const joinedDigest = (tables: string, features: string): string => createHash('sha256').update(`${tables} ${features}`).digest('hex');

/** Refuses what rests on a table that could not be read, or on one of the columns that were read with errors. No patients is an error too. */
export function requireUsable(cohort: Cohort, columns: Iterable<string>): void {
  const used = new Set(columns);
  const issue = cohort.issues.find(({ severity, column }) => severity === 'error' && (column === undefined || used.has(column)));
  if (issue) {
    const title = issue.definition?.title ?? dataErrors.tableUnreadable.title;
    throw new ConsiliumError(issue.definition ?? dataErrors.tableUnreadable, `${title}${issue.column === undefined ? '' : `: ${issue.column}`}. Nothing was computed.`);
  }
  if (cohort.table.pseudonyms.length === 0) throw new ConsiliumError(dataErrors.tooFewPatients, 'The table has no patients. Nothing was computed.');
}
