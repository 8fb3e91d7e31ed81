import { inProcessFederation } from '@consilium/federation/in-process';
import type { SiteTable } from '@consilium/federation/site';
import { SeededRandom } from '@consilium/numerics';
import { ConsiliumError } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../plan/parse-plan.js';
import { problemSentence } from '../plan/plan-problem.js';
import { executePlan } from './execute-plan.js';

/** Results are read as loose trees: a wrong path fails the comparison. */
type Json = any;

interface Patients {
  readonly site: string;
  readonly count: number;
  /** Overwrites cells after they are drawn. */
  readonly edit?: (columns: Record<string, Float64Array>) => void;
  readonly response?: (event: boolean) => string;
}

/** Patients whose event depends on x and age; noise columns n1, n2. Drawn from a fixed seed. */
function site({ site: name, count, edit, response }: Patients): SiteTable {
  const random = SeededRandom.fromSeed(`patients of ${name}`);
  const columns: Record<string, Float64Array> = Object.fromEntries(['x', 'n1', 'n2', 'age', 'y', 'train'].map((key) => [key, new Float64Array(count)]));
  for (let i = 0; i < count; i++) {
    for (const key of ['x', 'n1', 'n2']) columns[key]![i] = 2 * random.normal() + 5;
    columns['age']![i] = 60 + 10 * random.normal();
    const eta = 0.8 * (columns['x']![i]! - 5) + 0.05 * (columns['age']![i]! - 60);
    columns['y']![i] = random.uniform() < 1 / (1 + Math.exp(-eta)) ? 1 : 0;
    columns['train']![i] = i % 3 === 0 ? 0 : 1;
  }
  edit?.(columns);
  const cells: [string, SiteTable['columns'] extends ReadonlyMap<string, infer C> ? C : never][] = Object.entries(columns).map(([key, values]) => [key, { kind: 'number' as const, values }]);
  if (response !== undefined) {
    const levels = ['CR', 'PD', 'PR', 'SD'];
    cells.push(['response', { kind: 'category', levels, codes: Int32Array.from(columns['y']!, (y) => levels.indexOf(response(y === 1))) }]);
  }
  return { pseudonyms: Array.from({ length: count }, (_, i) => `${name}-${String(i).padStart(4, '0')}`), columns: new Map(cells) };
}

const base = `consilium: 1
title: A small study
version: 1
study: small
sites: [A, B, C]
disclosure: open-data
seed: one
outcome: { column: y, type: binary }
cohort:
  training: { where: [{ column: train, oneOf: [1] }] }
  test: { where: [{ column: train, oneOf: [0] }] }
features: { columns: [x, n1, n2] }
clinical: [age]
folds: { dealt: 4 }
models:
  - { name: all, inputs: [features, clinical] }
`;

const planOf = (text: string) => {
  const parsed = parsePlan(text);
  if ('problems' in parsed) throw new Error(parsed.problems.map(problemSentence).join('\n'));
  return parsed.plan;
};
const tables = (edits: Partial<Record<string, Omit<Patients, 'site' | 'count'>>> = {}) =>
  new Map(['A', 'B', 'C'].map((name, i) => [name, site({ site: name, count: 120 + 30 * i, ...edits[name] })]));
async function run(text: string, sites = tables()): Promise<Json> {
  const plan = planOf(text);
  return JSON.parse(JSON.stringify(await executePlan(inProcessFederation({ tables: sites, profile: plan.disclosure }), plan)));
}
const trained = (results: Json, name = 'all'): Json => results.stages.train.models.find((model: Json) => model.name === name);

describe('missing values', () => {
  const gaps = { A: { edit: (columns: Record<string, Float64Array>) => { for (let i = 1; i < 30; i += 3) columns['x']![i] = NaN; columns['age']![1] = NaN; } } };

  it('are filled with the federated mean of the training rows, and a feature with too many is dropped', async () => {
    const few = await run(`${base}missing: { clinical: mean, dropAbove: 0.1 }\n`, tables(gaps));
    expect(few.stages.train.missingValues.filled.map(({ column }: Json) => column)).toEqual(['x', 'age']);
    const many = await run(`${base}missing: { clinical: mean, dropAbove: 0.01 }\n`, tables(gaps));
    expect(many.stages.train.missingValues.droppedFeatures.map(({ feature }: Json) => feature)).toEqual(['x']);
    expect(trained(many).artefact.model.features).toEqual(['n1', 'n2', 'age']);
    expect(trained(many).n).toBe(trained(few).n);
  });

  it('leave out their rows where the plan wants complete cases', async () => {
    const filled = await run(`${base}missing: { clinical: mean, dropAbove: 0.1 }\n`, tables(gaps));
    const complete = await run(`${base}missing: { features: complete-case, dropAbove: 0.1 }\n`, tables(gaps));
    expect(trained(filled).n - trained(complete).n).toBe(10);
  });
});

