import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { siteTables, type LocalSite } from '@consilium/cli';
import { readPlan, type ParsedPlan } from '@consilium/study';

/** The project's root, from the sources and from the build alike: the command line is in apps/cli/dist. */
export const root = join(dirname(createRequire(import.meta.url).resolve('@consilium/cli')), '../../..');

export const wdbcTable = join(root, 'test/oracle/data/wdbc.csv');
export const shortPlan = join(root, 'test/federation/short-plan.yaml');
export const wdbcPlan = join(root, 'examples/wdbc.yaml');
export const consilium = join(root, 'apps/cli/bin/consilium.js');

/** Four hospitals with the patients of the Wisconsin table, each with the whole dictionary. */
export async function wdbcSites(): Promise<LocalSite[]> {
  const { dictionary } = (await parsed(wdbcPlan)).plan;
  return [...siteTables(await readFile(wdbcTable, 'utf8'))].map(([name, table]) => ({ name, table, dictionary }));
}

/** The canonical text of a plan file. */
export const planText = async (file: string): Promise<string> => (await parsed(file)).text;

async function parsed(file: string): Promise<ParsedPlan> {
  const read = await readPlan(file);
  if ('problems' in read) throw new Error(read.problems.map(({ sentence }) => sentence).join(' '));
  return read;
}

/** results.json as `consilium simulate` writes it for the same plan and table. */
export async function simulated(plan: string): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), 'consilium-simulated-'));
  try {
    await promisify(execFile)(process.execPath, [consilium, 'simulate', plan, '--table', wdbcTable, '--out', out]);
    return await readFile(join(out, 'results.json'), 'utf8');
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
