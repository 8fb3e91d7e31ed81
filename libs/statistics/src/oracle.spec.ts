import { readFileSync } from 'node:fs';
import { crossProduct, normalTwoSidedP, sigmoid, symmetricCrossProduct } from '@consilium/numerics';
import { describe, expect, test } from 'vitest';
import * as statistics from './index.js';

/** The pooled reference results (test/oracle/README.md says what made them and states the tolerances used here). */
const oracle = new URL('../../../test/oracle/', import.meta.url);

type Json = Record<string, any>;

function expected(name: string): Json {
  return JSON.parse(readFileSync(new URL(`expected/${name}.json`, oracle), 'utf8')) as Json;
}

interface Dataset {
  readonly text: ReadonlyMap<string, readonly string[]>;
  readonly features: readonly string[];
  readonly y: readonly number[];
}

function readDataset(name: string): Dataset {
  const [head, ...lines] = readFileSync(new URL(`data/${name}.csv`, oracle), 'utf8').trimEnd().split(/\r?\n/);
  const names = head.split(',');
  const cells = lines.map((line) => line.split(','));
  const text = new Map(names.map((column, j) => [column, cells.map((row) => row[j])]));
  return { text, features: names.slice(10), y: text.get('y')!.map(Number) };
}

const datasets = new Map(['wdbc', 'radsyn'].map((name) => [name, readDataset(name)]));

function values(data: Dataset, column: string, keep: (row: number) => boolean = () => true): Float64Array {
  return Float64Array.from(data.text.get(column)!.filter((_, row) => keep(row)), Number);
}

function within(got: number, wanted: number | string, { relative = 0, absolute = 0 }, what: string): void {
  const target = Number(wanted);
  if (Number.isNaN(target)) return void expect(got, what).toBeNaN();
  const message = `${what}: got ${got}, expected ${target}, difference ${got - target}`;
  expect(Math.abs(got - target), message).toBeLessThanOrEqual(Math.max(absolute, relative * Math.abs(target)));
}

test('the comparison itself can fail', () => {
  expect(() => within(1, 1.1, { relative: 0.01 }, 'x')).toThrow();
  expect(() => within(NaN, 1, { absolute: 9 }, 'x')).toThrow();
});

