import { federatedLinkTest } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { median, timed, type Bench } from './bench.js';

const empty = { pseudonyms: [], columns: new Map([['y', { kind: 'number' as const, values: new Float64Array(0) }]]) };
const view = { outcome: 'y', features: [], rows: [] };

/** Rounds of the link test over sites in one process: all sites' masks and the coordinator's addition one after another, in one thread. */
async function secondsOf(sites: number, numbers: number, secureAggregation: boolean): Promise<readonly [first: number, later: number]> {
  const tables = new Map(Array.from({ length: sites }, (_, i) => [`S${i}`, empty]));
  const federation = inProcessFederation({ tables, profile: 'open-data', secureAggregation });
  const [first = 0, ...later] = await timed(4, async () => {
    const { altered } = await federatedLinkTest(federation, view, { numbers, rounds: 1 });
    if (altered > 0) throw new Error(`${altered} sums are not what was added.`);
  }, 0);
  return [first / 1000, median(later) / 1000];
}

export const secureSumsBench: Bench = {
  name: 'secure-sums',
  title: 'Sums under masks, all sites and the coordinator in one thread',
  async run() {
    const [, plain] = await secondsOf(4, 1_000_000, false);
    const [, masked] = await secondsOf(4, 1_000_000, true);
    const [many] = await secondsOf(50, 10_000, true);
    return [
      { name: '4 sites, 1,000,000 numbers, plain round', value: plain, unit: 's' },
      { name: '4 sites, 1,000,000 numbers, masks cost', value: masked - plain, unit: 's', target: 2 },
      { name: '50 sites, 10,000 numbers, the first round with its keys', value: many, unit: 's', target: 10 },
    ];
  },
};
