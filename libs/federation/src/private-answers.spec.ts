import { regularisedLogistic } from '@consilium/learning';
import { encodeValue } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';
import { disclosureLimits } from './disclosure.js';
import { bySite, openFederation, oracleCohort } from './fixtures/cohorts.js';
import { noiseSource } from './noise-source.js';
import { countNoise, federatedPrivateCounts } from './private-counts/coordinator.js';
import { privateCounts } from './private-counts/exchange.js';
import { coefficientNoise, federatedPrivateLogistic } from './private-logistic/coordinator.js';
import { privateLogistic } from './private-logistic/exchange.js';
import { encodeRequest } from './request.js';
import { runSiteStep } from './run-site-step.js';
import { siteViews } from './site-views.js';

const { table } = oracleCohort('wdbc');
const tables = bySite(table);
const sites = tables.size;
const stage = { column: 'stage', levels: ['II', 'III', 'IVA'] };
const seen = (seed: string) => openFederation(tables, { noiseSeed: seed });
const view = { outcome: 'y', features: [], rows: [] };

const bounds = [{ low: 20, high: 90 }, { low: 5, high: 40 }];
const features = ['age', 'mean_texture'];
const logistic = (ratio: number, seed: string) => federatedPrivateLogistic(seen(seed), { ...view, features }, { ratio, penalty: 0.05, bounds });

/** Mean and standard deviation within four of their standard errors: √(1/n) and √(1/(2n)) of the deviation. */
function expectNoise(errors: readonly number[], deviation: number): void {
  const mean = errors.reduce((sum, x) => sum + x, 0) / errors.length;
  const sd = Math.sqrt(errors.reduce((sum, x) => sum + x * x, 0) / errors.length);
  expect(Math.abs(mean)).toBeLessThan((4 * deviation) / Math.sqrt(errors.length));
  expect(Math.abs(sd - deviation)).toBeLessThan((4 * deviation) / Math.sqrt(2 * errors.length));
}

describe('counts with noise', () => {
  it('are off by whole numbers of the deviation that is told, as often above as below', async () => {
    const cells = table.columns.get('stage')!;
    if (cells.kind !== 'category') throw new Error('The fixture changed.');
    const truth = stage.levels.map((level) => cells.codes.filter((code) => cells.levels[code] === level).length);
    const errors: number[] = [];
    for (let trial = 0; trial < 150; trial++) {
      const { tables: [found], standardDeviation } = await federatedPrivateCounts(seen(`trial ${trial}`), view, { ratio: 3, tables: [stage] });
      expect(standardDeviation).toBe(countNoise(3, sites));
      for (const [i, { count }] of found!.levels.entries()) errors.push(count - truth[i]!);
    }
    expect(errors.every(Number.isInteger)).toBe(true);
    expectNoise(errors, 3 * Math.SQRT2 * Math.sqrt(sites));
  });

  it('are never below nobody, and cost a patient half over the squared ratio for each table', async () => {
    const nobody = { column: 'stage', levels: ['none such'] };
    for (let trial = 0; trial < 20; trial++) {
      const { tables: [found] } = await federatedPrivateCounts(seen(`zero ${trial}`), view, { ratio: 5, tables: [nobody] });
      expect(found!.levels[0]!.count).toBeGreaterThanOrEqual(0);
    }
    expect(privateCounts.privacyCost!({ ratio: 2, tables: [stage, nobody] })).toBe(2 / 8);
    expect(privateLogistic.privacyCost!({ ratio: 2, penalty: 1, bounds: [] })).toBe(1 / 8);
  });
});

describe('a logistic model with noise', () => {
  it('is the mean of the sites\' own regularised models, by patients, where the noise is small', async () => {
    const { intercept, coefficients, patients } = await logistic(0.01, 'small');
    const root = Math.sqrt(3);
    let theta = [0, 0, 0];
    let n = 0;
    for (const [, own] of tables) {
      const opened = siteViews(own, { get: () => undefined }).open({ ...view, features });
      const columns = bounds.map(({ low, high }, j) => Array.from(opened.X.subarray(j * opened.n, (j + 1) * opened.n), (x) => Math.max(-1, Math.min(1, (2 * (x - low)) / (high - low) - 1)) / root));
      const fit = regularisedLogistic({ X: Float64Array.from([...columns.flat(), ...Array.from({ length: opened.n }, () => 1 / root)]), y: opened.y, lambda: 0.05, tolerance: 1e-10 });
      theta = theta.map((t, j) => t + opened.n * fit.theta[j]!);
      n += opened.n;
    }
    expect(patients).toBe(n);
    const expected = bounds.map(({ low, high }, j) => ((theta[j]! / n) * 2) / ((high - low) * root));
    for (const [j, { estimate, standardDeviation }] of coefficients.entries()) expect(Math.abs(estimate - expected[j]!)).toBeLessThan(5 * standardDeviation);
    expect(Math.abs(intercept)).toBeLessThan(10);
    expect(Math.sign(coefficients[1]!.estimate)).toBe(1);
  });

  it('is off by the deviation that is told', async () => {
    const exact = await logistic(0.01, 'small');
    const errors: number[] = [];
    const [deviation] = coefficientNoise({ ratio: 4, penalty: 0.05, bounds, patients: exact.patients, sites });
    for (let trial = 0; trial < 150; trial++) {
      const { coefficients } = await logistic(4, `trial ${trial}`);
      errors.push(coefficients[0]!.estimate - exact.coefficients[0]!.estimate);
      expect(coefficients[0]!.standardDeviation).toBe(deviation);
    }
    expectNoise(errors, deviation!);
  });
});

describe('noise', () => {
  it('follows from its seed alone: the same bytes again, others from another seed, site or round', async () => {
    const one = await logistic(3, 'seed');
    expect(encodeValue(await logistic(3, 'seed') as never)).toEqual(encodeValue(one as never));
    expect((await logistic(3, 'other')).coefficients[0]!.estimate).not.toBe(one.coefficients[0]!.estimate);
    const below = noiseSource(new Uint8Array(32).fill(1));
    const counts = Array.from({ length: 5 }, () => 0);
    for (let i = 0; i < 5000; i++) counts[Number(below(5n))]!++;
    // Chi-squared of four degrees of freedom; 30 is beyond one in a hundred thousand.
    expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(30);
    expect(below(1n)).toBe(0n);
    expect(() => below(0n)).toThrow('positive');
    expect(() => noiseSource(new Uint8Array(16))).toThrow('32 bytes');
  });

  it('is asked for: a step with a privacy cost is refused without a seed, and the rule is named with one', () => {
    const call = { step: privateCounts.name, version: 1, request: encodeRequest(privateCounts, { view, parameters: { ratio: 1, tables: [stage] } }), views: siteViews(table, { get: () => undefined }), limits: disclosureLimits.standard };
    expect(runSiteStep(call)).toMatchObject({ kind: 'refusal', refusal: { code: 'E655' } });
    expect(runSiteStep({ ...call, noise: new Uint8Array(32) })).toMatchObject({ kind: 'contribution', rules: ['finite-values', 'patients', 'differential-privacy'] });
  });
});