describe.each(['wdbc', 'radsyn'])('%s: univariate tests agree with scipy', (name) => {
  const data = datasets.get(name)!;
  const reference = expected(`${name}.univariate`);
  const columns = reference.columns as string[];

  test.each(['all', 'train'])('means, t, Welch and Mann-Whitney of every feature, %s rows', (rows) => {
    if (reference[rows] === null) return expect(name).toBe('radsyn');
    const used = (row: number): boolean => rows === 'all' || data.text.get('split')![row] === 'train';
    data.features.forEach((feature, j) => {
      const of = (column: string): number => reference[rows][j][columns.indexOf(column)];
      const group1 = values(data, feature, (row) => used(row) && data.y[row] === 1);
      const group0 = values(data, feature, (row) => used(row) && data.y[row] === 0);
      const totals1 = statistics.groupTotals(group1);
      const totals0 = statistics.groupTotals(group0);
      const all = statistics.mergeTotals(totals1, totals0);
      for (const [totals, suffix] of [[all, ''], [totals0, '0'], [totals1, '1']] as const) {
        expect(totals.n).toBe(of(`n${suffix}`));
        within(totals.mean, of(`mean${suffix}`), { relative: 1e-9 }, `${feature} mean${suffix}`);
        within(statistics.standardDeviation(totals), of(`sd${suffix}`), { relative: 1e-9 }, `${feature} sd${suffix}`);
      }
      const student = statistics.studentT(totals1, totals0);
      const welch = statistics.welchT(totals1, totals0);
      for (const [result, kind] of [[student, 'student'], [welch, 'welch']] as const) {
        within(result.t, of(`t_${kind}`), { relative: 1e-6, absolute: 1e-9 }, `${feature} t ${kind}`);
        within(result.df, of(`df_${kind}`), { relative: 1e-6 }, `${feature} df ${kind}`);
        within(result.p, of(`p_${kind}`), { relative: 1e-6 }, `${feature} p ${kind}`);
      }
      const ranks = statistics.rankCounts(group1, group0);
      expect(ranks.u, `${feature} U`).toBe(of('U1'));
      within(statistics.mannWhitney(ranks).p, of('p_mwu_cc'), { relative: 1e-9 }, `${feature} p of U`);
      within(statistics.mannWhitney(ranks, { continuity: false }).p, of('p_mwu_nocc'), { relative: 1e-9 }, `${feature} p of U, no continuity`);
    });
  });

  test('chi-squared with and without Yates, and Fisher, of every categorical column', () => {
    for (const [column, of] of Object.entries(reference.categorical_vs_y as Record<string, Json>)) {
      const plain = statistics.chiSquaredTest(of.table_rows_level_cols_y01);
      within(plain.statistic, of.chi2, { relative: 1e-12 }, `${column} chi-squared`);
      expect(plain.df).toBe(of.df);
      within(plain.p, of.p, { relative: 1e-12 }, `${column} p`);
      plain.expected.flat().forEach((mean, cell) => within(mean, of.expected.flat()[cell], { relative: 1e-13 }, `${column} expected`));
      if (of.fisher_p === undefined) continue;
      const corrected = statistics.chiSquaredTest(of.table_rows_level_cols_y01, { yates: true });
      within(corrected.statistic, of.chi2_yates, { relative: 1e-12 }, `${column} Yates`);
      within(corrected.p, of.p_yates, { relative: 1e-12 }, `${column} Yates p`);
      within(statistics.fisherExact(of.table_rows_level_cols_y01).p, of.fisher_p, { relative: 1e-10 }, `${column} Fisher`);
    }
  });

  test('training against test rows, as in a table of patient characteristics', () => {
    const train = (row: number): boolean => data.text.get('split')![row] === 'train';
    for (const [column, of] of Object.entries(reference.clinical_train_vs_test as Record<string, Json>)) {
      if (of.t !== undefined) {
        const result = statistics.studentT(statistics.groupTotals(values(data, column, train)), statistics.groupTotals(values(data, column, (row) => !train(row))));
        within(result.t, of.t, { relative: 1e-9 }, column);
        within(result.p, of.p, { relative: 1e-9 }, column);
      } else {
        const cells = data.text.get(column)!;
        const table = [...new Set(cells)].map((level) => [true, false].map((inTrain) => cells.filter((cell, row) => cell === level && train(row) === inTrain).length));
        within(statistics.chiSquaredTest(table).p, of.p, { relative: 1e-9 }, column);
      }
    }
  });

  test('totals merged over the sites equal the totals of all rows', () => {
    for (const feature of data.features) {
      const sites = ['A', 'B', 'C', 'D'].map((site) => statistics.groupTotals(values(data, feature, (row) => data.text.get('site')![row] === site)));
      const merged = sites.reduce((a, b) => statistics.mergeTotals(a, b), statistics.emptyTotals);
      const pooled = statistics.groupTotals(values(data, feature));
      within(merged.mean, pooled.mean, { relative: 1e-13 }, feature);
      // The five features near 1e6 carry means rounded to 1e-10, beside standard deviations near 1.
      within(merged.m2, pooled.m2, { relative: Math.abs(pooled.mean) > 1e5 ? 5e-11 : 1e-13 }, feature);
    }
  });
});

describe.each(['wdbc', 'radsyn'])('%s: van Elteren over sites', (name) => {
  test("z and p agree with the direct formula and with coin's blocked test to 1e-9", () => {
    const data = datasets.get(name)!;
    const reference = expected(`${name}.stratified_firth`);
    (reference.features as string[]).forEach((feature, j) => {
      const strata = ['A', 'B', 'C', 'D'].map((site) => {
        const group = (outcome: number): Float64Array => values(data, feature, (row) => data.y[row] === outcome && data.text.get('site')![row] === site);
        return statistics.rankCounts(group(1), group(0));
      });
      const { z, p } = statistics.vanElteren(strata);
      within(z, reference.van_elteren_z[j], { relative: 1e-11, absolute: 1e-12 }, `${feature} z`);
      within(p, reference.van_elteren_p[j], { relative: 1e-9 }, `${feature} p`);
      within(z, reference.coin_blocked_rank_z[j], { relative: 1e-9, absolute: 1e-11 }, `${feature} z of coin`);
    });
  });
});

