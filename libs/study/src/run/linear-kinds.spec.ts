import { federatedLogistic } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import type { SiteTable } from '@consilium/federation/site';
import { SeededRandom } from '@consilium/numerics';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../plan/parse-plan.js';
import { planWarnings } from '../plan/plan-rules.js';
import { problemSentence } from '../plan/plan-problem.js';
import { executePlan } from './execute-plan.js';

/** Results are read as loose trees: a wrong path fails the comparison. */
type Json = any;

/** Patients whose event depends on x1 and x2; x1 and n1 were read twice, n1 by another who disagrees. */
function site(name: string, count: number): SiteTable {
  const random = SeededRandom.fromSeed(`linear kinds ${name}`);
  const columns: Record<string, Float64Array> = Object.fromEntries(['x1', 'x2', 'n1', 'n2', 'x1_2', 'x2_2', 'n1_2', 'n2_2', 'y'].map((key) => [key, new Float64Array(count)]));
  for (let i = 0; i < count; i++) {
    for (const key of ['x1', 'x2', 'n1', 'n2']) {
      columns[key]![i] = 3 * random.normal() + 7;
      columns[`${key}_2`]![i] = key === 'n1' ? 3 * random.normal() + 7 : columns[key]![i]! + 0.2 * random.normal();
    }
    const eta = 0.5 * (columns['x1']![i]! - 7) - 0.4 * (columns['x2']![i]! - 7);
    columns['y']![i] = random.uniform() < 1 / (1 + Math.exp(-eta)) ? 1 : 0;
  }
  return { pseudonyms: Array.from({ length: count }, (_, i) => `${name}-${String(i).padStart(4, '0')}`), columns: new Map(Object.entries(columns).map(([key, values]) => [key, { kind: 'number', values }])) };
}

const tables = new Map(['A', 'B', 'C'].map((name, i) => [name, site(name, 90 + 20 * i)]));

const head = `consilium: 1
title: Linear kinds
version: 1
study: kinds
sites: [A, B, C]
disclosure: open-data
seed: one
outcome: { column: y, type: binary }
features: { columns: [x1, x2, n1, n2] }
folds: { dealt: 3 }
evaluate: { rows: [training], bootstrap: 50 }
`;

function parsed(text: string) {
  const result = parsePlan(head + text);
  if ('problems' in result) throw new Error(result.problems.map(problemSentence).join('\n'));
  return result.plan;
}
const run = async (text: string): Promise<Json> => JSON.parse(JSON.stringify(await executePlan(inProcessFederation({ tables, profile: 'open-data' }), parsed(text))));

