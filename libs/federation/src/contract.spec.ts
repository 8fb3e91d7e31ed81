import { ConsiliumError, encodeValue, type Value } from '@consilium/protocol';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { disclosureLimits, isSuppressed } from './disclosure.js';
import { RoundRefused } from './federation.js';
import { numbers, openFederation, oracleCohort, overSites, pickRows } from './fixtures/cohorts.js';
import { methodCatalogue } from './method-catalogue.js';
import { decodeContribution, decodeRequest, encodeRequest } from './request.js';
import { runSiteStep } from './run-site-step.js';
import type { SiteStep } from './site-step.js';
import { findSiteStep, siteSteps } from './site-steps.js';
import type { SiteTable } from './site-view.js';
import { siteViews } from './site-views.js';
import { stepSentences } from './step-sentences.js';
import type { RoundCall } from './lock-step.js';

/**
 * What every federated method promises, held over the registry of steps and the catalogue of methods. A method that is added to the
 * catalogue, or a step to the registry, is tested here without another line.
 */

const docs = new URL('../../../docs/', import.meta.url);
const pages = existsSync(docs) ? readdirSync(docs).filter((name) => name.startsWith('reference-method-')) : [];
const page = (name: string) => readFileSync(new URL(name, docs), 'utf8');
const { table } = oracleCohort('wdbc');
const noArtefacts = { get: () => undefined };

interface Exercise {
  readonly step: string;
  readonly version: number;
  readonly request: Uint8Array;
}

/** Runs a method's example and writes down every request and every computed contribution. */
async function runExample(method: (typeof methodCatalogue)[number], tables: ReadonlyMap<string, SiteTable>, { secureAggregation = false } = {}) {
  const calls: RoundCall[] = [];
  const contributions: { step: SiteStep['step']; contribution: Value }[] = [];
  const recording = (name: string, version: number): SiteStep | undefined => {
    const half = findSiteStep(name, version);
    return half && {
      step: half.step,
      compute(view, parameters, noise) {
        const result = half.compute(view, parameters, noise);
        contributions.push({ step: half.step, contribution: result.contribution });
        return result;
      },
    };
  };
  const federation = openFederation(tables, { findStep: recording, secureAggregation, onBatch: (batch) => calls.push(...batch) });
  return { result: await method.run(federation, method.example), calls, contributions };
}

const exercises: Exercise[] = [];

describe.each(methodCatalogue.map((method) => [method.name, method] as const))('the method %s', (name, method) => {
  let five: ReturnType<typeof runExample> | undefined;
  const overFive = () => (five ??= runExample(method, overSites(table, 5)));

  it('equals the pooled method from 1, 2, 3 and 5 sites, whatever their order and names, and with masks to the bit', async () => {
    const pooled = (await runExample(method, overSites(table, 1))).result;
    for (const sites of [2, 3, 5]) {
      const tables = overSites(table, sites);
      const { result, calls } = await (sites === 5 ? overFive() : runExample(method, tables));
      exercises.push(...calls.map(({ step, request }) => ({ step: step.name, version: step.version, request: encodeRequest(step, request) })));
      // 1e-7: the loosest stopping rule of an iterative method, on figures of order one.
      if (method.rests === 'pooled') expectClose(result, pooled, 1e-7);
      const reversed = await runExample(method, new Map([...tables].reverse()), { secureAggregation: sites > 2 });
      expect(sameBytes(encodeValue(reversed.result), encodeValue(result))).toBe(true);
      if (method.rests === 'pooled' && sites === 3) expect(sameBytes(encodeValue((await runExample(method, renamed(tables))).result), encodeValue(result))).toBe(true);
    }
  });

  it('sends what its schemas read back the same', async () => {
    const { calls, contributions } = await overFive();
    expect(contributions.length).toBeGreaterThan(0);
    for (const { step, contribution } of contributions) {
      const bytes = encodeValue(contribution);
      expect(sameBytes(encodeValue(decodeContribution(step, bytes)), bytes), step.name).toBe(true);
    }
    for (const { step, request } of calls) {
      const bytes = encodeRequest(step, request);
      expect(sameBytes(encodeRequest(step, decodeRequest(step, bytes)), bytes), step.name).toBe(true);
    }
  });

  it.each([
    ['without a row', () => pickRows(table, [])],
    ['with one class', () => withColumn(table, 'y', () => 0)],
    ['with numbers all missing', () => ['mean_radius', 'mean_texture', 'age', 'p1'].reduce((own, column) => withColumn(own, column, () => NaN), table)],
  ])('refuses a cohort %s with a code, or answers with finite figures and reasons', async (_, cohort) => {
    const outcome = await runExample(method, overSites(cohort(), 2)).then(({ result }) => result, (error: unknown) => error);
    if (outcome instanceof Error) expect(outcome instanceof ConsiliumError || outcome instanceof RoundRefused ? 'refused with a code' : outcome).toBe('refused with a code');
    else expect(() => encodeValue(outcome as Value)).not.toThrow();
  });

  it('has a page with its title and its example', () => {
    expect(pages).toContain(`reference-method-${name}.md`);
    const text = page(`reference-method-${name}.md`);
    expect(text).toContain(method.title);
    const examples = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => JSON.parse(json!) as unknown);
    expect(examples).toContainEqual(method.example);
  });

  it('takes its own example, and refuses it without an outcome', () => {
    expect(method.parameters.safeParse(method.example).success).toBe(true);
    expect(method.parameters.safeParse({ ...(method.example as object), outcome: undefined }).success).toBe(false);
  });
});

