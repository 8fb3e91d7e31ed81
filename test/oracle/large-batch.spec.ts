import { momentTotals, RoundRefused, type Federation } from '@consilium/federation';
import { expect, it } from 'vitest';
import { oracleFederation, siteFiles } from './cohorts.js';
import { runOverNetwork } from './networked.js';

/** More than fit into one message: a message names at most 10,000 parts, in a head below a mebibyte. */
const BRANCHES = 10_500;

const ask = async (federation: Federation): Promise<string> => {
  const branches = Array.from({ length: BRANCHES }, (_, b) => async (branch: Federation) => {
    const view = { outcome: 'y', features: [b % 2 === 0 ? 'age' : 'a column that no site has'], rows: [{ column: 'fold', oneOf: [b % 10] }] };
    return branch.sum(momentTotals, { view, parameters: null }).then(
      ({ sums }) => [...sums.totals],
      (error: unknown) => (error instanceof RoundRefused ? error.refusals.map(({ site, refusal }) => ({ site, ...refusal })) : Promise.reject(error)),
    );
  });
  return JSON.stringify(await federation.inParallel(branches));
};

it(`asks ${BRANCHES} sums at once over the network, half of them refused, in messages that both sides accept`, async () => {
  expect((await runOverNetwork(siteFiles('wdbc', 2), ask)) === (await ask(oracleFederation('wdbc', 2)))).toBe(true);
}, 300_000);
