import { describe, expect, it } from 'vitest';
import { bySite, dataSets, expected, openFederation, oracleCohort, pickRows } from '../fixtures/cohorts.js';
import { federatedVanElteren } from './coordinator.js';

describe.each(dataSets)("van Elteren's test of %s", (dataSet) => {
  const { table } = oracleCohort(dataSet);
  const want = expected(dataSet, 'stratified_firth');
  const view = { outcome: 'y', features: want.features as string[], rows: [] };

  it('equals the pooled blocked rank test, the sites as blocks', async () => {
    const batches: number[] = [];
    const { z, p } = await federatedVanElteren(openFederation(bySite(table), { onBatch: (batch) => batches.push(batch.length) }), view);
    // The oracle's tolerance: 1e-9.
    view.features.forEach((feature, j) => {
      expect(Math.abs(z[j]! - want.van_elteren_z[j]), feature).toBeLessThan(1e-9);
      expect(Math.abs(p[j]! / want.van_elteren_p[j] - 1), feature).toBeLessThan(1e-7);
    });
    expect(batches).toEqual([1]);
  });

  it('does not change when a site with one class takes part', async () => {
    const tables = bySite(table);
    const before = await federatedVanElteren(openFederation(tables), view);
    const y = table.columns.get('y')!;
    const controls = pickRows(table, table.pseudonyms.flatMap((_, row) => (y.kind === 'number' && y.values[row] === 0 ? [row] : [])));
    const after = await federatedVanElteren(openFederation(new Map([...tables, ['E', controls]])), view);
    expect(after.z).toEqual(before.z);
    expect(after.sites).toContain('E');
  });

  it('leaves out a site below the minimum counts, and says by which rule', async () => {
    const tables = bySite(table);
    const small = pickRows(tables.get('D')!, [0, 1, 2, 3, 4, 5, 6, 7]);
    const { sites, refused } = await federatedVanElteren(openFederation(new Map([...tables, ['E', small]]), { profile: 'standard' }), view);
    expect(sites).toEqual(['A', 'B', 'C', 'D']);
    expect(refused).toMatchObject([{ site: 'E', refusal: { code: 'E620', rule: 'minimum-patients' } }]);
  });
});
