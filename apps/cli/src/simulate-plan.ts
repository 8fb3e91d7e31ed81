import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inProcessFederation } from '@consilium/federation/in-process';
import { type AnalysisPlan, executePlan, masksSums, planColumns, type RunResults, serialiseResults } from '@consilium/study';
import { checkedPlan } from './checked-plan.js';
import { ProgressLine } from './progress-line.js';
import { readSites } from './read-sites.js';
import { CommandRefused } from './refusal.js';
import { summaryOf } from './results-summary.js';
import type { SimulateOptions } from './simulate-commands.js';
import type { Terminal } from './terminal.js';

/** `consilium simulate PLAN`: the plan's results over a table, as a networked run would give them. */
export async function simulatePlan(file: string, options: SimulateOptions, terminal: Terminal): Promise<RunResults> {
  const plan = permuted((await checkedPlan(file, terminal, options.profile)).plan, options.permute);
  const tables = await readSites({ file: options.table, siteColumn: options.siteColumn, dictionary: plan.dictionary, columns: planColumns(plan) }, terminal);
  const absent = plan.sites.filter((site) => !tables.has(site));
  if (absent.length > 0) throw new CommandRefused(`The table has no rows of ${absent.join(', ')}, which the plan names. Nothing was computed.`);
  const others = [...tables.keys()].filter((site) => !plan.sites.includes(site));
  if (others.length > 0) terminal.note(`Rows of ${others.join(', ')} are left out: the plan does not name them.`);
  const progress = new ProgressLine(terminal);
  const federation = inProcessFederation({
    tables: new Map(plan.sites.map((site) => [site, tables.get(site)!])),
    profile: plan.disclosure,
    noiseSeed: plan.seed,
    masked: masksSums(plan),
    onProgress: (done, total, message) => progress.update(done, total, message),
  });
  const results = await executePlan(federation, plan, { onStage: (stage, index, count) => progress.update(index, count, `Stage ${stage}`) });
  progress.end();
  await writeResults(results, options.out, terminal);
  return results;
}

function permuted(plan: AnalysisPlan, permute: number | undefined): AnalysisPlan {
  if (permute === undefined) return plan;
  if (!plan.pipeline) throw new CommandRefused('The plan has no pipeline, and outcomes are permuted for a pipeline only. Nothing was computed.');
  return { ...plan, pipeline: { ...plan.pipeline, permute } };
}

async function writeResults(results: RunResults, folder: string | undefined, terminal: Terminal): Promise<void> {
  if (folder === undefined) {
    terminal.out(serialiseResults(results));
    return;
  }
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'results.json');
  await writeFile(file, serialiseResults(results));
  terminal.out(summaryOf(results));
  terminal.out(`Results: ${file}`);
}
