import { combatValue } from '@consilium/harmonisation';
import type { Value } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';
import { type Federation, RoundRefused } from '../federation.js';
import { bySite, category, numbers, openFederation, oracleCohort, pickRows, type DataSet } from '../fixtures/cohorts.js';
import { dataSets, expected } from '../fixtures/oracle-sites.js';
import { openView } from '../open-view.js';
import type { SiteTable } from '../site-view.js';
import type { ViewSpec } from '../view.js';
import { federatedCombat, type CombatRequest } from './coordinator.js';

/** A federation, and its sites' tables opened through a view that harmonises by what it publishes. */
function cohortOf(tables: ReadonlyMap<string, SiteTable>, options: Parameters<typeof openFederation>[1] = {}) {
  const artefacts = new Map<string, Value>();
  const federation = openFederation(tables, options);
  const recorded = (one: Federation): Federation =>
    Object.assign(Object.create(one) as Federation, {
      publish: async (artefact: Value) => {
        const digest = await one.publish(artefact);
        artefacts.set(digest, artefact);
        return digest;
      },
      restrict: (sites: readonly string[]) => recorded(one.restrict(sites)),
    });
  return { federation: recorded(federation), open: (site: string, spec: ViewSpec) => openView(tables.get(site)!, spec, { get: (digest) => artefacts.get(digest), site }) };
}

async function harmonisedRows(dataSet: DataSet, tables: ReadonlyMap<string, SiteTable>, request: Omit<CombatRequest, 'view'>) {
  const want = expected(dataSet, 'combat');
  const { federation, open } = cohortOf(tables);
  const view: ViewSpec = { outcome: 'y', features: want.features, rows: [] };
  const { digest, patients } = await federatedCombat(federation, { view, ...request });
  const rows = new Map<string, number[]>();
  for (const [site, { pseudonyms }] of tables) {
    const { X, n } = open(site, { ...view, harmonise: { artefact: digest, rows: [] } });
    pseudonyms.forEach((pseudonym, i) => rows.set(pseudonym, want.features.map((_: string, j: number) => X[j * n + i])));
  }
  return { rows, patients, want };
}

describe.each(dataSets)('federated ComBat on %s', (dataSet) => {
  const { table } = oracleCohort(dataSet);
  /** The reference's rows are the first of the file, which is ordered by pseudonym. */
  const distance = (rows: ReadonlyMap<string, number[]>, want: number[][], features: readonly string[]): number => {
    const sd = features.map((name) => {
      const x = (table.columns.get(name) as { values: Float64Array }).values;
      const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
      return Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (x.length - 1));
    });
    return Math.max(...want.flatMap((row, i) => row.map((value, j) => Math.abs(rows.get(table.pseudonyms[i]!)![j]! - value) / sd[j]!)));
  };

  it.each([
    ['to the fixed point', {}, 'harmonised_converged_rows30', 1e-8],
    ['without empirical Bayes', { empiricalBayes: false }, 'harmonised_no_eb_rows30', 1e-8],
    ['shifting only', { meanOnly: true }, 'harmonised_mean_only_rows30', 5e-6],
    ['without covariates', { covariates: [] }, 'harmonised_no_covariate_rows30', 5e-6],
  ] as const)('harmonises every site as the pooled reference does, %s', async (_, options, member, tolerance) => {
    const { rows, want, patients } = await harmonisedRows(dataSet, bySite(table), { covariates: ['y', 'age'], ...options });
    expect(patients).toBe(table.pseudonyms.length);
    expect(distance(rows, want[member], want.features)).toBeLessThan(tolerance);
  });

  it('gives the same where the batches are a column within one site, and whatever the order of the sites, to the bit', async () => {
    const one = await harmonisedRows(dataSet, new Map([['all', table]]), { covariates: ['y', 'age'], batch: 'site' });
    expect(distance(one.rows, one.want.harmonised_converged_rows30, one.want.features)).toBeLessThan(1e-8);
    const own = await harmonisedRows(dataSet, bySite(table), { covariates: ['y', 'age'] });
    const reversed = await harmonisedRows(dataSet, new Map([...bySite(table)].reverse()), { covariates: ['y', 'age'] });
    for (const [patient, row] of own.rows) expect(reversed.rows.get(patient)).toEqual(row);
  });
});

