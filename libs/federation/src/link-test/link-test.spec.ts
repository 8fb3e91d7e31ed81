import { describe, expect, it } from 'vitest';
import { openFederation, oracleCohort, overSites } from '../fixtures/cohorts.js';
import type { SiteStep } from '../site-step.js';
import { federatedLinkTest, fillWithTestNumbers } from './coordinator.js';
import { linkEcho } from './exchange.js';
import { linkEchoAtSite } from './site.js';

const { table } = oracleCohort('wdbc');
const view = { outcome: 'y', features: [], rows: [] };

describe('the link test', () => {
  it('finds every number as it was sent, from any number of sites', async () => {
    for (const sites of [1, 2, 3, 5]) {
      const result = await federatedLinkTest(openFederation(overSites(table, sites)), view, { numbers: 500, rounds: 4 });
      expect(result).toEqual({ sites: result.sites, numbers: 500, rounds: 4, altered: 0 });
      expect(result.sites).toHaveLength(sites);
    }
  });

  it('counts the numbers that a site alters', async () => {
    const altering: SiteStep = {
      step: linkEcho as unknown as SiteStep['step'],
      compute: (_, parameters) => {
        const { values } = parameters as { values: Float64Array };
        return { contribution: { values: values.map((x, i) => (i < 7 ? x + 2 ** -50 : x)) }, basis: { patients: 1 } };
      },
    };
    const federation = openFederation(overSites(table, 2), { findStep: () => altering });
    expect(await federatedLinkTest(federation, view, { numbers: 20, rounds: 3 })).toMatchObject({ altered: 21 });
  });

  it('sends other numbers in every round, at every place', () => {
    const seen = new Set<number>();
    const values = new Float64Array(1000);
    for (let round = 0; round < 10; round++) {
      fillWithTestNumbers(values, round);
      for (const value of values) seen.add(value);
    }
    expect(seen.size).toBe(10_000);
    expect(Math.max(...seen)).toBeLessThan(0.5);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(-0.5);
  });

  it('reads no cell of the site', () => {
    const unread = { n: 30, get X(): never { throw new Error('read'); }, get y(): never { throw new Error('read'); }, column: () => { throw new Error('read'); } };
    const values = new Float64Array([1, 2]);
    expect(linkEchoAtSite.compute(unread as never, { values })).toEqual({ contribution: { values }, basis: { patients: 30 } });
  });
});
