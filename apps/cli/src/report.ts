import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { usage } from './refusal.js';
import { csvText, reportTables } from './report-tables.js';
import type { Terminal } from './terminal.js';

/** The parts of results.json that a report needs. */
interface ResultsText {
  readonly text: string;
  readonly stages: Readonly<Record<string, unknown>>;
}

/** `consilium report`: results.json as it is, and every figure in it as CSV. */
export async function writeReport(file: string, folder: string, terminal: Terminal): Promise<void> {
  const { text, stages } = await readResults(file);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'results.json'), text);
  const tables = reportTables(stages);
  for (const table of tables) await writeFile(join(folder, `${fileName(table.name)}.csv`), csvText(table));
  terminal.out(`${tables.length + 1} files in ${folder}: results.json, and ${tables.length} CSV files.`);
}

async function readResults(file: string): Promise<ResultsText> {
  const text = await readFile(file, 'utf8');
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw usage(`${file} is not a results.json. Nothing was written.`);
  }
  const stages = (data as { format?: unknown; stages?: unknown } | null)?.stages;
  if ((data as { format?: unknown } | null)?.format !== 1 || typeof stages !== 'object' || stages === null) throw usage(`${file} is not a results.json of this version. Nothing was written.`);
  return { text, stages: stages as Record<string, unknown> };
}

const fileName = (path: string): string => path.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 120);
