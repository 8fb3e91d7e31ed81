import { findMethod } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { median, timed, type Bench } from './bench.js';
import { example } from './tables.js';

export const methodsBench: Bench = {
  name: 'methods',
  title: 'Federated methods in one process, four sites: encoding, gate and exact sums as between hospitals',
  async run() {
    const wdbc = inProcessFederation({ tables: (await example('wdbc')).readSites(), profile: 'open-data' });
    const { plan, readSites } = await example('radsyn');
    const radsyn = inProcessFederation({ tables: readSites(), profile: 'open-data' });
    const features = plan.features?.columns ?? [];
    const moments = findMethod('moments')!;
    const lasso = findMethod('linear-lasso')!;
    const folds = { outcome: 'y', features, split: 'split', folds: 'fold', alphas: { min: 0.001, max: 1, count: 50 } };
    return [
      { name: 'moments of 2 features, WDBC', value: median(await timed(20, () => moments.run(wdbc, moments.example))), unit: 'ms' },
      { name: `moments of ${features.length} features, radsyn`, value: median(await timed(10, () => moments.run(radsyn, { outcome: 'y', features }))), unit: 'ms' },
      { name: `LASSO, ${features.length} features, 10 folds, 50 penalties`, value: median(await timed(2, () => lasso.run(radsyn, folds), 0)), unit: 'ms' },
    ];
  },
};
