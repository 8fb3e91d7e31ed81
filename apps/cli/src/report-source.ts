import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PRODUCT_VERSION } from '@consilium/protocol';
import type { ReportPlan, ReportSource, RunRecord } from '@consilium/report';
import { planDigest } from '@consilium/study';
import { checkedPlan } from './checked-plan.js';
import { usage } from './refusal.js';
import type { ReportOptions } from './report-commands.js';
import type { Terminal } from './terminal.js';

/** What `consilium report` writes from, and the bytes that it writes as they are. */
export interface ReadRun {
  readonly results: string;
  readonly record: string | null;
  readonly source: ReportSource;
}

export async function readRun(run: string, options: ReportOptions, terminal: Terminal): Promise<ReadRun> {
  if (!run.endsWith('.json') && !existsSync(run)) return runOfCentre(run, options);
  const file = existsSync(run) && statSync(run).isDirectory() ? join(run, 'results.json') : run;
  const text = await readFile(file, 'utf8');
  const results = resultsOf(text, file);
  const beside = join(dirname(file), 'run.json');
  const record = existsSync(beside) ? await readFile(beside, 'utf8') : null;
  const known = record === null ? null : recordOf(record, digestOf(text));
  return { results: text, record: known === null ? null : record, source: { ...sourceOf(text, results), plan: await planOf(results, options, terminal), record: known } };
}

async function runOfCentre(run: string, options: ReportOptions): Promise<ReadRun> {
  const { fetchRun } = await import('./run-files.js');
  const { results: text, record, plan, timeline, siteOrder } = await fetchRun(run, options);
  const results = resultsOf(text, 'The run');
  return { results: text, record, source: { ...sourceOf(text, results), plan, record: recordOf(record, digestOf(text)), timeline, siteOrder } };
}

const digestOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const sourceOf = (text: string, results: ReportSource['results']): ReportSource => ({ results, resultsDigest: digestOf(text), plan: null, record: null, timeline: null, siteOrder: null, productVersion: PRODUCT_VERSION });

/** The evidence of these very results; of others it is none. */
function recordOf(text: string, resultsDigest: string): RunRecord | null {
  const record = JSON.parse(text) as RunRecord;
  return record.results === resultsDigest ? record : null;
}

function resultsOf(text: string, source: string): ReportSource['results'] {
  let data: Partial<ReportSource['results']> | null;
  try {
    data = JSON.parse(text) as Partial<ReportSource['results']> | null;
  } catch {
    throw usage(`${source} is not a results.json. Nothing was written.`);
  }
  if (data?.format !== 1 || typeof data.stages !== 'object' || typeof data.plan?.digest !== 'string' || !Array.isArray(data.sites)) throw usage(`${source} is not a results.json of this version. Nothing was written.`);
  return data as ReportSource['results'];
}

/** The plan of a file, which has to be the plan of the results: under its own disclosure profile, or under the one they were simulated with. */
async function planOf(results: ReportSource['results'], { plan: file }: ReportOptions, terminal: Terminal): Promise<ReportPlan | null> {
  if (file === undefined) {
    terminal.note('Without --plan the report has no methods text, and its checklists say less.');
    return null;
  }
  const { plan } = await checkedPlan(file, terminal);
  const simulated = { ...plan, disclosure: results.disclosure as typeof plan.disclosure };
  const same = [plan, simulated].find((one) => planDigest(one) === results.plan.digest);
  if (same === undefined) throw usage(`${file} is not the plan of these results: its digest is ${planDigest(plan).slice(0, 8)}, theirs ${results.plan.digest.slice(0, 8)}. Nothing was written.`);
  return same;
}
