import { readFile } from 'node:fs/promises';
import { inProcessFederation } from '@consilium/federation/in-process';
import { executePlan, readPlan, serialiseResults } from '@consilium/study';
import { parseDictionary, parseTable, requireSound, splitBySite } from '@consilium/tables';
import { median, timed, type Bench } from './bench.js';
import { projectFile } from './tables.js';

export const simulateBench: Bench = {
  name: 'simulate',
  title: 'A whole plan in one process: examples/wdbc.yaml, from the table to results.json',
  async run(note) {
    const parsed = await readPlan(projectFile('examples/wdbc.yaml'));
    if ('problems' in parsed) throw new Error('The plan has mistakes.');
    const { plan } = parsed;
    const dictionary = parseDictionary(plan.dictionary);
    if ('problems' in dictionary) throw new Error('The dictionary has mistakes.');
    const csv = await readFile(projectFile('test/oracle/data/wdbc.csv'));
    let rounds = 0;
    const simulate = async (): Promise<string> => {
      const { table, issues } = parseTable(csv, { siteColumn: 'site', dictionary: dictionary.dictionary });
      requireSound(issues, new Set(['site']));
      rounds = 0;
      const tables = splitBySite(table, 'site');
      return serialiseResults(await executePlan(inProcessFederation({ tables, profile: plan.disclosure, onBatch: () => rounds++ }), plan));
    };
    const milliseconds = median(await timed(3, simulate, 1));
    note(`${rounds} rounds.`);
    return [
      { name: 'examples/wdbc.yaml', value: milliseconds / 1000, unit: 's' },
      { name: 'examples/wdbc.yaml, a round', value: milliseconds / rounds, unit: 'ms' },
    ];
  },
};
