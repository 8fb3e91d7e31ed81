import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inProcessFederation } from '@consilium/federation/in-process';
import { randomEffects } from '@consilium/statistics';
import { type AnalysisPlan, executePlan, type ParsedPlan, readPlan, type RunResults, serialiseResults } from '@consilium/study';
import { parseDictionary, parseTable, pickRows, splitBySite, type Table } from '@consilium/tables';
import { beforeAll, describe, expect, it } from 'vitest';

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const oracle = (name: string) => JSON.parse(readFileSync(root(`test/oracle/expected/${name}.json`), 'utf8')) as Json;

/** Results and expected values are read as loose trees: a wrong path fails the comparison. */
 
type Json = any;

const planOf = async (name: string): Promise<AnalysisPlan> => ((await readPlan(root(`examples/${name}.yaml`))) as ParsedPlan).plan;

function tableOf(file: string, plan: AnalysisPlan, siteColumn: string): Table {
  const dictionary = parseDictionary(plan.dictionary);
  if ('problems' in dictionary) throw new Error('the dictionary has mistakes');
  return parseTable(readFileSync(file), { dictionary: dictionary.dictionary, siteColumn }).table;
}

async function run(plan: AnalysisPlan, tables: ReadonlyMap<string, Table>): Promise<{ results: Json; text: string; rounds: number }> {
  let rounds = 0;
  const own = { ...plan, sites: [...tables.keys()].sort() };
  const federation = inProcessFederation({ tables, profile: plan.disclosure, onBatch: () => void rounds++ });
  const results: RunResults = await executePlan(federation, own);
  const text = serialiseResults(results);
  return { results: JSON.parse(text) as Json, text, rounds };
}

/** The rows dealt to so many sites, in an order that has nothing to do with outcome or site. */
function dealt(table: Table, sites: number): Map<string, Table> {
  const places = Array.from({ length: table.pseudonyms.length }, (_, i) => i);
  return new Map(Array.from({ length: sites }, (_, s) => [`S${s}`, pickRows(table, places.filter((i) => (i * 7919 + 13) % 1009 % sites === s))]));
}

const reversed = (tables: ReadonlyMap<string, Table>): Map<string, Table> => new Map([...tables].reverse());

function near(got: unknown, expected: number, tolerance: number): void {
  if (typeof got !== 'number' || !(Math.abs(got - expected) <= tolerance * Math.max(1, Math.abs(expected)))) throw new Error(`got ${String(got)}, expected ${expected} ± ${tolerance}`);
}

const named = (list: Json, name: string): Json => list.find((one: Json) => (one.model ?? one.name ?? one.site) === name);