describe.each(['wdbc', 'radsyn'])('%s: the Pearson filter keeps exactly the sets of the reference', (name) => {
  const data = datasets.get(name)!;
  const reference = expected(`${name}.pearson`);
  const standardised = (rows: string) => {
    const used = (row: number): boolean => rows === 'all' || data.text.get('split')![row] === 'train';
    const columns = data.features.map((feature) => values(data, feature, used));
    const n = columns[0].length;
    const X = new Float64Array(n * columns.length);
    columns.forEach((column, j) => {
      const totals = statistics.groupTotals(column);
      const sd = statistics.standardDeviation(totals, 0);
      X.set(column.map((value) => (value - totals.mean) / sd), j * n);
    });
    const pValues = data.features.map((feature) => {
      const group = (outcome: number) => statistics.groupTotals(values(data, feature, (row) => used(row) && data.y[row] === outcome));
      return statistics.studentT(group(1), group(0)).p;
    });
    return { X, n, pValues };
  };

  test.each(['all', 'train'])('rules A, B, C and D, with and without the t test first, %s rows', (rows) => {
    const { X, n, pValues } = standardised(rows);
    const count = data.features.length;
    const correlation = statistics.correlationMatrix(symmetricCrossProduct(X, n, count), count);
    const keep = (rule: statistics.PearsonRule) => statistics.pearsonFilter({ rule, correlation, pValues, count, threshold: 0.9 });
    const of = reference[rows] as Json;
    expect(keep('A')).toEqual(of.A_keep_earlier_greedy);
    expect(keep('B')).toEqual(of.B_keep_smaller_p_greedy);
    expect(keep('C')).toEqual(of.C_pairscan_smaller_p);
    expect(keep('D')).toEqual(of.D_uppertriangle);
    const passed = pValues.flatMap((p, j) => (p < 0.05 ? [j] : []));
    expect(passed).toEqual(of['t_test_p_lt_0.05']);
    const among = (rule: 'A' | 'B') => {
      const part = Float64Array.from(passed.flatMap((j) => passed.map((k) => correlation[j * count + k])));
      const subset = { rule, correlation: part, pValues: passed.map((j) => pValues[j]), count: passed.length, threshold: 0.9 };
      return statistics.pearsonFilter(subset).map((index) => passed[index]);
    };
    expect(among('A')).toEqual(of.A_after_ttest);
    expect(among('B')).toEqual(of.B_after_ttest);
    if (rows === 'train') return;
    for (const [j, k, r] of reference['pairs_abs_r_gt_0.85_all'] as number[][]) within(correlation[j * count + k], r, { absolute: 1e-10 }, `r of ${j}, ${k}`);
    const first = (reference.r_first_100 ?? reference.r_first_30) as number[][];
    first.forEach((row, j) => row.forEach((r, k) => within(correlation[j * count + k], r, { absolute: 1e-10 }, `r of ${j}, ${k}`)));
  });
});

test("variance inflation factors agree with R's car::vif to 1e-8", () => {
  const data = datasets.get('wdbc')!;
  const subset = (JSON.parse(readFileSync(new URL('data/wdbc.config.json', oracle), 'utf8')) as { subset8: string[] }).subset8;
  const { names, vif } = expected('wdbc.logistic').vif_pooled_z8_plus_clinical_lm as { names: string[]; vif: number[] };
  expect(names.slice(0, 8)).toEqual(subset);
  const columns = names.map((column) =>
    column.startsWith('stage') ? Float64Array.from(data.text.get('stage')!, (stage) => Number(`stage${stage}` === column)) : values(data, column),
  );
  const n = columns[0].length;
  const centred = Float64Array.from(columns.flatMap((column) => Array.from(column, (value) => value - statistics.groupTotals(column).mean)));
  const S = crossProduct({ left: centred, leftColumns: names.length, right: centred, rightColumns: names.length, rows: n });
  const factors = statistics.varianceInflationFactors(statistics.correlationMatrix(S, names.length), names.length);
  vif.forEach((value, j) => within(factors![j], value, { relative: 1e-8 }, names[j]));
});

