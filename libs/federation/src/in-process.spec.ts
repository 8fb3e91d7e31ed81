import { encodeValue, type Value } from '@consilium/protocol';
import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { disclosureLimits } from './disclosure.js';
import { RoundRefused } from './federation.js';
import { bySite, madeUpCohort, numbers, openFederation, oracleCohort, overSites, pickRows } from './fixtures/cohorts.js';
import { leaveOneSiteOut } from './leave-one-site-out/coordinator.js';
import { federatedMoments } from './moments/coordinator.js';
import { momentTotals } from './moments/exchange.js';
import { encodeRequest } from './request.js';
import { runSiteStep } from './run-site-step.js';
import { siteViews } from './site-views.js';
import { block, type SumStep } from './step.js';

const cohort = madeUpCohort();
const features = ['x1', 'x2', 'x3', 'x4', 'x5'];
const view = { outcome: 'y', features, rows: [] };
const none = { get: () => undefined };

describe('the function every site runs', () => {
  const request = encodeRequest(momentTotals, { view, parameters: null });
  const call = { step: momentTotals.name, version: 1, request, views: siteViews(cohort, none), limits: disclosureLimits.standard };

  it('answers equal bytes to equal requests, with what a ledger needs', () => {
    const [first, second] = [runSiteStep(call), runSiteStep({ ...call, views: siteViews(cohort, none) })];
    if (first.kind !== 'contribution' || second.kind !== 'contribution') throw new Error('refused');
    expect(second.bytes).toEqual(first.bytes);
    expect(first).toMatchObject({ view: { rows: 240, digest: expect.stringMatching(/^[0-9a-f]{64}$/) }, rules: ['finite-values', 'patients', 'cells'] });
    expect(encodeValue(first.value)).toEqual(first.bytes);
  });

  it.each<[string, Partial<typeof call>, string]>([
    ['a step it does not know', { step: 'moments/medians' }, 'E604'],
    ['another version of a step', { version: 2 }, 'E604'],
    ['bytes that are no value', { request: Uint8Array.of(1, 2, 3) }, 'E605'],
    ['parameters the step does not take', { request: encodeValue({ view, parameters: { extra: 1 } }) }, 'E605'],
    ['a view with a key it does not know', { request: encodeValue({ view: { ...view, sql: 'x' }, parameters: null }) }, 'E605'],
    ['a column it does not have', { request: encodeValue({ view: { ...view, features: ['ki67'] }, parameters: null }) }, 'E606'],
  ])('refuses %s with a code', (_, change, code) => {
    expect(runSiteStep({ ...call, ...change })).toMatchObject({ kind: 'refusal', refusal: { code, rule: 'data' } });
  });
});

describe('the federation in one process', () => {
  it('throws the refusals of a sum, and names sites and rules', async () => {
    const small = pickRows(cohort, [0, 1, 2]);
    const federation = openFederation(new Map([...overSites(cohort, 2), ['tiny', small]]), { profile: 'standard' });
    await expect(federation.sum(momentTotals, { view, parameters: null })).rejects.toThrow(RoundRefused);
    await expect(federation.sum(momentTotals, { view, parameters: null })).rejects.toThrow('moments/totals: refused by tiny (minimum-patients)');
    await expect(federation.restrict(['S1', 'S2']).sum(momentTotals, { view, parameters: null })).resolves.toMatchObject({ sites: ['S1', 'S2'] });
  });

  it('names the site whose number is too large to be added exactly', async () => {
    const huge = { pseudonyms: cohort.pseudonyms, columns: new Map([...cohort.columns, ['x1', numbers(cohort.pseudonyms.map(() => 1e19))]]) };
    const federation = openFederation(new Map([['A', cohort], ['B', huge]]));
    await expect(federation.sum(momentTotals, { view, parameters: null })).rejects.toMatchObject({ refusals: [{ site: 'B', refusal: { code: 'E602' } }] });
  });

  it('holds sites to limits stricter than the profile', async () => {
    const limits = { ...disclosureLimits.standard, minimumPatients: 1000 };
    await expect(federatedMoments(openFederation(overSites(cohort, 2), { profile: 'standard', limits }), view)).rejects.toThrow(RoundRefused);
  });

  it('publishes a model under the sha256 of its bytes, for views to name', async () => {
    const federation = openFederation(overSites(cohort, 3));
    const artefact: Value = { kind: 'logistic', features: ['x1'], mean: [4], sd: [2.5], coefficients: [1.5], intercept: 0.2 };
    const digest = await federation.publish(artefact);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await federation.publish({ ...artefact })).toBe(digest);
    const { all } = await federatedMoments(federation, { ...view, features: ['p'], derived: [{ name: 'p', model: digest }] });
    expect(all.mean[0]).toBeGreaterThan(0.4);
    expect(all.mean[0]).toBeLessThan(0.7);
  });

  it('crashes on a mistake of the program, with no refusal to hide it', async () => {
    const broken: SumStep<null, { n: Float64Array }> = { ...momentTotals, name: 'spec/broken', contribution: z.strictObject({ n: block() }) };
    const federation = openFederation(overSites(cohort, 2), {
      findStep: () => ({
        step: broken,
        compute() {
          throw new TypeError('a mistake');
        },
      }),
    });
    await expect(federation.sum(broken, { view, parameters: null })).rejects.toThrow(TypeError);
  });

  it('reports progress', () => {
    const seen: unknown[] = [];
    openFederation(overSites(cohort, 2), { onProgress: (...args) => seen.push(args) }).progress(1, 4, 'select');
    expect(seen).toEqual([[1, 4, 'select']]);
  });
});

describe('leaving one site out', () => {
  const { table } = oracleCohort('wdbc');
  const wdbcView = { outcome: 'y', features: ['mean_radius'], rows: [] };

  it('equals the pooled moments without the site, in the rounds of one training', async () => {
    const tables = bySite(table);
    const batches: number[] = [];
    const federation = openFederation(tables, { onBatch: (batch) => batches.push(batch.length) });
    const left = await leaveOneSiteOut(federation, async ({ training, validation }) => ({
      mean: (await federatedMoments(training, wdbcView)).all.mean[0],
      trained: training.sites,
      validated: (await validation.sum(momentTotals, { view: wdbcView, parameters: null })).sites,
    }));
    expect(batches).toEqual([4, 4, 4]);
    for (const { site, result } of left) {
      const others = new Map([...tables].filter(([name]) => name !== site));
      expect(result.mean).toBe((await federatedMoments(openFederation(others), wdbcView)).all.mean[0]);
      expect(result.trained).toEqual(['A', 'B', 'C', 'D'].filter((name) => name !== site));
      expect(result.validated).toEqual([site]);
    }
  });

  it('is refused for one site', async () => {
    const run = leaveOneSiteOut(openFederation(new Map([['A', table]])), async () => 0);
    await expect(run).rejects.toThrow(expect.objectContaining({ code: 'E613' }));
  });
});