describe.each(['wdbc', 'radsyn'])('the plan for %s, simulated over its four sites', (data) => {
  let plan: AnalysisPlan;
  let table: Table;
  let results: Json;
  let rounds: number;
  let text: string;

  beforeAll(async () => {
    const full = await planOf(data);
    // Thresholds from cross-fitted predictions repeat the selection 55 times; they have a test of their own.
    plan = { ...full, evaluate: { ...full.evaluate, thresholds: [{ kind: 'fixed', value: 0.5 }] } };
    table = tableOf(root(`test/oracle/data/${data}.csv`), plan, 'site');
    ({ results, rounds, text } = await run(plan, splitBySite(table, 'site')));
  }, 120_000);

  it('selects what scikit-learn selects on the pooled training rows', () => {
    const { train_rows_ttest_pearsonB: expected } = oracle(`${data}.lasso_linear`);
    const { select } = results.stages;
    expect([...select.correlation.features].sort()).toEqual([...expected.features].sort());
    near(select.lasso.lambdaMin, expected.alpha_min, 1e-12);
    near(select.lasso.lambda1se, expected.alpha_1se, 1e-12);
    expect([...select.lasso.selectedMin].sort()).toEqual([...expected.selected_min].sort());
    expect([...select.lasso.selected1se].sort()).toEqual([...expected.selected_1se].sort());
    select.lasso.path.forEach((point: Json, i: number) => near(point.meanError, expected.cv_mse_mean[i], 1e-8));
    const paths = new Map<string, number[]>(select.lasso.paths.map(({ feature, values }: Json) => [feature, values]));
    expected.path.forEach(({ j, b }: Json, i: number) => {
      expect([...paths].filter(([, values]) => values[i] !== 0).map(([feature]) => feature).sort()).toEqual(j.map((at: number) => expected.features[at]).sort());
      j.forEach((at: number, k: number) => near(paths.get(expected.features[at])![i]!, b[k], 1e-8));
    });
  });

  it.each([
    ['clinical', 'train_clinical'],
    ['eight-features', 'train_rad'],
    ['eight-combined', 'train_comb'],
  ])('fits the model %s as R does on pooled rows', (name, topic) => {
    const expected = oracle(`${data}.logistic`)[topic];
    const model = named(results.stages.train.models, name);
    model.coefficients.forEach((row: Json, j: number) => {
      near(row.estimate, expected.coef[j], 1e-8);
      near(row.standardError, expected.se[j], 1e-7);
      near(row.p, expected.p[j], 1e-6);
    });
    near(model.information.deviance, expected.deviance, 1e-8);
    near(model.information.aic, expected.aic, 1e-8);
  });

  it('fits the penalised signature as scikit-learn does, and finds its AUC at every site', () => {
    const expected = oracle(`${data}.pipeline`);
    const model = named(results.stages.train.models, 'radiomics');
    const place = new Map(model.artefact.model.features.map((name: string, j: number) => [name, j]));
    expected.selected.forEach((name: string, j: number) => near(model.artefact.model.coefficients[place.get(name) as number], expected.l2_logistic_C1.w[j], 1e-6));
    for (const site of results.stages.evaluate.rows.test.sites) near(named(site.models, 'radiomics').auc.auc, expected.l2_logistic_C1.auc_test_per_site[site.site], 1e-6);
  });

  it.each([
    ['clinical', 'p_clin'],
    ['eight-features', 'p_rad'],
    ['eight-combined', 'p_comb'],
  ])('validates %s on test rows as R does: calibration, confusion figures, bounds around the AUC', (name, score) => {
    const calibration = oracle(`${data}.calibration`).test[score];
    const roc = oracle(`${data}.roc`).test[score];
    const pooled = named(results.stages.evaluate.rows.test.pooled.models, name);
    near(pooled.calibration.brier, calibration.brier, 1e-8);
    near(pooled.recalibration.slope.estimate, calibration.slope, 1e-8);
    near(pooled.recalibration.inTheLarge.estimate, calibration.citl_offset, 1e-8);
    near(pooled.hosmerLemeshow.chi2 ?? pooled.hosmerLemeshow.statistic, calibration.hl10_fixed.chi2, 1e-8);
    expect(pooled.auc.low - 1e-12).toBeLessThanOrEqual(roc.auc);
    expect(pooled.auc.high + 1e-12).toBeGreaterThanOrEqual(roc.auc);
    near(pooled.auc.auc, roc.auc, 5e-4);
    const { tp, fp, fn, tn } = roc['at_0.5'];
    expect(pooled.confusion[0].figures.counts).toEqual({ tp, fp, fn, tn });
  });

  it('pools the sites as metafor does (REML, Hartung-Knapp)', () => {
    const expected = oracle(`${data}.meta_loso`);
    for (const [name, topic] of [['clinical', 'all_p_clin'], ['eight-features', 'all_p_rad']] as const) {
      const pooled = named(results.stages.evaluate.rows.all.headline, name);
      const { reml_hk } = expected[topic].meta_logit_auc;
      near(pooled.auc, reml_hk.back_auc, 1e-7);
      near(pooled.confidence[0], reml_hk.back_ci[0], 1e-7);
      near(pooled.prediction[1], reml_hk.back_pi[1], 1e-7);
      near(pooled.tau2, reml_hk.tau2, 1e-8);
    }
  });

  it('counts candidates, events per parameter and patients needed', () => {
    const { sampleSize } = results.stages.describe;
    expect(sampleSize.candidateParameters).toBe(data === 'wdbc' ? 36 : 606);
    expect(sampleSize.riley.enough).toBe(false);
    expect(results.stages.describe.validationSize.sites.every((site: Json) => site.belowHundredEvents)).toBe(true);
  });

  it('asks for all of it in few rounds', () => {
    expect(rounds).toBeLessThan(70);
  });

  it('does not depend on the order of the sites by one bit', async () => {
    expect((await run(plan, reversed(splitBySite(table, 'site')))).text).toBe(text);
  }, 120_000);
});