describe.each(['wdbc', 'radsyn'])('%s: meta-analysis over sites agrees with metafor', (name) => {
  const reference = expected(`${name}.meta_loso`);
  const analyses = Object.entries(reference).flatMap(([topic, of]) =>
    topic.endsWith('meta_logit_auc') ? [[topic, of as Json] as const] : ['meta_logit_auc', 'meta_raw_auc'].flatMap((scale) => (of?.[scale] ? [[`${topic} ${scale}`, of[scale] as Json] as const] : [])),
  );
  const models = {
    reml_hk: ['reml', 'hartung-knapp'],
    reml_wald: ['reml', 'wald'],
    dl_wald: ['dersimonian-laird', 'wald'],
    dl_hk: ['dersimonian-laird', 'hartung-knapp'],
    pm_hk: ['paule-mandel', 'hartung-knapp'],
    fixed: ['fixed', 'wald'],
  } as const;

  test.each(analyses)('%s: REML, DL, PM and fixed with Wald and Hartung-Knapp', (_, of) => {
    for (const [model, [method, interval]] of Object.entries(models)) {
      const result = statistics.randomEffects({ estimates: of.yi, variances: of.vi, method, interval })!;
      const wanted = of[model] as Json;
      // The reference iterates REML to 1e-14; its Paule-Mandel root stops within uniroot's default of 1.2e-4 in tau2.
      const pauleMandel = method === 'paule-mandel';
      const relative = pauleMandel ? 2e-3 : 1e-7;
      const close = (got: number, key: string) => within(got, wanted[key], { relative, absolute: 1e-11 }, `${model} ${key}`);
      expect(result.k).toBe(of.k);
      within(result.tau2, wanted.tau2, pauleMandel ? { absolute: 1.2e-4 } : { relative: 1e-8, absolute: 1e-14 }, `${model} tau2`);
      close(result.estimate, 'estimate');
      close(result.standardError, 'se');
      close(result.confidence.low, 'ci_lo');
      close(result.confidence.high, 'ci_hi');
      close(result.p, 'pval');
      within(result.i2, wanted.I2, { relative, absolute: pauleMandel ? 0.05 : 1e-11 }, `${model} I2`);
      close(result.h2, 'H2');
      close(result.q, 'Q');
      close(result.qP, 'Q_p');
      if (wanted.se_tau2 === null) expect(result.tau2StandardError).toBeNull();
      else close(result.tau2StandardError!, 'se_tau2');
      if (wanted.pi_lo === 'NaN') expect(result.prediction).toBeNull();
      else {
        close(result.prediction!.low, 'pi_lo');
        close(result.prediction!.high, 'pi_hi');
        within(sigmoid(result.prediction!.high), wanted.back_pi[1], { relative }, `${model} AUC of the upper prediction limit`);
      }
      expect(result.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 14);
    }
  });
});

describe.each(['wdbc', 'radsyn'])('%s: agreement between raters', (name) => {
  const reference = expected(`${name}.agreement`);
  test("kappa, weighted kappa and their standard errors agree with vcd's to 1e-9", () => {
    const table4 = reference.table4 as number[][];
    const table2 = [0, 1].map((i) => [0, 1].map((j) => [0, 1].flatMap((a) => [0, 1].map((b) => table4[2 * i + a][2 * j + b])).reduce((s, c) => s + c, 0)));
    for (const [table, of] of [[table4, reference.kappa4], [table2, reference.kappa2_gt2]] as [number[][], Json][]) {
      const plain = statistics.cohenKappa(table);
      const quadratic = statistics.cohenKappa(table, 'quadratic');
      within(plain.kappa, of.kappa, { absolute: 1e-12 }, 'kappa');
      within(plain.standardError, of.ase, { relative: 1e-9 }, 'standard error');
      within(plain.observed, of.po, { absolute: 1e-14 }, 'observed');
      within(plain.expected, of.pe, { absolute: 1e-14 }, 'expected');
      within(plain.kappa + statistics.twoSidedZ(0.95) * plain.standardError, of.ci_hi, { absolute: 1e-9 }, 'upper limit');
      within(quadratic.kappa, of.weighted_kappa_quadratic, { absolute: 1e-12 }, 'weighted kappa');
      within(quadratic.standardError, of.weighted_ase, { relative: 1e-9 }, 'weighted standard error');
    }
  });
  test("ICC(2,1) and ICC(3,1) agree with psych's to 1e-9, their intervals to 1e-6", () => {
    const squares = statistics.agreementMeanSquares(reference.icc_ratings);
    const types = reference.icc.type as string[];
    for (const [result, type] of [[statistics.iccAbsoluteAgreement(squares), 'ICC2'], [statistics.iccConsistency(squares), 'ICC3']] as const) {
      const of = (key: string): number => reference.icc[key][types.indexOf(type)];
      within(result.icc, of('icc'), { absolute: 1e-9 }, type);
      within(result.f, of('F'), { relative: 1e-9 }, `${type} F`);
      within(result.p, of('p'), { relative: 1e-9 }, `${type} p`);
      expect([result.df1, result.df2]).toEqual([of('df1'), of('df2')]);
      within(result.confidence.low, of('lo'), { absolute: 1e-6 }, `${type} low`);
      within(result.confidence.high, of('hi'), { absolute: 1e-6 }, `${type} high`);
    }
  });
});

