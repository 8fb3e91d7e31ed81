import { inProcessFederation } from '@consilium/federation/in-process';
import type { SiteTable } from '@consilium/federation/site';
import { SeededRandom } from '@consilium/numerics';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../plan/parse-plan.js';
import { problemSentence } from '../plan/plan-problem.js';
import { executePlan } from './execute-plan.js';

/** Results are read as loose trees: a wrong path fails the comparison. */
type Json = any;

/** Patients whose event depends on how x1 and x2 meet, which no linear model sees. */
function site(name: string, count: number): SiteTable {
  const random = SeededRandom.fromSeed(`tree kinds ${name}`);
  const columns: Record<string, Float64Array> = Object.fromEntries(['x1', 'x2', 'n1', 'y'].map((key) => [key, new Float64Array(count)]));
  for (let i = 0; i < count; i++) {
    for (const key of ['x1', 'x2', 'n1']) columns[key]![i] = 3 * random.normal() + 7;
    const together = (columns['x1']![i]! - 7) * (columns['x2']![i]! - 7) > 0;
    columns['y']![i] = random.uniform() < (together ? 0.85 : 0.15) ? 1 : 0;
  }
  return { pseudonyms: Array.from({ length: count }, (_, i) => `${name}-${String(i).padStart(4, '0')}`), columns: new Map(Object.entries(columns).map(([key, values]) => [key, { kind: 'number', values }])) };
}

const tables = new Map(['A', 'B', 'C'].map((name, i) => [name, site(name, 90 + 20 * i)]));

const head = `consilium: 1
title: Tree kinds
version: 1
study: kinds
sites: [A, B, C]
disclosure: open-data
seed: one
outcome: { column: y, type: binary }
features: { columns: [x1, x2, n1] }
folds: { dealt: 3 }
evaluate: { rows: [training], bootstrap: 50 }
`;

function parsed(text: string) {
  const result = parsePlan(text);
  if ('problems' in result) throw new Error(result.problems.map(problemSentence).join('\n'));
  return result.plan;
}

const run = async (text: string, above = head): Promise<Json> => JSON.parse(JSON.stringify(await executePlan(inProcessFederation({ tables, profile: 'open-data' }), parsed(above + text))));

describe('trees in a plan', () => {
  it('are grown, chosen by cross-validation where there is something to choose, read by later models and validated', async () => {
    const results = await run(`models:
  - { name: linear, inputs: [features] }
  - { name: forest, kind: random-forest, inputs: [features], grid: [{ trees: 15, depth: 1 }, { trees: 15, features: 3 }] }
  - { name: extra, kind: extra-trees, inputs: [features], grid: [{ trees: 20, features: 3 }] }
  - { name: boosted, kind: boosting, inputs: [features], grid: [{ trees: 20, depth: 1 }, { trees: 20, learningRate: 0.3 }, { growth: leaf-wise, trees: 20, leaves: 5, learningRate: 0.3 }], patience: 4 }
  - { name: fixed, kind: boosting, inputs: [features], grid: [{ trees: 3, minimumLeaf: 20 }], patience: null }
  - { name: combined, inputs: [{ prediction: forest }, { columns: [n1] }] }
`);
    const models: Json = Object.fromEntries(results.stages.train.models.map((model: Json) => [model.name, model]));
    expect(['forest', 'extra', 'boosted', 'fixed', 'combined'].map((name) => models[name].artefact.model.kind)).toEqual(['trees', 'trees', 'trees', 'trees', 'logistic']);
    const { settings, brier, chosen } = models.forest.crossValidation;
    expect([settings.length, chosen]).toEqual([2, { trees: 15, features: 3 }]);
    expect(brier[1]).toBeLessThan(brier[0]);
    expect(models.extra.crossValidation).toBe(null);
    const { logLoss, trees, chosen: best } = models.boosted.crossValidation;
    expect(best).not.toMatchObject({ depth: 1 });
    const index = logLoss.indexOf(Math.min(...logLoss));
    expect(best.trees).toBe(trees[index]);
    expect(models.boosted.trees).toBe(best.trees);
    expect([models.fixed.trees, models.fixed.crossValidation]).toEqual([3, null]);
    const auc = Object.fromEntries(results.stages.evaluate.rows.training.pooled.models.map((model: Json) => [model.model, model.auc.auc]));
    expect(auc.linear).toBeLessThan(0.65);
    for (const name of ['forest', 'extra', 'boosted', 'combined']) expect(auc[name], name).toBeGreaterThan(0.7);
  }, 60_000);

  it.each([
    ['several settings', 'random-forest, grid: [{ depth: 2 }, { depth: 4 }]', true],
    ['one setting', 'random-forest', false],
    ['a number of trees', 'boosting', true],
    ['nothing', 'boosting, patience: null', false],
  ])('need folds where they choose among %s', (_, kind, needs) => {
    const text = `${head}models: [{ name: one, inputs: [features], kind: ${kind} }]\n`.replace('folds: { dealt: 3 }\n', '');
    const result = parsePlan(text);
    if (needs) expect(result).toMatchObject({ problems: [{ path: 'models[0].kind' }] });
    else expect(result).not.toHaveProperty('problems');
  });

  it('tell a wrong setting by its place', () => {
    const problems = (kind: string) => (parsePlan(`${head}models: [{ name: one, inputs: [features], kind: ${kind} }]\n`) as Json).problems.map(problemSentence).join();
    expect(problems('boosting, grid: [{ trees: 0 }]')).toContain('models[0].grid[0].trees');
    expect(problems('extra-trees, bins: 64')).toContain('models[0].bins');
    expect(problems('random-forest, grid: [{ leaves: 4 }]')).toContain('leaves');
  });
});