describe('the WDBC plan over other divisions of the same patients', () => {
  let plan: AnalysisPlan;
  let table: Table;
  let four: Json;

  beforeAll(async () => {
    const full = await planOf('wdbc');
    plan = { ...full, evaluate: { ...full.evaluate, leaveOneSiteOut: null, thresholds: [{ kind: 'fixed', value: 0.5 }] } };
    table = tableOf(root('test/oracle/data/wdbc.csv'), plan, 'site');
    ({ results: four } = await run(plan, splitBySite(table, 'site')));
  }, 120_000);

  it.each([1, 2, 10])('gives the same selection and models with %i sites', async (sites) => {
    const { results } = await run(plan, dealt(table, sites));
    expect(results.stages.select.selected).toEqual(four.stages.select.selected);
    four.stages.train.models.forEach((model: Json, m: number) => {
      const other = results.stages.train.models[m];
      model.coefficients.forEach((row: Json, j: number) => near(other.coefficients[j].estimate, row.estimate, 1e-8));
      near(other.logLikelihood, model.logLikelihood, 1e-9);
    });
    four.stages.evaluate.rows.test.pooled.models.forEach((model: Json, m: number) => {
      near(results.stages.evaluate.rows.test.pooled.models[m].calibration.brier, model.calibration.brier, 1e-9);
    });
  }, 120_000);

  it('leaves each site out as R does on pooled rows', async () => {
    const full = await planOf('wdbc');
    const plan: AnalysisPlan = { ...full, select: null, models: full.models.filter(({ name }) => name === 'eight-features') };
    const { results } = await run({ ...plan, evaluate: { ...plan.evaluate, thresholds: [] } }, splitBySite(tableOf(root('test/oracle/data/wdbc.csv'), plan, 'site'), 'site'));
    const { sites, headline, metaAnalysis } = results.stages.evaluate.leaveOneSiteOut;
    const expected = oracle('wdbc.meta_loso');
    for (const { site, auc, delong_var, brier, slope } of expected.loso) {
      const [model] = named(sites, site).models;
      near(model.auc.auc, auc, 1e-10);
      near(model.auc.standardError, Math.sqrt(delong_var), 1e-9);
      near(model.calibration.brier, brier, 1e-9);
      near(model.recalibration.slope.estimate, slope, 1e-7);
    }
    near(headline[0].auc, expected.loso_meta_logit_auc.reml_hk.back_auc, 1e-8);
    // R's slopes of the hospitals, pooled by what agrees with metafor.
    const slopes = randomEffects({ estimates: expected.loso.map((one: Json) => one.slope), variances: expected.loso.map((one: Json) => one.slope_se ** 2), method: 'reml', interval: 'hartung-knapp' })!;
    near(metaAnalysis[0].calibrationSlope.hartungKnapp.estimate, slopes.estimate, 1e-6);
    near(metaAnalysis[0].calibrationSlope.hartungKnapp.prediction.high, slopes.prediction!.high, 1e-5);
    expect(metaAnalysis[0].logObservedOverExpected.included).toEqual(['A', 'B', 'C', 'D']);
  }, 120_000);
});

describe('cross-fitted predictions', () => {
  it('set one threshold for all sites, and are not better than chance on noise though features are selected', async () => {
    const full = await planOf('wdbc');
    const table = tableOf(root('test/oracle/data/wdbc.csv'), full, 'site');
    const noise = new Map(table.columns);
    const shift = Math.floor(table.pseudonyms.length / 3);
    for (const name of full.features!.columns) {
      const column = table.columns.get(name)!;
      if (column.kind === 'number') noise.set(name, { kind: 'number', values: column.values.map((_, i) => column.values[(i * 227 + shift) % table.pseudonyms.length]!) });
    }
    const plan: AnalysisPlan = {
      ...full,
      select: { test: { kind: 'student', alpha: 0.3 }, correlation: null, lasso: null },
      models: full.models.filter(({ name }) => name === 'radiomics'),
      evaluate: { ...full.evaluate, rows: ['training'], leaveOneSiteOut: null, thresholds: [{ kind: 'youden' }] },
    };
    const { results } = await run(plan, splitBySite({ pseudonyms: table.pseudonyms, columns: noise }, 'site'));
    const { crossFittedAuc, thresholds } = results.stages.evaluate.thresholds[0];
    const apparent = results.stages.evaluate.rows.training.pooled.models[0].auc.auc;
    expect(thresholds[0].value).toBeGreaterThan(0);
    expect(crossFittedAuc.auc).toBeLessThan(0.6);
    expect(apparent).toBeGreaterThan(crossFittedAuc.auc);
  }, 120_000);
});

