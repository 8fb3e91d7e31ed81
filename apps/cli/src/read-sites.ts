import { readFile } from 'node:fs/promises';
import { type DataDictionary, parseDictionary, parseTable, requireSound, splitBySite, type Table } from '@consilium/tables';
import { CommandRefused } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface SitesRequest {
  readonly file: string;
  readonly siteColumn: string;
  /** The plan's dictionary as data, or null. */
  readonly dictionary: unknown;
  /** Columns that are used: only their mistakes refuse the table. */
  readonly columns?: Iterable<string>;
}

/** Every site's patients from one table with a site column. What is wrong with columns that are used is told before anything is computed. */
export async function readSites(request: SitesRequest, terminal: Terminal): Promise<Map<string, Table>> {
  const { file, siteColumn } = request;
  const dictionary = dictionaryFrom(request.dictionary);
  const { table, issues } = parseTable(await readFile(file), { siteColumn, ...(dictionary === undefined ? {} : { dictionary }) });
  const used = request.columns === undefined ? undefined : new Set([...request.columns, siteColumn]);
  for (const issue of issues) {
    if (issue.severity === 'note' || used === undefined || issue.column === undefined || used.has(issue.column)) terminal.note(issue.sentence);
  }
  requireSound(issues, used);
  return splitBySite(table, siteColumn);
}

function dictionaryFrom(data: unknown): DataDictionary | undefined {
  if (data === null || data === undefined) return undefined;
  const parsed = parseDictionary(data);
  if ('problems' in parsed) throw new CommandRefused(parsed.problems.map(({ sentence }) => sentence).join('\n'));
  return parsed.dictionary;
}
