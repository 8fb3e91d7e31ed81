import type { ViewSpec } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import type { SiteTable } from '@consilium/federation/site';
import { SeededRandom } from '@consilium/numerics';
import type { PlanStage } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';
import { executePlan } from '../run/execute-plan.js';
import { parsePlan } from './parse-plan.js';
import type { AnalysisPlan } from './plan-schema.js';
import { stageOfExecution, stepInStages } from './plan-stages.js';
import { mayRead, outsidePlan } from './request-scope.js';

const TEXT = `consilium: 1
title: Two sequences
version: 1
study: scope
sites: [A, B, C]
disclosure: open-data
seed: one
outcome: { column: y, type: binary }
cohort:
  include: [{ column: adult, oneOf: [1] }]
  training: { where: [{ column: test, oneOf: [0] }] }
  test: { where: [{ column: test, oneOf: [1] }] }
features: { columns: [T1_1, T1_2, T2_1, T2_2] }
clinical: [age]
missing: { clinical: mean }
folds: { dealt: 4 }
harmonise: { adapted: true }
`;
const PIPELINE = `${TEXT}pipeline:
  sequences: [T1, T2]
  models: [{ kind: logistic, penalty: { kind: l2, C: 1 } }]
  volume: volume
  vendor: scanner
  repeats: 2
  permute: 1
dictionary: { columns: { 'T1_*': { type: number }, 'T2_*': { type: number }, age: { type: number }, volume: { type: number }, y: { type: number }, adult: { type: number }, test: { type: number }, scanner: { type: category, codes: [X, Y] } } }
`;
const MODELS = `${TEXT}select: { test: { kind: student, alpha: 0.5 }, lasso: { lambda: { max: 1, min: 0.01, count: 4 } } }
models:
  - { name: all, inputs: [features, clinical] }
  - { name: svm, kind: linear-svm, inputs: [features], C: [1] }
evaluate: { thresholds: [{ kind: youden }], subgroups: [{ column: adult, values: [0, 1] }], leaveOneSiteOut: { models: [all] } }
`;

function planOf(text: string): AnalysisPlan {
  const parsed = parsePlan(text);
  if (!('plan' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  return parsed.plan;
}

type SiteColumn = SiteTable['columns'] extends ReadonlyMap<string, infer C> ? C : never;

function hospital(site: string): SiteTable {
  const random = SeededRandom.fromSeed(`scope ${site}`);
  const rows = Array.from({ length: 60 }, (_, i) => {
    const row: Record<string, number> = Object.fromEntries(['T1_1', 'T1_2', 'T2_1', 'T2_2', 'volume'].map((name) => [name, random.normal()]));
    return { ...row, age: i === 7 ? NaN : 60 + 10 * random.normal(), adult: i % 20 === 0 ? 0 : 1, test: i % 4 === 0 ? 1 : 0, y: random.uniform() < 1 / (1 + Math.exp(-2 * row['T1_1']!)) ? 1 : 0 } as Record<string, number>;
  });
  const names = Object.keys(rows[0]!);
  const scanner = { kind: 'category' as const, levels: ['X', 'Y'], codes: Int32Array.from(rows, (_, i) => i % 2) };
  return { pseudonyms: rows.map((_, i) => `${site}${String(i).padStart(2, '0')}`), columns: new Map<string, SiteColumn>([...names.map((name): [string, SiteColumn] => [name, { kind: 'number', values: Float64Array.from(rows, (row) => row[name]!) }]), ['scanner', scanner]]) };
}
const tables = new Map(['A', 'B', 'C'].map((site) => [site, hospital(site)]));

describe.each([['models', MODELS], ['a pipeline with repeats and permutations', PIPELINE]])('a run of a plan with %s', (_, text) => {
  it('asks nothing outside the plan, and in each stage only steps that belong to it', async () => {
    const plan = planOf(text);
    let stage: PlanStage = 'describe';
    const strangers = new Set<string>();
    let asked = 0;
    const federation = inProcessFederation({
      tables,
      profile: 'open-data',
      onBatch: (batch) => {
        for (const { step, request } of batch) {
          asked++;
          const outside = outsidePlan(plan, request.view);
          if (outside !== undefined) strangers.add(`${stage}: ${step.name} names ${outside}`);
          if (!stepInStages([stage], step.name)) strangers.add(`${stage}: ${step.name} is not of this stage`);
        }
      },
    });
    await executePlan(federation, plan, { onStage: (name) => (stage = stageOfExecution[name]!) });
    expect([...strangers]).toEqual([]);
    expect(asked).toBeGreaterThan(50);
  });
});

describe('a question is outside the plan', () => {
  const plan = planOf(PIPELINE);
  const adult = { column: 'adult', oneOf: [1] };
  const training = [adult, { column: 'test', oneOf: [0] }];
  const view = (change: Partial<ViewSpec> = {}): ViewSpec => ({ outcome: 'y', features: ['age'], rows: training, ...change });

  it.each<[string, Partial<ViewSpec>]>([
    ['other rows', { rows: [] }],
    ['other rows', { rows: [...training, { column: 'age', oneOf: [61.5] }] }],
    ['other rows', { rows: [{ column: 'test', oneOf: [0] }, adult] }],
    ['other rows', { rows: [...training, { column: 'scanner', oneOf: ['Z'] }] }],
    ['other folds', { folds: { kind: 'dealt', folds: 50, seed: 'one' } }],
    ['other folds', { folds: { kind: 'dealt', folds: 4, seed: 'chosen' } }],
    ['other folds', { folds: { kind: 'dealt', folds: 4, seed: 'one/repeat-3' } }],
    ['other folds', { folds: { kind: 'column', column: 'test' } }],
    ['another outcome', { outcome: 'age' }],
    ['a permutation', { permute: { seed: 'one/permutation-2', rows: training } }],
    ['a permutation', { permute: { seed: 'one/permutation-1', rows: [] } }],
    ['a scale', { ownScale: { rows: [adult] } }],
    ['a harmonisation', { harmonise: { artefact: '0'.repeat(64), rows: [{ column: 'age', oneOf: [61.5] }] } }],
    ['a column', { features: ['postcode'] }],
    ['a column', { features: ['@site=Leiden'] }],
  ])('where it names %s', (named, change) => {
    expect(outsidePlan(plan, view(change))).toContain(named);
  });

  it('and within it where it asks what the plan asks', () => {
    const own: Partial<ViewSpec>[] = [{}, { rows: [adult] }, { rows: [...training, { column: 'scanner', oneOf: ['X'] }] }, { outcome: '@site=B' }, { folds: { kind: 'dealt', folds: 4, seed: 'one/repeat-2' } }, { features: ['age', 'age=1', '@site=A', 'p'], derived: [{ name: 'p', model: '0'.repeat(64) }] }];
    for (const change of own) expect(outsidePlan(plan, view(change))).toBeUndefined();
    const again = planOf(PIPELINE.replace('  volume: volume', '  select: { agreement: { sequences: [{ sequence: T1, again: [T1-second] }] } }\n  volume: volume'));
    expect(['T1-second_1', 'T1-second_9', 'T2-second_1'].map(mayRead(again))).toEqual([true, false, false]);
    expect([mayRead(plan)('volume'), mayRead(plan)('adult=1'), mayRead(plan)('postcode')]).toEqual([true, true, false]);
  });
});