describe('a run under the profile standard', () => {
  it('ends, with the figures that the rules forbid suppressed and the others as under open-data', async () => {
    const full = await planOf('wdbc');
    const plan: AnalysisPlan = { ...full, evaluate: { ...full.evaluate, thresholds: [{ kind: 'fixed', value: 0.5 }] } };
    const tables = splitBySite(tableOf(root('test/oracle/data/wdbc.csv'), plan, 'site'), 'site');
    const { results: open } = await run(plan, tables);
    const { results } = await run({ ...plan, disclosure: 'standard' }, tables);
    // Site D has 17 test rows, 4 of them events: it shows nothing of its own there, and pooled sums without it would be the sums of the others.
    const test = results.stages.evaluate.rows.test;
    expect(named(test.sites, 'D').models.every((model: Json) => model.auc.suppressed.rule === 'minimum-patients')).toBe(true);
    expect(named(named(test.sites, 'A').models, 'eight-features').auc.auc).toBe(named(named(open.stages.evaluate.rows.test.sites, 'A').models, 'eight-features').auc.auc);
    expect(results.stages.select.selected).toEqual(open.stages.select.selected);
    // The design has a level of stage with fewer than five patients of one class at site D.
    expect(named(results.stages.train.models, 'clinical').suppressed.rule).toBe('minimum-cell');
    expect(named(results.stages.evaluate.modelsWithoutResult, 'clinical').suppressed.rule).toBe('minimum-cell');
    expect(named(results.stages.train.models, 'eight-combined').suppressed).toBeDefined();
  }, 120_000);
});

/** Every leaf of the first tree that differs from the second's, except where the first says why there is no figure. */
function changedFigures(shown: Json, open: Json, path = ''): string[] {
  if (shown?.suppressed !== undefined || shown?.notEstimable !== undefined) return [];
  if (typeof shown !== 'object' || shown === null) return shown === open ? [] : [path];
  return Object.keys(shown as object).flatMap((key) => changedFigures(shown[key], open?.[key], `${path}/${key}`));
}

const rulesIn = (tree: Json): Set<string> => {
  if (typeof tree !== 'object' || tree === null) return new Set();
  if (tree.suppressed !== undefined) return new Set([tree.suppressed.rule]);
  return new Set(Object.values(tree as object).flatMap((item) => [...rulesIn(item)]));
};

describe.each(['wdbc', 'radsyn'])('%s under standard and under open-data', (data) => {
  it('differs only where a rule of the profile stands in place of the figure', async () => {
    const full = await planOf(data);
    const plan: AnalysisPlan = { ...full, models: full.models.filter(({ name }) => name === 'eight-features'), select: null };
    const own: AnalysisPlan = { ...plan, evaluate: { ...plan.evaluate, rows: ['test'], models: null, thresholds: [{ kind: 'fixed', value: 0.5 }] } };
    const tables = splitBySite(tableOf(root(`test/oracle/data/${data}.csv`), own, 'site'), 'site');
    const { results: open } = await run(own, tables);
    const { results: standard } = await run({ ...own, disclosure: 'standard' }, tables);
    // Curves and calibration bins are joined until every bin holds the minimum, so they have other points.
    const exact = (of: Json) => of.stages.evaluate.rows.test.sites.map(({ models, ...site }: Json) => ({ ...site, models: models.map(({ auc, calibration, recalibration, confusion }: Json) => ({ auc, calibration, recalibration, confusion })) }));
    expect(changedFigures(exact(standard), exact(open))).toEqual([]);
    expect(changedFigures(standard.stages.train.models, open.stages.train.models)).toEqual([]);
    expect([...rulesIn(open.stages)]).toEqual([]);
    expect(rulesIn(standard.stages).size).toBeGreaterThan(0);
    const rules = ['complement', 'minimum-bin', 'minimum-cell', 'minimum-patients', 'minimum-per-class', 'parameters-per-patient'];
    for (const rule of rulesIn(standard.stages)) expect(rules).toContain(rule);
  }, 120_000);
});

