import { describe, expect, it } from 'vitest';
import { federatedCategoricalTest } from '../categorical-counts/coordinator.js';
import { bySite, category, dataSets, expected, numbers, openFederation, oracleCohort, overSites } from '../fixtures/cohorts.js';
import type { SiteTable } from '../site-view.js';
import { standardDeviation } from '../moments/group-moments.js';
import { federatedDescription } from './coordinator.js';

describe.each(dataSets)('the clinical columns of %s', (dataSet) => {
  const { table } = oracleCohort(dataSet);
  const want = expected(dataSet, 'univariate');
  const view = { outcome: 'y', features: [], rows: [] };

  it.each(['sex', 'stage', 'smoking', 'site'])('%s against the outcome equals the pooled chi-squared and Fisher tests', async (column) => {
    const reference = want.categorical_vs_y[column];
    for (const tables of [bySite(table), overSites(table, 10)]) {
      const test = await federatedCategoricalTest(openFederation(tables), view, column, reference.levels.map(String));
      expect(test.levels.map(({ nonEvents, events }) => [nonEvents, events])).toEqual(reference.table_rows_level_cols_y01);
      expect([test.other, test.missing]).toEqual([0, 0]);
      expect(test.chiSquared!.df).toBe(reference.df);
      expect(test.chiSquared!.statistic).toBeCloseTo(reference.chi2, 9);
      expect(Math.abs(test.chiSquared!.p / reference.p - 1)).toBeLessThan(1e-9);
      if (reference.fisher_p === undefined) expect(test.fisherP).toBeNull();
      else {
        expect(test.yates!.statistic).toBeCloseTo(reference.chi2_yates, 9);
        expect(Math.abs(test.fisherP! / reference.fisher_p - 1)).toBeLessThan(1e-9);
      }
    }
  });

  it('are described in two rounds, as the pooled table', async () => {
    const batches: number[] = [];
    const federation = openFederation(bySite(table), { onBatch: (batch) => batches.push(batch.length) });
    const description = await federatedDescription(federation, view, {
      numbers: ['age', 'logebv'],
      categories: [{ column: 'stage', levels: ['II', 'III', 'IVA'] }],
    });
    expect(batches).toHaveLength(2);
    expect(description.patients).toBe(table.pseudonyms.length);
    for (const { column, moments } of description.numbers) {
      const reference = want.clinical_continuous_vs_y[column];
      if ('suppressed' in moments) throw new Error('suppressed under open-data');
      expect(moments.all.mean[0]).toBeCloseTo(reference.mean, 9);
      expect(standardDeviation(moments.events, 1)[0]).toBeCloseTo(reference.sd1, 9);
    }
    const perSite = description.sites.map((one) => ('counts' in one ? one.counts.patients : NaN));
    expect(perSite).toEqual([...bySite(table).values()].map(({ pseudonyms }) => pseudonyms.length));
  });
});

describe('a table with gaps', () => {
  const site = (patients: number, missingAges: number, rareStages: number): SiteTable => ({
    pseudonyms: Array.from({ length: patients }, (_, i) => `P${100 + i}`),
    columns: new Map([
      ['y', numbers(Array.from({ length: patients }, (_, i) => i % 2))],
      ['age', numbers(Array.from({ length: patients }, (_, i) => (i < missingAges ? NaN : 50 + i)))],
      ['stage', category(Array.from({ length: patients }, (_, i) => (i < rareStages ? 'IVB' : i < rareStages + 6 ? '' : 'II')))],
    ]),
  });
  const ask = { numbers: ['age'], categories: [{ column: 'stage', levels: ['II', 'III'] }] };
  const view = { outcome: 'y', features: [], rows: [] };

  it('counts missing values and undeclared levels apart', async () => {
    const { sites, numbers: [age], categories: [stage] } = await federatedDescription(openFederation(new Map([['A', site(40, 7, 10)]])), view, ask);
    expect(sites).toEqual([{ site: 'A', counts: { patients: 40, events: 20, nonEvents: 20, missing: [7, 6] } }]);
    expect(age!.moments).toMatchObject({ all: { n: 33 } });
    expect(stage!.test).toMatchObject({ other: 10, missing: 6, chiSquared: null, fisherP: null });
  });

  it('under standard shows what the rules allow, column by column, and says why the rest is not shown', async () => {
    const tables = new Map([['A', site(40, 7, 10)], ['B', site(40, 3, 4)], ['C', site(12, 0, 0)]]);
    const two = new Map([...tables].slice(0, 2));
    const { patients, sites, numbers: [age], categories: [stage] } = await federatedDescription(openFederation(two, { profile: 'standard' }), view, ask);
    expect(patients).toBe(80);
    const fewer = { suppressed: { rule: 'minimum-cell', reason: 'A count between 1 and 4' } };
    expect(sites[1]).toEqual({ site: 'B', counts: { patients: 40, events: 20, nonEvents: 20, missing: [fewer, 6] } });
    expect(age!.moments).toMatchObject({ all: { n: 70 } });
    expect(stage!.test).toMatchObject({ suppressed: { rule: 'minimum-cell' } });
    const three = await federatedDescription(openFederation(tables, { profile: 'standard' }), view, ask);
    expect(three.patients).toMatchObject({ suppressed: { rule: 'minimum-patients' } });
    const tooFew = { suppressed: { rule: 'minimum-patients', reason: 'Fewer than 20 patients' } };
    expect(three.sites[2]).toEqual({ site: 'C', counts: { patients: tooFew, events: tooFew, nonEvents: tooFew, missing: [tooFew, tooFew] } });
  });
});