describe('the linear kinds of models in a plan', () => {
  it('are fitted, chosen by cross-validation where they have settings, and validated', async () => {
    const results = await run(`models:
  - { name: lasso, inputs: [features], penalty: { kind: lasso, lambda: { count: 8, ratio: 0.05 } } }
  - { name: net, inputs: [features], penalty: { kind: elastic-net, mixing: 0.3, lambda: { count: 8, ratio: 0.05 }, choose: 1se } }
  - { name: firth, inputs: [features], penalty: { kind: firth } }
  - { name: svm, inputs: [features], kind: linear-svm, C: [0.01, 0.1] }
  - { name: kernel, inputs: [features], kind: rbf-svm, C: [1], components: 60 }
  - { name: combined, inputs: [{ prediction: svm }, { columns: [n2] }] }
`);
    const models: Json[] = results.stages.train.models;
    expect(models.map(({ artefact }) => artefact.model.kind)).toEqual(['logistic', 'logistic', 'logistic', 'linear-svm', 'fourier-svm', 'logistic']);
    expect(models[0].crossValidation.selectedMin).toEqual(expect.arrayContaining(['x1', 'x2']));
    expect(models[1].crossValidation.lambdas).toHaveLength(8);
    expect(models[3].platt.slope).toBeGreaterThan(0);
    const validated: Json[] = results.stages.evaluate.rows.training.pooled.models;
    for (const { model, auc } of validated) expect(auc.auc, model).toBeGreaterThan(0.7);
  }, 60_000);

  it('may have an intercept for every site, as indicators of the sites give them, and predict with the mean of these', async () => {
    const text = "models: [{ name: strata, inputs: [{ columns: [x1, x2] }], sites: intercepts }, { name: plain, inputs: [{ columns: [x1, x2] }] }]\n";
    const plan = parsed(text);
    const [strata, plain]: Json[] = (await run(text)).stages.train.models;
    const federation = inProcessFederation({ tables, profile: 'open-data' });
    const view = { outcome: 'y', features: ['x1', 'x2', '@site=A', '@site=B', '@site=C'], rows: [] };
    const scaling = { mean: Float64Array.from([7, 7, 0, 0, 0]), sd: Float64Array.from([1, 1, 1, 1, 1]) };
    // The same model by indicators of A and B: another baseline, the same intercepts and slopes.
    const [other] = await federatedLogistic(federation, { view, scaling, models: [{ features: ['x1', 'x2', '@site=A', '@site=B'] }] });
    const [constant, x1, x2, a, b] = other!.raw as [number, number, number, number, number];
    for (const [s, intercept] of [constant + a, constant + b, constant].entries()) expect(strata.siteIntercepts[s].intercept).toBeCloseTo(intercept, 8);
    const { features, mean, sd, coefficients, intercept } = strata.artefact.model;
    expect(features).toEqual(['x1', 'x2']);
    expect([coefficients[0] / sd[0], coefficients[1] / sd[1]].map((slope, j) => slope - [x1, x2][j]!)).toEqual([expect.closeTo(0, 8), expect.closeTo(0, 8)]);
    const n = ['A', 'B', 'C'].map((name) => tables.get(name)!.pseudonyms.length);
    const weighted = (n[0]! * (constant + a) + n[1]! * (constant + b) + n[2]! * constant) / (n[0]! + n[1]! + n[2]!);
    expect(intercept - (coefficients[0] * mean[0]) / sd[0] - (coefficients[1] * mean[1]) / sd[1]).toBeCloseTo(weighted, 8);
    expect(plain.siteIntercepts).toBeUndefined();
    expect(planWarnings(plan).filter((sentence) => sentence.startsWith('Model strata'))).toHaveLength(1);
    expect(parsePlan(head + text.replace('sites: intercepts', 'sites: intercepts, penalty: { kind: l2, C: 1 }'))).toMatchObject({ problems: [{ path: 'models[0].sites' }] });
  });

  it('need folds where they choose', () => {
    const text = `${head}models: [{ name: svm, inputs: [features], kind: linear-svm }]\n`.replace('folds: { dealt: 3 }\n', '');
    expect(parsePlan(text)).toMatchObject({ problems: [{ path: 'models[0].kind' }] });
  });
});

describe('the selection of a plan', () => {
  it('drops features whose readings disagree, tests ranks, and ends with the logistic LASSO and stepwise regression', async () => {
    const results = await run(`select:
  agreement: { suffixes: [_2] }
  test: { kind: mann-whitney, alpha: 0.9 }
  correlation: null
  lasso: { family: logistic, mixing: 0.9, lambda: { max: 0.2, min: 0.002, count: 8 } }
  stepwise: { direction: backward, criterion: bic }
models: [{ name: chosen, inputs: [selected] }]
`);
    const { agreement, test, lasso, stepwise, selected } = results.stages.select;
    expect(agreement.features.filter(({ kept }: Json) => !kept).map(({ feature }: Json) => feature)).toEqual(['n1']);
    expect(test.features.every(({ p, t }: Json) => p !== null && t === null)).toBe(true);
    expect([lasso.family, lasso.path.length]).toEqual(['logistic', 8]);
    expect(stepwise.steps.length).toBeGreaterThan(0);
    expect(selected).toEqual(expect.arrayContaining(['x1', 'x2']));
    expect(selected).not.toContain('n1');
    expect(selected.length).toBe(lasso.selectedMin.length - (stepwise.steps.length - 1));
  }, 60_000);

  it('is refused before a run where more features would enter the LASSO than it takes, with the memory they need', () => {
    const many = Array.from({ length: 3001 }, (_, j) => `f${j}`).join(', ');
    const text = head.replace('[x1, x2, n1, n2]', `[${many}]`) + 'select: { test: null, correlation: null }\nmodels: [{ name: chosen, inputs: [selected] }]\n';
    const result = parsePlan(text) as Json;
    expect(result.problems.map(({ sentence }: Json) => sentence).join()).toMatch(/3001 features would enter the LASSO.*GiB/);
  });
});