const heart = process.env['CONSILIUM_DATA'] ?? root('../shared/data');
const heartTable = `${heart}/heart-disease/flamby_split.csv`;

describe.skipIf(!existsSync(heartTable))('four real hospitals: UCI heart disease in the split of FLamby (skipped without the data folder)', () => {
  const sites = ['cleveland', 'hungarian', 'switzerland', 'va'];
  const accuracies = (results: Json): number[] => sites.map((site) => named(results.stages.evaluate.rows.test.sites, site).models[0].confusion[0].figures.accuracy.estimate);
  const heartRun = async (name: string) => {
    const plan = await planOf(name);
    const table = tableOf(heartTable, plan, 'center_name');
    return { plan, table, ...(await run(plan, splitBySite(table, 'center_name'))) };
  };

  it('gives the pooled accuracy at every hospital with one scale for all', async () => {
    const { results } = await heartRun('heart');
    [0.779, 0.798, 0.812, 0.822].forEach((accuracy, s) => near(accuracies(results)[s], accuracy, 6e-4));
    const pooled = results.stages.evaluate.rows.test.pooled.models[0];
    near(pooled.confusion[0].figures.accuracy.estimate, 0.795, 6e-4);
    near(pooled.auc.auc, 0.881, 6e-4);
  });

  it('has the coefficients of the pooled fit to 1e-8', async () => {
    const { plan, table, results } = await heartRun('heart');
    const { results: one } = await run(plan, new Map([['all', table]]));
    const coefficients = (of: Json): number[] => of.stages.train.models[0].artefact.model.coefficients;
    coefficients(results).forEach((b, j) => expect(Math.abs(b - coefficients(one)[j]!)).toBeLessThan(1e-8));
  });

  it('ends under standard with the model suppressed: a rare finding has fewer than five patients in one class', async () => {
    const { plan, table } = await heartRun('heart');
    const { results } = await run({ ...plan, disclosure: 'standard' }, splitBySite(table, 'center_name'));
    expect(results.stages.train.models[0].suppressed.rule).toBe('minimum-cell');
    expect(results.stages.evaluate.rows.test.suppressed.rule).toBe('no-model');
    expect(results.stages.describe.cohort.training.patients).toBe(486);
  });

  it('lets the hospital without a control in training take part, and says that its AUC rests on one control', async () => {
    const { results } = await heartRun('heart');
    const site = named(results.stages.describe.cohort.training.sites, 'switzerland');
    expect([site.events, site.nonEvents]).toEqual([30, 0]);
    expect(named(results.stages.evaluate.rows.test.sites, 'switzerland').models[0].auc.caution).toMatch(/one control/);
  });

  it("reaches FLamby's published federated accuracy of .731 with every hospital on its own scale and the penalty chosen on training rows", async () => {
    const { results } = await heartRun('heart-own-scale');
    const mean = accuracies(results).reduce((sum, accuracy) => sum + accuracy, 0) / sites.length;
    expect(mean).toBeGreaterThan(0.731);
    console.log(`heart disease, own scale: centre average ${mean.toFixed(4)} (FLamby's best federated figure .731), C ${results.stages.train.models[0].C}`);
  });

  it('fills cholesterol of 0 with the federated mean where the dictionary declares it missing, and runs without it', async () => {
    const { results } = await heartRun('heart-missing-chol');
    expect(results.stages.train.missingValues.filled).toHaveLength(1);
    const without = (await heartRun('heart-without-chol')).results;
    expect(without.stages.train.models[0].artefact.model.features).not.toContain('chol');
    console.log(`heart disease: accuracy ${accuracies(results).map((a) => a.toFixed(3)).join(' ')} with 0 taken as missing, ${accuracies(without).map((a) => a.toFixed(3)).join(' ')} without cholesterol`);
  });
});
