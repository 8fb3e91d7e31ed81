import { createHash } from 'node:crypto';
import { decodeValue, encodeValue } from '@consilium/protocol';
import { maskBlocks, readMaskedTerm } from '@consilium/secure-aggregation';
import { describe, expect, it } from 'vitest';
import { SumAccumulator } from './exact-accumulator.js';
import { madeUpCohort, numbers, openFederation, overSites } from './fixtures/cohorts.js';
import { fillWithTestNumbers } from './link-test/coordinator.js';
import { MaskedSumAccumulator } from './masked-accumulator.js';
import { momentTotals } from './moments/exchange.js';

describe('sums under masks', () => {
  it('equal those without to the bit, for any numbers and any order', () => {
    const terms = Array.from({ length: 5 }, (_, site) => {
      const values = new Float64Array(3000);
      fillWithTestNumbers(values, site);
      return { values, few: Float64Array.of(-0, 2 ** 55, -(2 ** 55) / 3, 5e-324, site) };
    });
    const plain = new SumAccumulator(5);
    const masked = new MaskedSumAccumulator(5);
    for (const term of terms) plain.add(term);
    const pair = { seed: createHash('sha256').update('a').digest() };
    const streams = (site: number) => (site === 0 ? [{ ...pair, sign: 1 as const }] : site === 3 ? [{ ...pair, sign: -1 as const }] : []);
    for (const site of [3, 1, 4, 0, 2]) masked.add(maskBlocks(terms[site]!, streams(site), 5));
    expect(encodeValue(masked.total())).toEqual(encodeValue(plain.total()));
  });

  it('are refused whole where masks do not cancel, a shape differs, or a term comes too many', () => {
    const stream = { seed: new Uint8Array(32).fill(7), sign: 1 as const };
    const sum = new MaskedSumAccumulator(2);
    sum.add(maskBlocks({ v: Float64Array.of(1) }, [stream], 2));
    expect(() => sum.add(maskBlocks({ w: Float64Array.of(1) }, [], 2))).toThrow('another shape');
    expect(() => sum.add(maskBlocks({ v: Float64Array.of(1, 2) }, [], 2))).toThrow('another shape');
    sum.add(maskBlocks({ v: Float64Array.of(2) }, [], 2));
    expect(() => sum.total()).toThrow('did not cancel');
    expect(() => sum.add(maskBlocks({ v: Float64Array.of(2) }, [], 2))).toThrow('more contributions');
    sum.unmask([{ ...stream, sign: -1 }]);
    expect([...sum.total()['v']!]).toEqual([3]);
  });

  it('of a federation in one process hold no site\'s term on their way, and equal the plain ones', async () => {
    const tables = overSites(madeUpCohort(), 4);
    const seen: Uint8Array[] = [];
    const terms: Uint8Array[] = [];
    const request = { view: { outcome: 'y', features: ['x1', 'x5'], rows: [] }, parameters: null };
    const masked = await openFederation(tables, { secureAggregation: true, onContribution: (_, __, bytes) => seen.push(bytes) }).sum(momentTotals, request);
    const plain = await openFederation(new Map([...tables].reverse()), { onContribution: (_, __, bytes) => terms.push(bytes) }).sum(momentTotals, request);
    expect(encodeValue(masked.sums)).toEqual(encodeValue(plain.sums));
    expect([seen.length, terms.length]).toEqual([4, 4]);
    for (const bytes of seen) {
      expect(readMaskedTerm(bytes).entries.map(([name]) => name)).toEqual(Object.keys(plain.sums).sort());
      for (const value of terms.map((term) => momentTotals.contribution.parse(decodeValue(term)))) {
        const bare = readMaskedTerm(maskBlocks(value, [], 4)).words;
        // No element of any site's term is an element of what is sent.
        for (let at = 0; at < bare.length; at += 4) expect(bare.subarray(at, at + 4)).not.toEqual(readMaskedTerm(bytes).words.subarray(at, at + 4));
      }
    }
  });

  it('of a federation in one process name the site whose number is too large, and mask nothing of it', async () => {
    const cohort = madeUpCohort();
    const huge = { pseudonyms: cohort.pseudonyms, columns: new Map([...cohort.columns, ['x1', numbers(cohort.pseudonyms.map(() => 2 ** 52))]]) };
    const federation = openFederation(new Map([['A', cohort], ['B', huge], ['C', cohort]]), { secureAggregation: true });
    await expect(federation.sum(momentTotals, { view: { outcome: 'y', features: ['x1'], rows: [] }, parameters: null })).rejects.toMatchObject({ refusals: [{ site: 'B', refusal: { code: 'E602' } }] });
  });
});
