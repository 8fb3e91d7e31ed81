import { inProcessFederation } from '@consilium/federation/in-process';
import type { SiteTable } from '@consilium/federation/site';
import { SeededRandom } from '@consilium/numerics';
import { agreementMeanSquares, cohenKappa, iccAbsoluteAgreement, mannWhitney, quantileType7, rankCounts } from '@consilium/statistics';
import { describe, expect, it } from 'vitest';
import { planOf } from '../fixtures/made-studies.js';
import { parsePlan } from '../plan/parse-plan.js';
import { describeStage } from './describe-stage.js';

/** Results are read as loose trees: a wrong path fails the comparison. */
type Json = any;

const TEXT = `consilium: 1
title: Two readers
version: 1
study: readers
sites: [A, B, C]
disclosure: open-data
seed: one
outcome: { column: y, type: binary }
cohort: { training: { where: [{ column: test, oneOf: [0] }] }, test: { where: [{ column: test, oneOf: [1] }] } }
clinical: [size, grade]
models: [{ name: clinical, inputs: [clinical] }]
describe:
  agreement:
    categories: [{ first: invasion_1, second: invasion_2, levels: [0, 1, 2] }]
    weights: quadratic
    measurements: [{ name: size, columns: [size, size_2] }]
    overlap: [dice]
`;

const names = ['y', 'test', 'size', 'size_2', 'grade', 'invasion_1', 'invasion_2', 'dice'];
/** Every second training patient was read twice. */
function rowsOf(site: string, count: number): Record<string, number>[] {
  const random = SeededRandom.fromSeed(`readers ${site}`);
  return Array.from({ length: count }, (_, i) => {
    const y = i % 3 === 0 ? 1 : 0;
    const [size, grade] = [Math.exp(3 + 0.5 * random.normal() + 0.4 * y), Math.floor(3 * random.uniform()) + y];
    const invasion = Math.floor(3 * random.uniform());
    const twice = i % 2 === 0;
    return { y, test: i % 5 === 4 ? 1 : 0, size, grade, size_2: twice ? size + 2 * random.normal() : NaN, invasion_1: invasion, invasion_2: twice ? (random.uniform() < 0.8 ? invasion : (invasion + 1) % 3) : NaN, dice: twice ? 0.9 - 0.1 * random.uniform() : NaN };
  });
}
const hospitals = new Map([['A', rowsOf('A', 150)], ['B', rowsOf('B', 200)], ['C', rowsOf('C', 100)]]);
const tables = new Map([...hospitals].map(([site, rows]): [string, SiteTable] => [site, { pseudonyms: rows.map((_, i) => `${site}-${String(i).padStart(3, '0')}`), columns: new Map(names.map((name) => [name, { kind: 'number', values: Float64Array.from(rows, (row) => row[name]!) }])) }]));
const pooled = (test: number) => [...hospitals.values()].flat().filter((row) => row['test'] === test);

const described = async (text: string, profile: 'open-data' | 'standard' = 'open-data'): Promise<Json> => JSON.parse(JSON.stringify(await describeStage(inProcessFederation({ tables, profile }), { ...planOf(text), disclosure: profile })));

describe('the cohort', () => {
  it('says how well readers agree, as the pooled training patients would', async () => {
    const { agreement } = await described(TEXT);
    const twice = pooled(0).filter((row) => !Number.isNaN(row['size_2']!));
    const table = [0, 1, 2].map((a) => [0, 1, 2].map((b) => twice.filter((row) => row['invasion_1'] === a && row['invasion_2'] === b).length));
    const kappa = cohenKappa(table, 'quadratic');
    expect(agreement.categories[0]).toMatchObject({ first: 'invasion_1', second: 'invasion_2', patients: twice.length, table, kappa: expect.closeTo(kappa.kappa, 12), standardError: expect.closeTo(kappa.standardError, 12) });
    const icc = iccAbsoluteAgreement(agreementMeanSquares(twice.map((row) => [row['size']!, row['size_2']!])), 0.95)!;
    expect(agreement.measurements[0]).toMatchObject({ name: 'size', patients: twice.length, absolute: { icc: expect.closeTo(icc.icc, 9) } });
    const dice = twice.reduce((sum, row) => sum + row['dice']!, 0) / twice.length;
    expect(agreement.overlap).toEqual([{ column: 'dice', patients: twice.length, mean: expect.closeTo(dice, 12), sd: expect.any(Number) }]);
  });

  it('has medians, quartiles and the Mann-Whitney test of its numbers, from bins that hold the next patients', async () => {
    const { cohort } = await described(TEXT);
    for (const [part, test] of [['training', 0], ['test', 1]] as const) {
      const rows = pooled(test);
      const { ranks } = cohort[part].numbers.find((one: Json) => one.column === 'size');
      for (const [group, own] of [['all', rows], ['events', rows.filter(({ y }) => y === 1)], ['nonEvents', rows.filter(({ y }) => y === 0)]] as const) {
        const values = own.map((row) => row['size']!).sort((a, b) => a - b);
        ranks.quartiles[group].forEach((x: number, q: number) => {
          const at = Math.floor(((values.length - 1) * (q + 1)) / 4);
          expect(x, `${part} ${group} ${q}`).toBeGreaterThan(values[Math.max(0, at - 3)]!);
          expect(x, `${part} ${group} ${q}`).toBeLessThan(values[at + 4]!);
        });
      }
      const of = (y: number) => rows.filter((row) => row['y'] === y).map((row) => row['size']!);
      const exact = mannWhitney(rankCounts(of(1), of(0))).p;
      expect(ranks.mannWhitney.pLow).toBeLessThanOrEqual(exact);
      expect(ranks.mannWhitney.pHigh).toBeGreaterThanOrEqual(exact);
      expect(ranks.mannWhitney.p / exact).toBeCloseTo(1, 1);
    }
    // Of few values each has a bin of its own, and the median is one of them or between two.
    const grades = pooled(0).map((row) => row['grade']!).sort((a, b) => a - b);
    const { ranks } = cohort.training.numbers.find((one: Json) => one.column === 'grade');
    expect(Math.abs(ranks.quartiles.all[1] - quantileType7(grades, 1, 2))).toBeLessThan(1);
  });

  it('keeps figures of readers back by themselves where a rule forbids them', async () => {
    const { agreement } = await described(TEXT.replace('levels: [0, 1, 2]', 'levels: [0, 1, 2, 7]'), 'standard');
    expect(agreement.overlap[0].mean).toBeGreaterThan(0.8);
    expect(agreement.measurements[0].absolute.icc).toBeGreaterThan(0.9);
    expect(agreement.categories[0]).toMatchObject({ first: 'invasion_1', suppressed: { rule: 'minimum-cell' } });
  });

  it('needs levels of categories, and says nothing of readers where the plan does not ask', async () => {
    const parsed = parsePlan(TEXT.replace(', levels: [0, 1, 2]', ''));
    expect('problems' in parsed && parsed.problems.map(({ path, sentence }) => `${path}: ${sentence}`)).toEqual(['describe.agreement.categories[0]: invasion_1 has no levels in the dictionary. Give levels, or its codes in the dictionary.']);
    expect((await described(TEXT.slice(0, TEXT.indexOf('describe:')))).agreement).toBeUndefined();
  });
});