describe('trees as candidates of a pipeline', () => {
  it('are chosen where they are better than simpler models by more than a standard error', async () => {
    const { pipeline } = (await run(`pipeline:
  sequences: [{ name: all, match: '*' }]
  select: { test: null, correlation: null, lasso: null }
  fusion: { select: { test: null, correlation: null, lasso: null } }
  models:
    - { kind: logistic, penalty: { kind: l2, C: 1 } }
    - { kind: extra-trees, grid: [{ trees: 20, features: 3 }] }
    - { kind: boosting, grid: [{ trees: 15, learningRate: 0.3 }], patience: 3 }
`, head.replace('dealt: 3', 'dealt: 4'))).stages;
    const { candidates, chosen } = pipeline.sequences[0];
    const auc = Object.fromEntries(candidates.map(({ kind, auc: own }: Json) => [kind, own]));
    expect(auc['extra-trees']).toBeGreaterThan(auc.logistic + 0.1);
    expect(auc.boosting).toBeGreaterThan(auc.logistic + 0.1);
    expect(chosen).not.toBe('logistic');
    expect(pipeline.models.find(({ name }: Json) => name === 'rad-signature').kind).toBe('trees');
  }, 60_000);
});

describe('trees that every site grows by itself', () => {
  it('are merged, and stand in results with what each site gave and counts for', async () => {
    const results = await run(`models:
  - { name: merged, kind: merged-trees, inputs: [features], grow: { kind: random-forest, settings: { trees: 20, features: 3 } }, weights: auc-elsewhere }
`);
    const [model] = results.stages.train.models;
    expect(model.artefact.model.ensembles).toHaveLength(3);
    expect(model.sites.map(({ site, weight }: Json) => [site, weight > 0])).toEqual([['A', true], ['B', true], ['C', true]]);
    for (const { aucElsewhere } of model.sites) expect(aucElsewhere).toBeGreaterThan(0.7);
    expect(results.warnings.join()).toContain('grown at single sites');
  }, 30_000);

  it('are refused by the plan check where their leaves are smaller than the profile allows', () => {
    const text = `${head}models: [{ name: merged, inputs: [features], kind: merged-trees }]\n`.replace('open-data', 'strict');
    expect(parsePlan(text)).toMatchObject({ problems: [{ path: 'models[0].grow', sentence: 'Leaves of 5 patients do not leave a site under strict. Set grow.settings.minimumLeaf to at least 10.' }] });
    expect(parsePlan(text.replace('merged-trees', 'merged-trees, grow: { kind: boosting }'))).not.toHaveProperty('problems');
  });
});

describe('how trees and linear models come to their predictions', () => {
  it('stands in results: SHAP values, how they depend on the value, and permutation importance', async () => {
    const { explain } = (await run(`models:
  - { name: boosted, kind: boosting, inputs: [features], grid: [{ trees: 20, learningRate: 0.3 }], patience: null }
  - { name: linear, inputs: [{ columns: [x1] }, { prediction: boosted }] }
  - { name: kernel, inputs: [features], kind: rbf-svm, C: [1], components: 20 }
`)).stages;
    const [boosted, linear, kernel] = explain.models;
    expect(boosted.shap.features.map(({ feature }: Json) => feature)).toEqual(['x1', 'x2', 'n1']);
    expect(boosted.shap.shapes.at(-1).feature).toBe('n1');
    expect([boosted.shap.scale, boosted.shap.patients]).toEqual(['log-odds', 330]);
    expect(boosted.shap.shapes[0].dependence).toHaveLength(10);
    for (const { patients } of boosted.shap.shapes[0].dependence) expect(patients).toBe(33);
    const worse = Object.fromEntries(boosted.permutationImportance.features.map(({ feature, auc }: Json) => [feature, auc.mean]));
    expect(worse.x1).toBeGreaterThan(worse.n1 + 0.1);
    expect(linear.shap.features.map(({ feature }: Json) => feature)).toEqual(['x1', 'boosted']);
    expect(kernel.shap.notEstimable).toBe('SHAP values are made for linear models and for trees.');
    expect(kernel.permutationImportance.features).toHaveLength(3);
  }, 30_000);
});