describe('intervals of proportions', () => {
  test('Wilson and Clopper-Pearson agree with scipy on whole and small counts', () => {
    // scipy finds the exact limits by root search, to about 3e-11; the limit of one event in n has a closed form.
    within(statistics.exactInterval(1, 31).low, -Math.expm1(Math.log1p(-0.025) / 31), { relative: 1e-14 }, 'exact 1/31');
    for (const of of expected('common.special_functions').clopper_pearson_95 as Record<string, number>[]) {
      const exact = statistics.exactInterval(of.x, of.n);
      const wilson = statistics.wilsonInterval(of.x, of.n);
      within(exact.low, of.lo, { relative: 1e-10 }, `exact ${of.x}/${of.n}`);
      within(exact.high, of.hi, { relative: 1e-10 }, `exact ${of.x}/${of.n}`);
      within(wilson.low, of.wilson_lo, { relative: 1e-12, absolute: 1e-15 }, `Wilson ${of.x}/${of.n}`);
      within(wilson.high, of.wilson_hi, { relative: 1e-12 }, `Wilson ${of.x}/${of.n}`);
    }
  });
  test.each(['wdbc', 'radsyn'])('%s: those of sensitivity, specificity and predictive values agree with R to 1e-10; Hanley-McNeil too', (name) => {
    let compared = 0;
    for (const rows of ['test', 'all', 'train']) {
      const reference = expected(`${name}.roc`)[rows] as Json;
      for (const model of ['p_clin', 'p_rad', 'p_comb']) {
        const se = statistics.hanleyMcNeilStandardError(reference[model].auc, reference.n1, reference.n - reference.n1);
        within(se, reference[model].hanley_mcneil_se, { relative: 1e-10 }, `${model} Hanley-McNeil`);
        for (const cut of ['at_youden_lowest', 'at_0.5']) {
          for (const figure of ['sens', 'spec', 'ppv', 'npv', 'acc']) {
            const of = reference[model][cut][figure] as Json | undefined;
            if (of === undefined || of.n === 0) continue;
            const exact = statistics.exactInterval(of.x, of.n);
            const wilson = statistics.wilsonInterval(of.x, of.n);
            within(exact.low, of.exact_lo, { absolute: 1e-10 }, `${model} ${figure}`);
            within(exact.high, of.exact_hi, { absolute: 1e-10 }, `${model} ${figure}`);
            within(wilson.low, of.wilson_lo, { absolute: 1e-10 }, `${model} ${figure}`);
            within(wilson.high, of.wilson_hi, { absolute: 1e-10 }, `${model} ${figure}`);
            compared++;
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(80);
  });
});

test('a p value of z follows the normal distribution of the reference', () => {
  const { z, p } = (expected('wdbc.roc').all.paired_delong as Record<string, { z: number; p: number }>).p_rad_vs_p_comb;
  within(normalTwoSidedP(z), p, { relative: 1e-9 }, 'p');
});
