import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { usage } from './refusal.js';
import type { ReportOptions } from './report-commands.js';
import { csvText, reportTables } from './report-tables.js';
import type { Terminal } from './terminal.js';

/** `consilium report`: results.json as it is, and every figure in it as CSV; of a run at the coordinator also its run.json. */
export async function writeReport(run: string, options: ReportOptions, terminal: Terminal): Promise<void> {
  const { results, evidence } = await read(run, options);
  const stages = stagesOf(results, run);
  await mkdir(options.out, { recursive: true });
  await writeFile(join(options.out, 'results.json'), results);
  if (evidence !== null) await writeFile(join(options.out, 'run.json'), evidence);
  const tables = reportTables(stages);
  for (const table of tables) await writeFile(join(options.out, `${fileName(table.name)}.csv`), csvText(table));
  terminal.out(`In ${options.out}: results.json${evidence === null ? '' : ', run.json'} and ${tables.length} CSV files.`);
}

async function read(run: string, options: ReportOptions): Promise<{ readonly results: string; readonly evidence: string | null }> {
  if (run.endsWith('.json') || existsSync(run)) return { results: await readFile(run, 'utf8'), evidence: null };
  const { fetchRun } = await import('./run-files.js');
  const { results, record } = await fetchRun(run, options);
  return { results, evidence: record };
}

function stagesOf(text: string, source: string): Readonly<Record<string, unknown>> {
  let data: { readonly format?: unknown; readonly stages?: unknown } | null;
  try {
    data = JSON.parse(text) as { format?: unknown; stages?: unknown } | null;
  } catch {
    throw usage(`${source} is not a results.json. Nothing was written.`);
  }
  if (data?.format !== 1 || typeof data.stages !== 'object' || data.stages === null) throw usage(`${source} is not a results.json of this version. Nothing was written.`);
  return data.stages as Record<string, unknown>;
}

const fileName = (path: string): string => path.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 120);
