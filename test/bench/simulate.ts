import { inProcessFederation } from '@consilium/federation/in-process';
import { executePlan, serialiseResults } from '@consilium/study';
import { median, timed, type Bench } from './bench.js';
import { example } from './tables.js';

export const simulateBench: Bench = {
  name: 'simulate',
  title: 'A whole plan in one process: examples/wdbc.yaml, from the table to results.json',
  async run(note) {
    const { plan, readSites } = await example('wdbc');
    let rounds = 0;
    const simulate = async (): Promise<string> => {
      rounds = 0;
      return serialiseResults(await executePlan(inProcessFederation({ tables: readSites(), profile: plan.disclosure, onBatch: () => rounds++ }), plan));
    };
    const milliseconds = median(await timed(3, simulate, 1));
    note(`${rounds} rounds.`);
    return [
      { name: 'examples/wdbc.yaml', value: milliseconds / 1000, unit: 's' },
      { name: 'examples/wdbc.yaml, a round', value: milliseconds / rounds, unit: 'ms' },
    ];
  },
};
