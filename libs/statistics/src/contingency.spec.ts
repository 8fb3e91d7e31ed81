import { describe, expect, test } from 'vitest';
import { chiSquaredTest, fisherExact } from './contingency.js';

describe('chi-squared', () => {
  test('a level that no patient has costs no degree of freedom', () => {
    const table = [[10, 20], [15, 12], [0, 0]];
    expect(chiSquaredTest(table)).toMatchObject({ df: 1, statistic: chiSquaredTest(table.slice(0, 2)).statistic });
    expect(chiSquaredTest(table).expected[2]).toEqual([0, 0]);
  });
  test('one outcome only is not estimable', () => {
    expect(chiSquaredTest([[10, 0], [15, 0]])).toMatchObject({ df: 0, statistic: NaN, p: NaN });
    expect(chiSquaredTest([]).p).toBeNaN();
  });
  test('Yates never turns a difference below one half into a larger one, and leaves larger tables alone', () => {
    expect(chiSquaredTest([[10, 10], [10, 10]], { yates: true }).statistic).toBe(0);
    expect(chiSquaredTest([[7, 7], [7, 6]], { yates: true }).statistic).toBe(0);
    const table = [[3, 9], [8, 4], [5, 5]];
    expect(chiSquaredTest(table, { yates: true }).statistic).toBe(chiSquaredTest(table).statistic);
  });
  test('anything but whole counts in rows of one length is a mistake', () => {
    expect(() => chiSquaredTest([[1, 2], [3]])).toThrow(RangeError);
    expect(() => chiSquaredTest([[1.5, 2], [3, 4]])).toThrow(RangeError);
    expect(() => chiSquaredTest([[-1, 2], [3, 4]])).toThrow(RangeError);
  });
});

describe("Fisher's exact test", () => {
  test("the lady tasting tea: 17 / 35 and 1 / 35 by counting", () => {
    expect(fisherExact([[3, 1], [1, 3]]).p).toBeCloseTo(34 / 70, 14);
    expect(fisherExact([[4, 0], [0, 4]]).p).toBeCloseTo(2 / 70, 14);
    expect(fisherExact([[3, 1], [1, 3]]).oddsRatio).toBe(9);
  });
  test('counts the mirror table, equally probable but for rounding: 2 / 924 and 70 / 1001', () => {
    expect(fisherExact([[6, 0], [0, 6]]).p).toBeCloseTo(2 / 924, 15);
    expect(fisherExact([[4, 0], [3, 7]]).p).toBeCloseTo(70 / 1001, 14);
  });
  test('is symmetric in rows and columns', () => {
    const p = fisherExact([[2, 13], [9, 4]]).p;
    expect(fisherExact([[2, 9], [13, 4]]).p).toBeCloseTo(p, 14);
    expect(fisherExact([[4, 9], [13, 2]]).p).toBeCloseTo(p, 14);
  });
  test('agrees with scipy 1.17 for small, empty-celled and large tables', () => {
    expect(fisherExact([[2, 13], [9, 4]]).p).toBeCloseTo(0.005580981439105009, 14);
    expect(fisherExact([[0, 30], [25, 12]]).p / 1.9303511073941344e-9).toBeCloseTo(1, 11);
    expect(fisherExact([[2500, 2600], [2450, 2450]]).p / 0.3270620857751782).toBeCloseTo(1, 10);
  });
  test('an empty margin proves nothing: p = 1', () => {
    expect(fisherExact([[0, 0], [3, 4]]).p).toBe(1);
    expect(fisherExact([[0, 0], [0, 0]]).p).toBe(1);
  });
  test('only 2 × 2 tables are taken', () => {
    expect(() => fisherExact([[1, 2], [3, 4], [5, 6]])).toThrow(RangeError);
  });
});
