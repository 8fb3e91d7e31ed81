import { inProcessFederation } from '@consilium/federation/in-process';
import type { SiteTable } from '@consilium/federation/site';
import { SeededRandom } from '@consilium/numerics';
import { describe, expect, it } from 'vitest';
import { canonicalPlan } from '../plan/canonical-plan.js';
import { parsePlan } from '../plan/parse-plan.js';
import { problemSentence } from '../plan/plan-problem.js';
import { modelFileDigest } from '../model-file/model-file.js';
import { modelOfResults } from '../model-file/model-of-results.js';
import { executePlan } from './execute-plan.js';
import { serialiseResults } from './run-results.js';

/** Results are read as loose trees: a wrong path fails the comparison. */
type Json = any;

const shifts: Readonly<Record<string, number>> = { A: 0, B: 3, C: -2, D: 6 };

/** Patients whose event depends on x1 and age; each site shifts and stretches x1 to x4 by its scanner. */
function site(name: string, count: number, edit?: (columns: Record<string, Float64Array>, row: number) => void): SiteTable {
  const random = SeededRandom.fromSeed(`scanner of ${name}`);
  const columns: Record<string, Float64Array> = Object.fromEntries(['x1', 'x2', 'x3', 'x4', 'age', 'y', 'train'].map((key) => [key, new Float64Array(count)]));
  for (let i = 0; i < count; i++) {
    const z = Array.from({ length: 4 }, () => random.normal());
    columns['age']![i] = Math.round(60 + 10 * random.normal());
    columns['y']![i] = random.uniform() < 1 / (1 + Math.exp(-(1.2 * z[0]! + 0.03 * (columns['age']![i]! - 60)))) ? 1 : 0;
    z.forEach((value, j) => (columns[`x${j + 1}`]![i] = shifts[name]! * (1 + 0.1 * j) + (1 + 0.2 * Math.abs(shifts[name]!)) * value));
    columns['train']![i] = i % 3 === 0 ? 0 : 1;
    edit?.(columns, i);
  }
  return { pseudonyms: Array.from({ length: count }, (_, i) => `${name}-${String(i).padStart(4, '0')}`), columns: new Map(Object.entries(columns).map(([key, values]) => [key, { kind: 'number' as const, values }])) };
}

const tablesOf = (edit?: (columns: Record<string, Float64Array>, row: number) => void) => new Map(['A', 'B', 'C', 'D'].map((name, i) => [name, site(name, 150 + 15 * i, edit)]));

const text = (harmonise: string) => `consilium: 1
title: Four scanners
version: 1
study: scanners
sites: [A, B, C, D]
disclosure: open-data
seed: one
outcome: { column: y, type: binary }
cohort:
  training: { where: [{ column: train, oneOf: [1] }], sites: [A, B, C] }
  test: { where: [{ column: train, oneOf: [0] }] }
features: { columns: [x1, x2, x3, x4] }
clinical: [age]
folds: { dealt: 4 }
${harmonise}
select: { test: { alpha: 0.5 }, lasso: { lambda: { min: 0.01, max: 0.3, count: 10 } } }
models:
  - { name: radiomic, inputs: [selected] }
  - { name: combined, inputs: [clinical, { prediction: radiomic }] }
evaluate: { thresholds: [{ kind: youden }], subgroups: [{ column: age, cuts: [60] }], bootstrap: 50, decisionThresholds: [0.5] }
`;
const combat = 'harmonise: { covariates: [age], adapted: true }';

const planOf = (source: string) => {
  const parsed = parsePlan(source);
  if ('problems' in parsed) throw new Error(parsed.problems.map(problemSentence).join('\n'));
  return parsed.plan;
};
async function run(source: string, tables = tablesOf()): Promise<Json> {
  const plan = planOf(source);
  return JSON.parse(serialiseResults(await executePlan(inProcessFederation({ tables, profile: plan.disclosure }), plan)));
}

const harmonised = run(text(combat));

describe('a selection without folds left out', () => {
  it('says how often each feature stays', async () => {
    const { stability, selected } = (await harmonised).stages.select;
    expect(stability.folds).toBe(4);
    const of = (name: string): Json => stability.features.find(({ feature }: Json) => feature === name);
    expect(of('x1')).toEqual({ feature: 'x1', selected: true, share: 1 });
    expect(selected.every((name: string) => of(name).selected)).toBe(true);
    expect(stability.features.every(({ share }: Json) => Number.isInteger(4 * share))).toBe(true);
  });
});

