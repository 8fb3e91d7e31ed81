import { describe, expect, it } from 'vitest';
import { bySite, dataSets, expected, integers, numbers, openFederation, oracleCohort, overSites } from '../fixtures/cohorts.js';
import type { SiteTable } from '../site-view.js';
import { federatedTTests } from '../t-test/coordinator.js';
import { federatedMoments } from './coordinator.js';
import { standardDeviation } from './group-moments.js';

/** |got - want| relative to want, or absolute below `floor`. */
const distance = (got: number, want: number, floor = 0) => Math.abs(got - want) / Math.max(Math.abs(want), floor);

describe.each(dataSets)('moments and t tests of %s', (dataSet) => {
  const { table, features } = oracleCohort(dataSet);
  const want = expected(dataSet, 'univariate');
  const place = (name: string) => want.columns.indexOf(name) as number;
  const parts = { all: [], train: [{ column: 'split', oneOf: ['train'] }] };
  const splits = { 'its own sites': bySite(table), 'one site': new Map([['only', table]]), 'two sites': overSites(table, 2), 'ten sites': overSites(table, 10) };

  it.each(Object.keys(splits))('equal the pooled reference from %s', async (split) => {
    const federation = openFederation(splits[split as keyof typeof splits]);
    for (const [part, rows] of Object.entries(parts)) {
      if (!want[part]) continue;
      const view = { outcome: 'y', features, rows };
      const moments = await federatedMoments(federation, view);
      const [student, welch] = [await federatedTTests(federation, view, 'student'), await federatedTTests(federation, view, 'welch')];
      const figures: [string, Float64Array][] = [
        ['mean', moments.all.mean],
        ['sd', standardDeviation(moments.all, 1)],
        ['mean0', moments.nonEvents.mean],
        ['sd0', standardDeviation(moments.nonEvents, 1)],
        ['mean1', moments.events.mean],
        ['sd1', standardDeviation(moments.events, 1)],
      ];
      const tests: [string, Float64Array, number][] = [
        ['t_student', student.t, 1e-3],
        ['t_welch', welch.t, 1e-3],
        ['p_student', student.p, 0],
        ['p_welch', welch.p, 0],
      ];
      features.forEach((feature, j) => {
        const row = want[part][j];
        expect([moments.all.n, moments.nonEvents.n, moments.events.n]).toEqual(['n', 'n0', 'n1'].map((name) => row[place(name)]));
        // The oracle's own tolerances: 1e-9 on means and sds; 1e-6 (or 1e-9 absolute) on t, 1e-6 on p.
        for (const [name, got] of figures) expect(distance(got[j]!, row[place(name)]), `${feature} ${name}`).toBeLessThan(1e-9);
        for (const [name, got, floor] of tests) expect(distance(got[j]!, row[place(name)], floor), `${feature} ${name}`).toBeLessThan(1e-6);
      });
    }
  });

  it('do not change by one bit with the order of the sites', async () => {
    const view = { outcome: 'y', features, rows: [] };
    const forwards = await federatedMoments(openFederation(bySite(table)), view);
    const renamed = new Map([...bySite(table)].map(([site, own]) => [`${9 - site.charCodeAt(0) % 10}${site}`, own]));
    const backwards = await federatedMoments(openFederation(renamed), view);
    expect(backwards.sites).not.toEqual(forwards.sites);
    for (const group of ['all', 'events', 'nonEvents'] as const) expect(backwards[group]).toEqual(forwards[group]);
  });
});

