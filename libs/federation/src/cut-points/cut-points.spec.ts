import { countByCell, quantileCuts } from '@consilium/learning';
import { describe, expect, it } from 'vitest';
import { numbers, openFederation, overSites } from '../fixtures/cohorts.js';
import { dataSets, expected, oracleFederation, siteTables, trainingRows } from '../fixtures/oracle-sites.js';
import type { SiteTable } from '../site-view.js';
import { federatedCutPoints } from './coordinator.js';

/** A column of the training rows, pooled. */
function trainingColumn(columns: SiteTable['columns'], name: string): Float64Array {
  const [split, values] = [columns.get('split')!, columns.get(name)!];
  if (split.kind !== 'category' || values.kind !== 'number') throw new Error('not as expected');
  return values.values.filter((_, i) => split.levels[split.codes[i]!] === 'train');
}

describe.each(dataSets)('cut points of %s', (dataSet) => {
  const { features, binned } = expected(dataSet, 'xgboost_exact');
  const view = { outcome: 'y', features, rows: trainingRows };

  it('divide the pooled patients at least as evenly as the reference cuts', async () => {
    const { cuts, n } = await federatedCutPoints(oracleFederation(dataSet, 'own'), { view, bins: 16 });
    const { columns } = siteTables(dataSet, 1).get('S0')!;
    features.forEach((feature: string, j: number) => {
      const values = trainingColumn(columns, feature).sort();
      expect(values).toHaveLength(n);
      const below = (cut: number) => values.filter((x) => x < cut).length;
      expect(cuts[j]!.length).toBe(binned.cuts[j].length);
      const distance = (cut: number, k: number) => Math.abs(below(cut) - (n * (k + 1)) / 16);
      // Interpolated quantiles may lie a patient to the side of the nearest rank; cuts never do.
      cuts[j]!.forEach((cut, k) => expect(distance(cut, k), `${feature} cut ${k}`).toBeLessThanOrEqual(distance(binned.cuts[j][k], k)));
    });
  });

  it('are the same to the bit over its own, one, two and ten sites, and in reverse order', async () => {
    const results = await Promise.all((['own', 1, 2, 10] as const).map((spread) => federatedCutPoints(oracleFederation(dataSet, spread), { view, bins: 32 })));
    results.push(await federatedCutPoints(oracleFederation(dataSet, 10, { reversed: true }), { view, bins: 32 }));
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it('need two rounds for moments, and three for counts, or four where values repeat', async () => {
    let rounds = 0;
    await federatedCutPoints(oracleFederation(dataSet, 'own', { onBatch: () => rounds++ }), { view, bins: 32 });
    expect(rounds).toBeGreaterThanOrEqual(5);
    expect(rounds).toBeLessThanOrEqual(6);
  });
});

describe('cut points of awkward columns', () => {
  const cutsOf = async (values: readonly number[], bins = 4) => {
    const table: SiteTable = {
      pseudonyms: values.map((_, i) => `P${1000 + i}`),
      columns: new Map([['x', numbers(values)], ['y', numbers(values.map((_, i) => i % 2))]]),
    };
    const { cuts } = await federatedCutPoints(openFederation(overSites(table, 2)), { view: { outcome: 'y', features: ['x'], rows: [] }, bins });
    return { cuts: Array.from(cuts[0]!), counts: Array.from(countByCell(Float64Array.from(values), cuts[0]!)) };
  };
  const patients = Array.from({ length: 240 }, (_, i) => i);

  it('an indicator has one cut, between its values', async () => {
    const { cuts, counts } = await cutsOf(patients.map((i) => (i % 3 === 0 ? 1 : 0)));
    expect(cuts).toHaveLength(1);
    expect(cuts[0]).toBeGreaterThan(0.25);
    expect(cuts[0]).toBeLessThan(0.75);
    expect(counts).toEqual([160, 80]);
  });

  it('a constant has none', async () => {
    expect((await cutsOf(patients.map(() => 7.3))).cuts).toEqual([]);
  });

  it('whole numbers of few values are all kept apart', async () => {
    expect((await cutsOf(patients.map((i) => 1e6 + (i % 4)), 16)).counts).toEqual([60, 60, 60, 60]);
  });

  it('quarters of a skewed column hold a quarter each, one value far away notwithstanding', async () => {
    expect((await cutsOf(patients.map((i) => (i === 77 ? 1e7 : Math.exp(i / 20))))).counts).toEqual([60, 60, 60, 60]);
  });

  it('of edges with as many values below, the middle one is taken', () => {
    expect(quantileCuts(Float64Array.of(1, 2, 3), Float64Array.of(5, 0, 0, 5), [5])).toEqual(Float64Array.of(2));
    expect(quantileCuts(Float64Array.of(1, 2, 3), Float64Array.of(0, 0, 0, 5), [2])).toEqual(Float64Array.of());
  });
});