describe('a plan that harmonises', () => {
  it('takes away what the site explains, and finds more signal than without', async () => {
    const [{ stages }, plain] = [await harmonised, await run(text(''))];
    const { before, after, siteDiscrimination, features, patients } = stages.harmonise;
    expect([features, patients]).toEqual([4, stages.train.models[0].n]);
    before.varianceExplainedBySite.forEach((r2: number, j: number) => {
      expect(r2).toBeGreaterThan(0.3);
      expect(after.varianceExplainedBySite[j]).toBeLessThan(0.02);
    });
    expect(siteDiscrimination.before.mean).toBeGreaterThan(0.75);
    expect(siteDiscrimination.after.mean).toBeLessThan(0.62);
    const auc = (results: Json) => results.stages.evaluate.thresholds[0].crossFittedAuc.auc;
    expect(auc({ stages })).toBeGreaterThan(auc(plain) + 0.05);
    expect(plain.stages.harmonise).toBeUndefined();
  });

  it('leaves a site it was not fitted at as it is in the headline, and adapts it only under its label', async () => {
    const { stages } = await harmonised;
    const { sites, adapted, headline } = stages.evaluate.rows.test;
    const slope = (list: Json) => list.find((one: Json) => one.site === 'D').models[0].calibration.observedOverExpected;
    expect(adapted.label).toContain('not available for a single new patient');
    expect(Math.abs(Math.log(slope(sites)))).toBeGreaterThan(2 * Math.abs(Math.log(slope(adapted.sites))));
    expect(headline).not.toEqual(adapted.headline);
  });

  it('has the same models, thresholds and harmonisation to the last bit when all test rows are corrupted', async () => {
    const corrupt = (columns: Record<string, Float64Array>, row: number): void => {
      if (columns['train']![row] === 1) return;
      columns['y']![row] = 1 - columns['y']![row]!;
      for (const name of ['x1', 'x2', 'x3', 'x4']) columns[name]![row] = 50 - 3 * columns[name]![row]!;
    };
    const fitted = ({ stages }: Json) => [stages.harmonise, stages.select, stages.train, stages.evaluate.thresholds, stages.explain];
    expect(fitted(await run(text(combat), tablesOf(corrupt)))).toEqual(fitted(await harmonised));
  });

  it('says when the event rate differs between sites', async () => {
    expect((await harmonised).stages.harmonise.eventRates.warning).toBeNull();
    const rarer = tablesOf();
    rarer.set('B', site('B', 165, (columns, row) => (columns['y']![row] = row % 9 === 1 || row % 9 === 5 ? 1 : 0)));
    expect((await run(text(combat), rarer)).stages.harmonise.eventRates.warning).toContain('takes away part of the signal');
  });

  it('shows curves, intervals, reclassification, subgroups, ranges and a nomogram', async () => {
    const { stages } = await harmonised;
    const { calibrationCurves, decisionIntervals, reclassification, subgroups, pooled } = stages.evaluate.rows.test;
    expect(calibrationCurves.map((one: Json) => one.curve.length)).toEqual([50, 50]);
    expect(decisionIntervals[1].intervals[0]).toMatchObject({ threshold: 0.5 });
    expect(reclassification[0]).toMatchObject({ before: 'radiomic', after: 'combined', idi: { estimate: expect.any(Number) } });
    expect(subgroups[0].groups.map((group: Json) => group.name)).toEqual(['below 60', '60 and above']);
    expect(pooled.models[0].histogram.length).toBeGreaterThan(10);
    const [radiomic, combined] = stages.explain.models;
    expect(radiomic.nomogram.axes.length).toBe(radiomic.ranges.ranges.length);
    expect(Math.max(...combined.nomogram.axes.map((axis: Json) => axis.maximumPoints))).toBeCloseTo(100, 9);
    expect(stages.explain.selected.rows).toHaveLength(6);
  });

  it('gives models out with the earlier ones they read, where training patients lay, and a card', async () => {
    const plan = planOf(text(combat));
    const results = serialiseResults(await executePlan(inProcessFederation({ tables: tablesOf(), profile: 'open-data' }), plan));
    const content = modelOfResults(results, canonicalPlan(plan), 'combined');
    if ('refusal' in content) throw new Error(content.refusal);
    expect(content.models.map(({ name }) => name)).toEqual(['radiomic', 'combined']);
    expect(content.inputs).toMatchObject({ harmonised: true, ownSiteScale: false, extraction: null });
    expect(content.inputs.ranges!.ranges.map(({ feature }) => feature)).toEqual(content.inputs.features);
    expect(content.card).toMatchObject({ identity: { name: 'combined', study: 'scanners' }, performance: [{ rows: 'test', apparent: false }] });
    expect(modelFileDigest(content)).toMatch(/^[0-9a-f]{64}$/);
    expect(modelOfResults(results, canonicalPlan(plan), 'other')).toEqual({ refusal: 'The run has no model other. It has radiomic, combined.' });
  });
});

describe('the plan check', () => {
  it.each([
    ['a covariate that is no clinical variable', text('harmonise: { covariates: [x1] }'), /x1 is not a clinical variable/],
    ['harmonising what every site has scaled itself', text('harmonise: {}\nownSiteScale: true'), /Use one of the two/],
    ['cuts that do not ascend', text(combat).replace('cuts: [60]', 'cuts: [60, 50]'), /not above the number before it/],
    ['values and cuts at once', text(combat).replace('cuts: [60]', 'cuts: [60], values: [1]'), /values or cuts/],
  ])('refuses %s', (_, source, sentence) => {
    const parsed = parsePlan(source);
    expect('problems' in parsed ? parsed.problems.map(problemSentence).join('\n') : '').toMatch(sentence);
  });
});

describe("z-scores of each hospital's own", () => {
  it('tell before and after, as harmonisation does: the site explains nothing of them afterwards, and they do not tell it', async () => {
    const { harmonise } = (await run(text('ownSiteScale: true'))).stages;
    expect([harmonise.method, harmonise.features]).toEqual(['own-site-scale', harmonise.before.features.length]);
    for (const share of harmonise.before.varianceExplainedBySite) expect(share).toBeGreaterThan(0.3);
    for (const share of harmonise.after.varianceExplainedBySite) expect(share).toBeLessThan(1e-12);
    for (const { mean, sd } of harmonise.after.sites) expect([...mean, ...sd.map((x: number) => x - 1)].every((x) => Math.abs(x) < 0.01)).toBe(true);
    expect(harmonise.siteDiscrimination.before.mean).toBeGreaterThan(0.7);
    expect(harmonise.siteDiscrimination.after.mean).toBeLessThan(0.6);
  });
});
