import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readPlan, type AnalysisPlan } from '@consilium/study';
import { parseDictionary, parseTable, requireSound, splitBySite, type Table } from '@consilium/tables';

const root = new URL('../../../', import.meta.url);

/** A file of the project, by its path from the root. */
export const projectFile = (path: string): string => fileURLToPath(new URL(path, root));

export interface Example {
  readonly plan: AnalysisPlan;
  /** Reads the table again, by site, under the plan's dictionary. */
  readSites(): Map<string, Table>;
}

/** An example plan of the project and its table. */
export async function example(name: 'wdbc' | 'radsyn'): Promise<Example> {
  const parsed = await readPlan(projectFile(`examples/${name}.yaml`));
  if ('problems' in parsed) throw new Error(`examples/${name}.yaml has mistakes.`);
  const read = parseDictionary(parsed.plan.dictionary);
  if ('problems' in read) throw new Error(`The dictionary of examples/${name}.yaml has mistakes.`);
  const csv = await readFile(projectFile(`test/oracle/data/${name}.csv`));
  return {
    plan: parsed.plan,
    readSites() {
      const { table, issues } = parseTable(csv, { siteColumn: 'site', dictionary: read.dictionary });
      requireSound(issues, new Set(['site']));
      return splitBySite(table, 'site');
    },
  };
}