describe('federated ComBat', () => {
  const { table } = oracleCohort('wdbc');
  const tables = bySite(table);
  const features = ['mean_texture', 'mean_area', 'mean_smoothness'];
  const training = [{ column: 'split', oneOf: ['train'] }];
  const view: ViewSpec = { outcome: 'y', features, rows: training };

  it('takes three rounds', async () => {
    let rounds = 0;
    await federatedCombat(openFederation(tables, { onBatch: () => rounds++ }), { view, covariates: ['age'] });
    expect(rounds).toBe(3);
  });

  it('changes by no bit when outcomes and features of all other rows are corrupted', async () => {
    const corrupt = ({ pseudonyms, columns }: SiteTable): SiteTable => {
      const split = columns.get('split') as { levels: readonly string[]; codes: Int32Array };
      const test = (row: number) => split.levels[split.codes[row]!] === 'test';
      const changed = ['y', 'age', ...features].map((name) => {
        const { values } = columns.get(name) as { values: Float64Array };
        return [name, numbers(values.map((x, row) => (test(row) ? (name === 'y' ? 1 - x : 1e3 - 7 * x) : x)))] as const;
      });
      return { pseudonyms, columns: new Map([...columns, ...changed]) };
    };
    const fit = async (own: ReadonlyMap<string, SiteTable>) => {
      const { federation, open } = cohortOf(own);
      const result = await federatedCombat(federation, { view, covariates: ['age'] });
      const rows = [...own.keys()].map((site) => [...open(site, { ...view, harmonise: { artefact: result.digest, rows: training } }).X]);
      return { digest: result.digest, rows };
    };
    expect(await fit(new Map([...tables].map(([site, own]) => [site, corrupt(own)])))).toEqual(await fit(tables));
  });

  it('harmonises test rows by their site\'s training rows, and leaves a site without any as it is', async () => {
    const { federation, open } = cohortOf(tables);
    const { digest } = await federatedCombat(federation.restrict(['A', 'B', 'C']), { view });
    const test: ViewSpec = { ...view, rows: [{ column: 'split', oneOf: ['test'] }] };
    const read = (site: string, sites?: string[]) => open(site, { ...test, harmonise: { artefact: digest, rows: training, ...(sites ? { sites } : {}) } }).X;
    expect([...read('A')]).not.toEqual([...open('A', test).X]);
    // D has training rows, but took no part: named, the sites decide.
    expect([...read('D', ['A', 'B', 'C'])]).toEqual([...open('D', test).X]);
    expect([...read('D')]).not.toEqual([...open('D', test).X]);
    const none = { ...test, harmonise: { artefact: digest, rows: [{ column: 'split', oneOf: ['never'] }] } };
    expect([...open('A', none).X]).toEqual([...open('A', test).X]);
  });

  it('does not see the rows of a fold that is left out', async () => {
    const { federation, open } = cohortOf(tables);
    const { digest, artefact } = await federatedCombat(federation, { view });
    const folds = { kind: 'column' as const, column: 'fold' };
    const harmonise = (folds_: number[]) => ({ artefact: digest, rows: training, foldRows: { folds: folds_, inside: false } });
    const spec = (left: number[]): ViewSpec => ({ ...view, folds, harmonise: harmonise(left) });
    const whole = open('A', spec([3])).X;
    const a = tables.get('A')!;
    const fold = (a.columns.get('fold') as { values: Float64Array }).values;
    const without = pickRows(a, [...fold.keys()].filter((row) => fold[row] !== 3));
    // The same standardisation, at a site that has never had the fold.
    const only = cohortOf(new Map([['A', without]]));
    const published = await only.federation.publish(combatValue(artefact));
    const own = only.open('A', { ...view, folds, harmonise: { artefact: published, rows: training } }).X;
    const n = whole.length / features.length;
    const kept = [...open('A', spec([3])).fold].flatMap((one, i) => (one === 3 ? [] : [i]));
    features.forEach((_, j) => expect([...own.subarray(j * kept.length, (j + 1) * kept.length)]).toEqual(kept.map((i) => whole[j * n + i])));
  });

  it('leaves small batches out and says what is constant', async () => {
    const flat = new Map([...tables].map(([site, own]) => [site, { ...own, columns: new Map([...own.columns, ['flat', numbers(own.pseudonyms.map(() => site.charCodeAt(0)))]]) }]));
    const { constant, patients, artefact } = await federatedCombat(openFederation(flat), { view: { ...view, features: [...features, 'flat'] }, batch: 'stage', leastPatients: 20 });
    expect(constant).toEqual(['flat']);
    expect(artefact.features).toEqual(features);
    expect(patients).toBeLessThan(398);
    expect(patients).toBeGreaterThan(200);
  });

  it('refuses covariates that repeat one another, and batches all of which are too small', async () => {
    await expect(federatedCombat(openFederation(tables), { view, covariates: ['age', 'age'] })).rejects.toMatchObject({ code: 'E658' });
    await expect(federatedCombat(openFederation(tables), { view, leastPatients: 1000 })).rejects.toMatchObject({ code: 'E612' });
  });

  it('under the profile standard sends no sum that sets few patients apart', async () => {
    const marked = new Map([...tables].map(([site, own]) => [site, { ...own, columns: new Map([...own.columns, ['scanner', category(own.pseudonyms.map((_, i) => (i < 3 ? 'old' : 'new')))]]) }]));
    const federation = openFederation(marked, { profile: 'standard' });
    await expect(federatedCombat(federation, { view: { ...view, rows: [] }, batch: 'scanner' })).rejects.toThrow(RoundRefused);
    await expect(federatedCombat(federation, { view: { ...view, rows: [] } })).resolves.toMatchObject({ patients: 569 });
  });

  it('is named by its digest: an artefact that is not there, or is something else, is refused', async () => {
    const { federation, open } = cohortOf(tables);
    const harmonise = (artefact: string) => ({ ...view, harmonise: { artefact, rows: training } });
    expect(() => open('A', harmonise('absent'))).toThrow(expect.objectContaining({ code: 'E610' }));
    const other = await federation.publish({ kind: 'logistic' });
    expect(() => open('A', harmonise(other))).toThrow(expect.objectContaining({ code: 'E605' }));
  });
});
