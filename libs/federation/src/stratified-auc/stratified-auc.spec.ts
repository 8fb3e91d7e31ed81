import { rankCounts } from '@consilium/statistics';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../sequence-columns.js';
import { openView } from '../open-view.js';
import type { SiteTable } from '../site-view.js';
import { expected, oracleFederation, siteTables } from '../fixtures/oracle-sites.js';
import { federatedStratifiedAuc } from './coordinator.js';

const none = { get: () => undefined };

describe('the AUC within sites and folds', () => {
  const view = { outcome: 'y', features: ['p_rad'], rows: [] };

  it('is, at one site without folds, the AUC of R', async () => {
    const [own] = await federatedStratifiedAuc(oracleFederation('radsyn', 1), { ...view, rows: [{ column: 'split', oneOf: ['test'] }] });
    expect(own!.auc).toBeCloseTo(expected('radsyn', 'roc').test.p_rad.auc, 12);
  });

  it('is the share of pairs of one site and fold, in one round', async () => {
    const batches: number[] = [];
    const federation = oracleFederation('radsyn', 'own', { onBatch: (batch) => batches.push(batch.length) });
    const [own] = await federatedStratifiedAuc(federation, { ...view, folds: { kind: 'column', column: 'fold' } }, 10);
    const strata = [...siteTables('radsyn', 'own').values()].flatMap((table) => {
      const of = (name: string) => (table.columns.get(name) as { values: Float64Array }).values;
      return Array.from({ length: 10 }, (_, f) => ({ f, ranks: rankCounts(of('p_rad').filter((_, i) => of('fold')[i] === f && of('y')[i] === 1), of('p_rad').filter((_, i) => of('fold')[i] === f && of('y')[i] === 0)) }));
    });
    const share = (some: typeof strata) => some.reduce((sum, { ranks }) => sum + ranks.u, 0) / some.reduce((sum, { ranks }) => sum + ranks.n1 * ranks.n0, 0);
    expect(own!.auc).toBeCloseTo(share(strata), 14);
    own!.byFold.forEach((auc, f) => expect(auc).toBeCloseTo(share(strata.filter((one) => one.f === f)), 14));
    expect(own!.standardError).toBeGreaterThan(0.005);
    expect(batches).toEqual([1]);
  });
});

const numbers = (...values: number[]) => ({ kind: 'number' as const, values: Float64Array.from(values) });
const table: SiteTable = {
  pseudonyms: ['a', 'b', 'c', 'd', 'e', 'f'],
  columns: new Map([
    ['y', numbers(0, 1, 0, 1, 1, NaN)],
    ['T1:x', numbers(1, NaN, 3, NaN, 5, 6)],
    ['T1:z', numbers(1, 2, 3, NaN, 5, 6)],
    ['T1C:x', numbers(1, 2, 3, 4, 5, 6)],
  ]),
};

describe('columns of one sequence', () => {
  it('are filled for a patient who lacks some of them, and not for one who lacks them all', () => {
    const spec = { outcome: 'y', features: ['T1:x'], rows: [], fill: { 'T1:x': 9 } };
    expect([...openView(table, spec, none).X]).toEqual([1, 9, 3, 9, 5]);
    expect([...openView(table, { ...spec, together: ['T1:*'] }, none).X]).toEqual([1, 9, 3, 5]);
  });

  it.each([['T1:*', 'T1:x', true], ['T1:*', 'T1C:x', false], ['*_T1', 'rf1_T1', true], ['*_T1', 'rf1_T1C', false], ['a*b*c', 'a-b-c', true], ['a*b*c', 'abc', true], ['ab*ba', 'aba', false], ['T1', 'T1', true]])(
    '%s and %s: %s',
    (pattern, name, fits) => expect(matchesPattern(pattern, name)).toBe(fits),
  );
});

describe('permuted outcomes', () => {
  const spec = { outcome: 'y', features: ['T1C:x'], rows: [] };
  const y = (seed: string, rows: { column: string; oneOf: number[] }[] = []) => [...openView(table, { ...spec, permute: { seed, rows } }, none).y];

  it('keep the counts of the classes, depend on the seed alone, and leave other rows as they are', () => {
    const seeds = Array.from({ length: 40 }, (_, i) => y(`s${i}`));
    for (const one of seeds) expect(one.reduce((sum, v) => sum + v, 0)).toBe(3);
    expect(new Set(seeds.map(String)).size).toBeGreaterThan(6);
    expect(y('s1')).toEqual(seeds[1]);
    const some = Array.from({ length: 20 }, (_, i) => y(`s${i}`, [{ column: 'T1C:x', oneOf: [1, 2, 3] }]));
    for (const one of some) expect(one.slice(3)).toEqual([1, 1]);
    expect(new Set(some.map(String)).size).toBe(3);
  });
});
