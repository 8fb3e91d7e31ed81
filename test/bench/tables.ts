import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inProcessFederation } from '@consilium/federation/in-process';
import type { Federation } from '@consilium/federation';
import { parseTable, requireSound, splitBySite } from '@consilium/tables';

const root = new URL('../../../', import.meta.url);

/** A file of the project, by its path from the root. */
export const projectFile = (path: string): string => fileURLToPath(new URL(path, root));

/** The example table's sites in one process. */
export async function exampleFederation(name: 'wdbc' | 'radsyn'): Promise<Federation> {
  const { table, issues } = parseTable(await readFile(projectFile(`test/oracle/data/${name}.csv`)), { siteColumn: 'site' });
  requireSound(issues);
  return inProcessFederation({ tables: splitBySite(table, 'site'), profile: 'open-data' });
}