describe('the cohort of a plan', () => {
  it('may validate at sites that do not train', async () => {
    const results = await run(base.replace('test: { where: [{ column: train, oneOf: [0] }] }', 'test: { sites: [C] }').replace('training: { where', 'training: { sites: [A, B], where'));
    expect(results.stages.evaluate.rows.test.sites.map((one: Json) => one.site)).toEqual(['C']);
    expect(results.stages.evaluate.rows.test.sites[0].patients).toBe(180);
    expect(results.stages.describe.cohort.training.sites.map((one: Json) => one.site)).toEqual(['A', 'B']);
  });

  it('may name the event among the levels of a category', async () => {
    const response = (event: boolean) => (event ? 'PD' : 'SD');
    const results = await run(base.replace('column: y, type: binary', 'column: response, type: binary, event: PD'), tables({ A: { response }, B: { response }, C: { response } }));
    expect(trained(results).coefficients).toEqual(trained(await run(base)).coefficients);
  });

  it('says so, and goes on, where the training rows have one outcome class', async () => {
    const never = { edit: (columns: Record<string, Float64Array>) => columns['y']!.fill(0) };
    const results = await run(base, tables({ A: never, B: never, C: never }));
    expect(trained(results).suppressed.rule).toBe('E611');
    expect(results.stages.evaluate.rows.test.suppressed.rule).toBe('no-model');
    expect(results.stages.describe.cohort.training.patients).toBeGreaterThan(0);
  });

  it('ends the run with a sentence where a table lacks a column of the plan', async () => {
    const failure = await run(base.replace('[x, n1, n2]', '[x, n1, absent]')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConsiliumError);
    expect((failure as ConsiliumError).code).toBe('E401');
    expect((failure as ConsiliumError).message).toMatch(/^A: .*absent/);
  });
});

describe('sites that are lost', () => {
  it('are left out of the results, and the rest is as if the plan had not named them', async () => {
    const all = tables();
    const two = new Map([...all].slice(0, 2));
    const lost = await run(base, two);
    const never = await run(base.replace('[A, B, C]', '[A, B]'), two);
    expect(lost.sites).toEqual(['A', 'B']);
    expect(trained(lost).coefficients).toEqual(trained(never).coefficients);
  });

  it('end the run where no training site is left', async () => {
    const plan = base.replace('training: { where', 'training: { sites: [C], where');
    await expect(run(plan, new Map([...tables()].slice(0, 2)))).rejects.toMatchObject({ code: 'E402' });
  });
});

describe('a late fusion', () => {
  const fused = (rule: string) => `${base.trimEnd()}
  - { name: age-only, inputs: [clinical] }
  - { name: fused, kind: late-fusion, rule: ${rule}, inputs: [{ prediction: all }, { prediction: age-only }] }
  - { name: recalibrated, inputs: [{ prediction: fused }] }
`;

  it('holds the models it fuses, is evaluated beside them, and later models may read it', async () => {
    const results = await run(fused('average'));
    const { model } = trained(results, 'fused').artefact;
    expect(model.models).toEqual([trained(results).artefact.model, trained(results, 'age-only').artefact.model]);
    expect(trained(results, 'fused').kind).toBe('late-fusion');
    expect(trained(results, 'recalibrated').n).toBe(trained(results).n);
    const auc = results.stages.evaluate.rows.test.sites[0].models.map((one: Json) => [one.model, one.auc.auc]);
    expect(auc.map(([name]: [string]) => name)).toEqual(['all', 'age-only', 'fused', 'recalibrated']);
    expect(auc[3][1]).toBeCloseTo(auc[2][1], 12);
  });

  it('has no result where one of its models has none', async () => {
    const never = { edit: (columns: Record<string, Float64Array>) => columns['y']!.fill(0) };
    const results = await run(fused('maximum'), tables({ A: never, B: never, C: never }));
    expect(trained(results, 'fused').suppressed.reason).toMatch(/^It rests on the model all/);
  });
});

describe("a site's own scale", () => {
  it('makes the models blind to a unit that one site records otherwise', async () => {
    const factor = { edit: (columns: Record<string, Float64Array>) => { columns['x'] = columns['x']!.map((x) => 10 * x + 3); } };
    const [plain, otherwise] = [await run(`${base}ownSiteScale: true\n`), await run(`${base}ownSiteScale: true\n`, tables({ B: factor }))];
    trained(plain).coefficients.forEach((row: Json, j: number) => expect(trained(otherwise).coefficients[j].estimate).toBeCloseTo(row.estimate, 9));
    expect(trained(await run(base, tables({ B: factor }))).coefficients[1].estimate).not.toBeCloseTo(trained(await run(base)).coefficients[1].estimate, 3);
  });
});
