import { describe, expect, it } from 'vitest';
import { madeUpCohort, openFederation, overSites } from './fixtures/cohorts.js';
import { momentTotals } from './moments/exchange.js';
import { countFinding, negativeFinding, partFinding, productsFinding, scaledMeanFinding } from './plausible-sums.js';
import { findSiteStep } from './site-steps.js';
import type { Sums } from './step.js';

const f = (...values: number[]) => Float64Array.from(values);

describe('what a sum can be', () => {
  it('is told from what it cannot, for counts, parts, squares and means', () => {
    expect([countFinding('n', f(0, 3)), countFinding('n', f(1, 2.5)), countFinding('n', f(-1))].map(Boolean)).toEqual([false, true, true]);
    expect([partFinding('events', f(2, 0), f(3, 0)), partFinding('events', f(4), f(3)), partFinding('events', f(-1), f(3))].map(Boolean)).toEqual([false, true, true]);
    expect([negativeFinding('squares', f(0, 2)), negativeFinding('squares', f(-1e-9))].map(Boolean)).toEqual([false, true]);
    expect([scaledMeanFinding('z', f(79, -79), 10), scaledMeanFinding('z', f(0, -81), 10)].map(Boolean)).toEqual([false, true]);
  });

  it('is told for matrices of cross-products, also several one after another', () => {
    // [4 2; 2 1] has rank one and passes; [1 2; 2 1] has the eigenvalue -1; a negative diagonal is no square.
    expect(productsFinding('g', f(4, 2, 1), [2])).toBeUndefined();
    expect(productsFinding('g', f(1, 2, 1), [2])).toContain('larger than its squares');
    expect(productsFinding('g', f(4, 2, 1, 9, 0, 0, 4, -2, 1), [2, 3])).toBeUndefined();
    expect(productsFinding('g', f(4, 2, 1, 9, 0, 0, 4, 3, 1), [2, 3])).toContain('larger than its squares');
    expect(productsFinding('g', f(4, 2, 1, 9, 0, 0, -4, 0, 1), [2, 3])).toContain('negative square');
    expect(productsFinding('g', f(0, 0, 0), [2])).toBeUndefined();
  });

  it('ends the question when one site adds what cannot be, also under masks', async () => {
    let asked = 0;
    const findStep = (name: string, version: number) => {
      const half = findSiteStep(name, version);
      return half && { ...half, compute: (...of: Parameters<typeof half.compute>) => {
        const result = half.compute(...of);
        if (asked++ !== 1) return result;
        const sums = result.contribution as Sums;
        return { ...result, contribution: { ...sums, n: sums['n']!.map((count) => count - 1000) } };
      } };
    };
    for (const secureAggregation of [false, true]) {
      asked = 0;
      const federation = openFederation(overSites(madeUpCohort(), 3), { findStep, secureAggregation });
      await expect(federation.sum(momentTotals, { view: { outcome: 'y', features: ['x1'], rows: [] }, parameters: null })).rejects.toMatchObject({ code: 'E615', message: expect.stringContaining('moments/totals') });
    }
  });
});
