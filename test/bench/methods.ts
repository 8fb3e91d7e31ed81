import { readFile } from 'node:fs/promises';
import { findMethod } from '@consilium/federation';
import { median, timed, type Bench } from './bench.js';
import { exampleFederation, projectFile } from './tables.js';

export const methodsBench: Bench = {
  name: 'methods',
  title: 'Federated methods in one process, four sites: encoding, gate and exact sums as between hospitals',
  async run() {
    const wdbc = await exampleFederation('wdbc');
    const radsyn = await exampleFederation('radsyn');
    const header = (await readFile(projectFile('test/oracle/data/radsyn.csv'), 'utf8')).split('\n', 1)[0]!.split(',');
    const features = header.filter((column) => column.startsWith('rf'));
    const moments = findMethod('moments')!;
    const lasso = findMethod('linear-lasso')!;
    const folds = { outcome: 'y', features, split: 'split', folds: 'fold', alphas: { min: 0.001, max: 1, count: 50 } };
    return [
      { name: 'moments of 2 features, WDBC', value: median(await timed(20, () => moments.run(wdbc, moments.example))), unit: 'ms' },
      { name: `moments of ${features.length} features, radsyn`, value: median(await timed(10, () => moments.run(radsyn, { outcome: 'y', features }))), unit: 'ms' },
      { name: `LASSO, ${features.length} features, 10 folds, 50 penalties`, value: median(await timed(3, () => lasso.run(radsyn, folds), 1)), unit: 'ms' },
    ];
  },
};
