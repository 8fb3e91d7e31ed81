import { ConsiliumError, dataErrors, type ErrorCode } from '@consilium/protocol';

/**
 * Something a person should know about a table. `error`: the column (or the table, when no column is named) must not be used as it is;
 * `warning`: a person should look; `note`: how the table was read.
 */
export interface TableIssue {
  readonly severity: 'error' | 'warning' | 'note';
  /** Absent for notes. */
  readonly definition?: ErrorCode;
  readonly column?: string;
  /** Cells or rows concerned. */
  readonly count: number;
  /** The first few lines of the file concerned; the header is line 1. */
  readonly rows: readonly number[];
  /** For people at the site: may show codes, row numbers and counts. */
  readonly sentence: string;
}

const SHOWN_ROWS = 5;

export const someRows = (rows: readonly number[]): string => {
  const shown = rows.slice(0, SHOWN_ROWS).join(', ');
  return rows.length === 1 ? `Row ${shown}.` : `Rows ${shown}${rows.length > SHOWN_ROWS ? ` and ${rows.length - SHOWN_ROWS} more` : ''}.`;
};

export function issueAt(severity: TableIssue['severity'], definition: ErrorCode, rows: readonly number[], what: { column?: string; sentence: string }): TableIssue {
  const sentence = rows.length > 0 ? `${what.sentence} ${someRows(rows)}` : what.sentence;
  return { severity, definition, ...(what.column === undefined ? {} : { column: what.column }), count: rows.length, rows: rows.slice(0, SHOWN_ROWS), sentence };
}

/** The issue in words that may leave the site: the rule and the column, no code, no row, no count. */
export function sentenceForOthers(issue: TableIssue): string {
  const title = issue.definition?.title ?? 'The table was read with a note';
  return issue.column === undefined ? `${title}.` : `${title}: ${issue.column}.`;
}

/** Throws the first error that concerns one of the columns, or the table as a whole. */
export function requireSound(issues: readonly TableIssue[], columns?: Iterable<string>): void {
  const used = columns === undefined ? undefined : new Set(columns);
  const found = issues.find(({ severity, column }) => severity === 'error' && (column === undefined || used === undefined || used.has(column)));
  if (found) throw new ConsiliumError(found.definition ?? dataErrors.tableUnreadable, sentenceForOthers(found));
}