describe('every step of the registry', () => {
  it('has a name and version of its own', () => {
    const keys = siteSteps.map(({ step }) => `${step.name} ${step.version}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(siteSteps.map(({ step }) => step.name).filter((name) => stepSentences[name] === undefined)).toEqual([]);
    for (const { step } of siteSteps) expect(step.name).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/);
  });

  it('declares limits: at least how many patients', () => {
    for (const { step } of siteSteps) expect(step.disclosure.limits, step.name).toContain('patients');
    for (const { step } of siteSteps) expect(step.kind === 'sum', step.name).toBe(step.disclosure.kind === 'sum');
  });

  it('is named on a page of a method', () => {
    const text = pages.map(page).join('\n');
    expect(siteSteps.map(({ step }) => step.name).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('is asked by the example of some method', () => {
    expect(siteSteps.map(({ step }) => step.name).filter((name) => !exercises.some(({ step }) => step === name))).toEqual([]);
  });

  it('sends nothing from a site below the minimum counts of the profile standard', () => {
    const small = siteViews(pickRows(table, Array.from({ length: 12 }, (_, i) => i)), noArtefacts);
    expect(exercises.length).toBeGreaterThan(0);
    for (const exercise of exercises) {
      const outcome = runSiteStep({ ...exercise, views: small, limits: disclosureLimits.standard });
      if (outcome.kind === 'contribution') expect(unsuppressed(outcome.value), exercise.step).toEqual([]);
    }
  });
});

/** Megabytes of numbers, which the assertions of the runner would compare one by one. */
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

function withColumn({ pseudonyms, columns }: SiteTable, name: string, value: () => number): SiteTable {
  return { pseudonyms, columns: new Map([...columns, [name, numbers(pseudonyms.map(value))]]) };
}

/** The same tables under names that sort the other way. */
const renamed = (tables: ReadonlyMap<string, SiteTable>) => new Map([...tables].map(([site, own], index) => [`${String.fromCharCode(90 - index)}${site}`, own]));

/** Numbers in a value, other than zeros, that no `suppressed` stands for. */
function unsuppressed(value: Value | undefined): unknown[] {
  if (isSuppressed(value) || value === null || value === undefined) return [];
  if (value instanceof Float64Array) return Array.from(value).filter((x) => x !== 0);
  if (typeof value === 'number') return value === 0 ? [] : [value];
  return typeof value === 'object' ? Object.values(value).flatMap((item) => unsuppressed(item as Value)) : [];
}

function expectClose(got: unknown, want: unknown, tolerance: number, path = ''): void {
  if (typeof want === 'number' && typeof got === 'number') {
    const distance = Math.abs(got - want);
    if (distance > tolerance * Math.max(1, Math.abs(want))) throw new Error(`${path}: got ${got}, expected ${want}, difference ${distance}, tolerance ${tolerance}`);
  } else if (typeof want === 'object' && want !== null && typeof got === 'object' && got !== null) {
    expect(Object.keys(got), path).toEqual(Object.keys(want));
    for (const key of Object.keys(want)) expectClose((got as Record<string, unknown>)[key], (want as Record<string, unknown>)[key], tolerance, `${path}/${key}`);
  } else expect(got, path).toEqual(want);
}

it('the comparison of this suite can fail', () => {
  expect(() => expectClose({ a: [1, 2] }, { a: [1, 2.1] }, 1e-7)).toThrow(/a\/1/);
  expect(() => expectClose({ a: 'kept' }, { a: 'dropped' }, 1e-7)).toThrow();
  expect(unsuppressed({ a: { suppressed: { rule: 'r', reason: 'x' } }, b: [1, 0] })).toEqual([1]);
});