describe('moments of awkward columns', () => {
  const patients = 60;
  const cohort = (column: (i: number) => number): SiteTable => ({
    pseudonyms: Array.from({ length: patients }, (_, i) => `P${100 + i}`),
    columns: new Map([['y', numbers(Array.from({ length: patients }, (_, i) => i % 3 === 0 ? 1 : 0))], ['x', numbers(Array.from({ length: patients }, (_, i) => column(i)))]]),
  });
  const momentsOf = (column: (i: number) => number) => federatedMoments(openFederation(overSites(cohort(column), 3)), { outcome: 'y', features: ['x'], rows: [] });

  it.each([0.1, -3e-9, 1e6 / 3, 7e14, 0])('a column that is %d everywhere has sd exactly 0', async (constant) => {
    const moments = await momentsOf(() => constant);
    expect(moments.all.m2[0]).toBe(0);
    expect(moments.events.m2[0]).toBe(0);
    expect(distance(moments.all.mean[0]!, constant, 1e-300)).toBeLessThan(1e-15);
  });

  it.each([1e-9, 1, 1e6, 1e12])('values around %d times 1.5 keep their digits', async (scale) => {
    const next = integers(5);
    const values = Array.from({ length: patients }, () => next() / 2 ** 32 - 0.5);
    const moments = await momentsOf((i) => (values[i]! + 1) * scale * 1.5);
    const mean = values.reduce((sum, x) => sum + x, 0) / patients;
    const m2 = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    expect(distance(moments.all.m2[0]!, m2 * (1.5 * scale) ** 2)).toBeLessThan(1e-13);
  });

  it('a mean of 10^6 beside an sd near 1 costs nothing', async () => {
    const moments = await momentsOf((i) => 1e6 + ((i * 7919) % 61) / 17);
    const plain = await momentsOf((i) => ((i * 7919) % 61) / 17);
    expect(distance(moments.all.m2[0]!, plain.all.m2[0]!)).toBeLessThan(1e-9);
  });

  it.each([1e-6, 1e-9, 1e-12])('a spread of %d of the mean is kept as far as the values have it', async (spread) => {
    const values = Array.from({ length: patients }, (_, i) => 1 + spread * (((i * 7919) % 61) / 17));
    const moments = await momentsOf((i) => values[i]!);
    // About 1 the differences of the values are exact.
    const mean = values.reduce((sum, x) => sum + (x - 1), 0) / patients;
    const m2 = values.reduce((sum, x) => sum + (x - 1 - mean) ** 2, 0);
    expect(distance(moments.all.m2[0]!, m2)).toBeLessThan(Math.max(1e-9, 1e-17 / spread));
  });

  it('a class without patients is empty, and no t test is made of it', async () => {
    const table = cohort((i) => i);
    const view = { outcome: 'y', features: ['x'], rows: [{ column: 'y', oneOf: [0] }] };
    const moments = await federatedMoments(openFederation(new Map([['A', table]])), view);
    expect([moments.events.n, moments.events.mean[0], moments.events.m2[0]]).toEqual([0, 0, 0]);
    expect(moments.all).toEqual(moments.nonEvents);
    await expect(federatedTTests(openFederation(new Map([['A', table]])), view)).rejects.toThrow(expect.objectContaining({ code: 'E611' }));
  });
});

describe('features whose squares are large', () => {
  it('have exact moments, also where nearly all of a feature is one patient of one site', async () => {
    // An energy of a filtered image: most regions small, one of a litre. At its worst the spread of the sum is one number's.
    const sites = ['A', 'B', 'C'].map((site, s): [string, SiteTable] => {
      const energy = Array.from({ length: 16 }, (_, i) => (s === 0 && i === 3 ? 1.9e13 : 1e6 * (i + 1)));
      return [site, { pseudonyms: energy.map((_, i) => `P${100 + i}`), columns: new Map([['y', numbers(energy.map((_, i) => i % 2))], ['energy', numbers(energy)]]) }];
    });
    for (const used of [1, 2, 3]) {
      const tables = new Map(sites.slice(0, used));
      const values = [...tables.values()].flatMap(({ columns }) => { const cells = columns.get('energy')!; return cells.kind === 'number' ? [...cells.values] : []; });
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const m2 = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
      const { all } = await federatedMoments(openFederation(tables), { outcome: 'y', features: ['energy'], rows: [] });
      // Two passes in double precision: a few units of the last place.
      expect(distance(all.mean[0]!, mean)).toBeLessThan(1e-15);
      expect(distance(all.m2[0]!, m2)).toBeLessThan(1e-14);
    }
  });
});
