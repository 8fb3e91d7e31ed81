import { describe, expect, it } from 'vitest';
import type { FigureTable } from '../figure.js';
import { tableOne } from './cohort-figures.js';
import { readerAgreementTable } from './reader-agreement-table.js';
import type { RunContext } from './run-context.js';

const few = { rule: 'minimum-cell', reason: 'A count between 1 and 4' };
const group = (n: number, mean: number) => ({ n, mean, sd: 10 });
const numbers = [
  { column: 'age', all: group(90, 60), events: group(30, 64), nonEvents: group(60, 58), studentT: 2, p: 0.04, ranks: { bins: 60, quartiles: { all: [52, 61, 68.5], events: [55, 65, null], nonEvents: [51, 59, 66] }, mannWhitney: { p: 0.03, pLow: 0.028, pHigh: 0.032 } } },
  { column: 'sex', all: { n: 90, mean: 0.5, sd: Math.sqrt(22.5 / 89) }, events: group(30, 0.5), nonEvents: group(60, 0.5), studentT: 0, p: 1, ranks: { bins: 2, quartiles: { all: [null, null, null], events: [null, null, null], nonEvents: [null, null, null] }, mannWhitney: null } },
  { column: 'smoker', all: { n: 90, mean: 0.5, sd: Math.sqrt(22.5 / 89) }, events: group(30, 0.8), nonEvents: group(60, 0.35), studentT: 4.4, p: 0.00003, chiSquared: { p: 0.00006 }, fisherP: 0.012 },
  { column: 'volume', all: group(90, 20), events: group(30, 25), nonEvents: group(60, 15), studentT: 3, p: 0.003, ranks: { suppressed: few } },
];
const agreement = {
  rows: 'training',
  weights: 'quadratic',
  categories: [{ first: 'r1', second: 'r2', patients: 80, kappa: 0.81, standardError: 0.05, observed: 0.9, expected: 0.4 }, { first: 'r1', second: 'r3', suppressed: few }],
  measurements: [{ name: 'volume', columns: ['v1', 'v2'], patients: 40, absolute: { icc: 0.93, confidence: { low: 0.88, high: 0.96 } }, consistency: null }],
  overlap: [{ column: 'dice', patients: 40, mean: 0.87, sd: 0.06 }],
};
const cohort = { training: { patients: 90, events: 30, sites: [], numbers, categories: [] } };
const context = (describe: object): RunContext => ({ results: { format: 1, plan: {}, sites: ['A'], disclosure: 'open-data', warnings: [], stages: { describe } } as never, resultsDigest: null, date: null, siteOrder: ['A'] });
const wordsOf = (table: FigureTable | string): string[][] => {
  if (typeof table === 'string') throw new Error(table);
  return table.rows.map((row) => table.columns.map(({ key }) => row[key]!.text));
};

describe('table 1', () => {
  it('has median and quartiles under the mean, not of two values, names the test of each, and says what is suppressed', () => {
    expect(wordsOf(tableOne(context({ cohort }), 'training')).slice(1)).toEqual([
      ['age, mean (SD)', '60.0 (10.0)', '64.0 (10.0)', '58.0 (10.0)', '0.040', "Student's t"],
      ['age, median (quartiles)', '61.0 (52.0 to 68.5)', '65.0 (55.0 to not shown)', '59.0 (51.0 to 66.0)', '0.030', 'Mann-Whitney, 60 bins (p between 0.028 and 0.032)'],
      ['sex: 1', '45/90 (50%)', '15/30 (50%)', '30/60 (50%)', '1.00', "Student's t"],
      ['smoker: 1', '45/90 (50%)', '24/30 (80%)', '21/60 (35%)', '0.012', "Fisher's exact"],
      ['volume, mean (SD)', '20.0 (10.0)', '25.0 (10.0)', '15.0 (10.0)', '0.003', "Student's t"],
      ['volume, median (quartiles)', 'Suppressed', 'Suppressed', 'Suppressed', 'Suppressed', ''],
    ]);
  });
});

describe('the table of readers', () => {
  it('has kappa with what chance would agree, both intraclass correlations and the overlap', () => {
    expect(wordsOf(readerAgreementTable(context({ cohort, agreement })))).toEqual([
      ['r1 and r2', 'Kappa, quadratic weights', '80', '0.81', '0.71–0.91', 'agreement 90%, by chance 40%'],
      ['r1 and r3', 'Kappa, quadratic weights', 'Suppressed', 'Suppressed', 'Suppressed', ''],
      ['volume', 'ICC(2,1), absolute agreement', '40', '0.93', '0.88–0.96', ''],
      ['volume', 'ICC(3,1), consistency', '40', '–', '–', ''],
      ['dice', 'Mean overlap', '40', '0.87', '–', 'standard deviation 0.06'],
    ]);
    expect(readerAgreementTable(context({ cohort }))).toBe("Agreement of readers is not in this run's plan.");
  });
});
