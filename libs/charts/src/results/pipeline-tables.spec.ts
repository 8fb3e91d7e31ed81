import { describe, expect, it } from 'vitest';
import type { FigureTable } from '../figure.js';
import { modelTables } from './model-table.js';
import { performanceTable } from './performance-table.js';
import { influenceTable } from './influence-table.js';
import { leftOutChoicesTable, optimismTable, repeatsTable, siteDiscriminationTable, stabilityTable, subgroupTable } from './pipeline-tables.js';
import type { RunContext } from './run-context.js';
import { vendorTable } from './vendor-table.js';

const hidden = { suppressed: { rule: 'minimum-cell', reason: 'A count between 1 and 4' } };
const pipeline = {
  sequences: [],
  signature: {},
  models: [],
  clinical: null,
  volume: null,
  figures: {
    patients: 100,
    models: [
      { model: 'rad-signature', apparent: 0.974, crossValidated: { auc: 0.69, standardError: 0.04 } },
      { model: 'combined', apparent: 0.9, crossValidated: hidden },
    ],
  },
  stability: [
    { feature: 'T1_1', selected: true, inSignature: 1, inSequence: 0.95 },
    { feature: 'T1_2', selected: false, inSignature: 0.25, inSequence: 0.5 },
  ],
  repeats: { count: 20, models: [{ model: 'rad-signature', mean: 0.7, sd: 0.031, minimum: 0.64, maximum: 0.76 }] },
  permutation: { count: 99, models: [{ model: 'rad-signature', p: 0.01, mean: 0.503 }] },
  siteDiscrimination: { sites: [{ site: 'A', auc: { auc: 0.81, low: 0.8, high: 0.82 } }, { site: 'B', auc: hidden }], mean: 0.81, crossValidated: true },
};
const groups = [
  { name: 'X', patients: 40, events: 18, models: [{ model: 'combined', auc: { auc: 0.75, interval: { low: 0.6, high: 0.86 } }, observedOverExpected: 1.2 }] },
  { name: 'Y', patients: 12, events: 4, models: [{ model: 'combined', auc: { notEstimable: 'Fewer than 10 patients of the group are in one outcome class.' }, observedOverExpected: { notEstimable: '' } }] },
];
const choices = { sequences: [{ sequence: 'T1', kept: true, chosen: 'logistic' }, { sequence: 'T2', kept: false, chosen: 'boosting' }], signature: { chosen: 'logistic', selected: ['T1_1', 'T1_9'] } };
const vendor = (level: string, n: number) => ({ level, patients: n, events: n / 4, numbers: [{ column: 'age', all: { n, mean: 60, sd: 10 } }], categories: [{ column: 'sex', levels: [{ level: 'F', events: 1, nonEvents: n / 2 - 1 }, { level: 'M', events: 3, nonEvents: n / 2 - 3 }] }] });
const evaluate = {
  thresholds: [], modelsWithoutResult: [],
  rows: { test: { headline: [], sites: [], subgroups: [{ column: 'sex', groups }], pooled: { patients: 30, events: 14, models: [{ model: 'rad-signature', auc: { auc: 0.7, interval: { low: 0.5, high: 0.85 } } }] } } },
  leaveOneSiteOut: { rows: 'all', headline: [], sites: [{ site: 'A', models: [], choices }, { site: 'B', models: [] }] },
};
const stages = { pipeline, evaluate, describe: { cohort: {}, vendors: { training: [vendor('X', 40), vendor('Y', 20), hidden] } } };
const context = (own: object): RunContext => ({ results: { format: 1, plan: {}, sites: ['A', 'B'], disclosure: 'open-data', warnings: [], stages: own } as never, resultsDigest: null, date: null, siteOrder: ['A', 'B'] });

/** The words of a table, row after row. */
const wordsOf = (table: FigureTable | string): string[][] => {
  if (typeof table === 'string') throw new Error(table);
  return table.rows.map((row) => table.columns.map(({ key }) => row[key]!.text));
};

describe('models side by side', () => {
  const share = (x: number, n: number) => ({ x, n, estimate: x / n, wilson: { low: x / n - 0.1, high: x / n + 0.1 } });
  const figures = { counts: { tp: 16, fp: 5, fn: 4, tn: 25 }, sensitivity: share(16, 20), specificity: share(25, 30), accuracy: share(41, 50), positivePredictiveValue: share(16, 21), negativePredictiveValue: share(25, 29), f1: 32 / 41 };
  const model = (name: string, confusion: object) => ({ model: name, auc: { auc: 0.87, interval: { low: 0.75, high: 0.94 } }, confusion: [{ threshold: 0.4, figures: confusion }], calibration: { brier: 0.14 } });
  const thresholds = ['a', 'b'].map((name) => ({ model: name, thresholds: [{ kind: 'youden', value: 0.4 }] }));
  const rows = { test: { headline: [], sites: [{ site: 'A', classes: { events: 20, nonEvents: 30 }, models: [model('a', hidden)] }], pooled: { patients: 50, events: 20, models: [model('a', figures), model('b', hidden)] } } };
  const own = context({ evaluate: { thresholds, modelsWithoutResult: [], rows, leaveOneSiteOut: null } });

  it('have every figure of a comparison table at their own threshold, and say what is suppressed', () => {
    const [estimates, calls] = modelTables(own, 'test');
    expect(wordsOf(estimates!)).toEqual([
      ['a', '0.87 (0.75–0.94)', '0.40', '0.80 (0.70–0.90)', '0.83 (0.73–0.93)', '0.82 (0.72–0.92)'],
      ['b', '0.87 (0.75–0.94)', '0.40', ...new Array<string>(3).fill('Suppressed')],
    ]);
    expect(wordsOf(calls!)).toEqual([
      ['a', '0.40', '16', '5', '4', '25', '16/21 (76%)', '25/29 (86%)', '0.78'],
      ['b', '0.40', ...new Array<string>(7).fill('Suppressed')],
    ]);
    expect(estimates!.caption).toBe('Models side by side, all hospitals together, 50 patients, 20 with the event');
    expect(modelTables(own, 'leave-one-site-out')).toEqual([]);
  });

  it('have a line over all hospitals where one model is shown by hospital', () => {
    expect(wordsOf(performanceTable(own, { model: 'a', validation: 'test' }, 0.4) ?? 'none')).toEqual([
      ['A', '50', '20', '0.87 (0.75–0.94)', 'Suppressed', 'Suppressed', '0.140'],
      ['All hospitals', '50', '20', '0.87 (0.75–0.94)', '0.80 (0.70–0.90)', '0.83 (0.73–0.93)', '0.140'],
    ]);
  });
});

describe('tables of a pipeline', () => {
  it('show in-sample and cross-fitted figures side by side, with what the first is above the second', () => {
    expect(wordsOf(optimismTable(context(stages)))).toEqual([
      ['rad-signature', '0.97', '0.69', '0.040', '+0.28', '0.70 (0.50–0.85)'],
      ['combined', '0.90', 'Suppressed', '–', '–', '–'],
    ]);
  });

  it('count how often each feature is selected over folds, repeats and hospitals left out, also one that only a hospital brings in', () => {
    expect(wordsOf(stabilityTable(context(stages)))).toEqual([
      ['T1_1', 'yes', '100%', '95%', '1 of 1'],
      ['T1_2', 'no', '25%', '50%', '0 of 1'],
      ['T1_9', 'no', '0%', '0%', '1 of 1'],
    ]);
    expect(wordsOf(leftOutChoicesTable(context(stages)))).toEqual([['A', 'T1', 'logistic', '2']]);
  });

  it('give the spread over repeats and the p-value of permutations', () => {
    expect(wordsOf(repeatsTable(context(stages)))).toEqual([['rad-signature', '0.70', '0.031', '0.64', '0.76', '0.50', '0.010']]);
    expect(repeatsTable(context({ pipeline: { ...pipeline, permutation: null, repeats: { count: 1, models: [] } } }))).toMatch(/^Repeated cross-validation/);
  });

  it('tell how well features tell the hospital, before and after harmonisation where there is one', () => {
    expect(wordsOf(siteDiscriminationTable(context(stages)))).toEqual([['A', '0.81'], ['B', 'Suppressed'], ['Mean', '0.81']]);
    const after = { sites: [{ site: 'A', auc: { auc: 0.52, low: 0.5, high: 0.54 } }, { site: 'B', auc: hidden }], mean: 0.52, crossValidated: true };
    expect(wordsOf(siteDiscriminationTable(context({ ...stages, harmonise: { siteDiscrimination: { before: pipeline.siteDiscrimination, after } } })))[0]).toEqual(['A', '0.81', '0.52']);
    expect(siteDiscriminationTable(context({}))).toBe("How well features tell the hospital is not in this run's results.");
  });

  it('show subgroups with patients, events, AUC and O:E, and none below ten events', () => {
    expect(wordsOf(subgroupTable(context(stages), { model: 'combined', validation: 'test' }))).toEqual([['sex', 'X', '40', '18', '0.75 (0.60–0.86)', '1.20'], ['sex', 'Y', '12', '4', '–', '–']]);
  });

  it('describe the patients of each vendor', () => {
    expect(wordsOf(vendorTable(context(stages), 'training'))).toEqual([['Patients', '40', '20'], ['Events', '10/40 (25%)', '5/20 (25%)'], ['age, mean (SD)', '60.00 (10.00)', '60.00 (10.00)'], ['sex: F', '20/40 (50%)', '10/20 (50%)'], ['sex: M', '20/40 (50%)', '10/20 (50%)']]);
  });
});

describe('the influence of hospitals on a pooled figure', () => {
  const sites = [{ site: 'A', without: 0.71, change: 0.02, residual: 0.4 }, { site: 'B', without: 0.84, change: -0.11, residual: -4.26 }];
  const shown = (influence?: object) => influenceTable(context({ evaluate: { ...evaluate, rows: { test: { ...evaluate.rows.test, ...(influence ? { influence } : {}) } } } }), { model: 'combined', validation: 'test' });

  it('is the AUC of the others, what the hospital changes, and whether it is like them', () => {
    expect(wordsOf(shown([{ model: 'combined', sites }]))).toEqual([['A', '0.71', '+0.02', '0.4', ''], ['B', '0.84', '−0.11', '−4.3', 'not like the others']]);
  });

  it('is absent with its reason', () => {
    expect(shown([{ model: 'combined', sites: null }])).toMatch(/^Fewer than three hospitals/);
    expect(shown()).toMatch(/^The influence of each hospital is not in the results/);
    expect(influenceTable(context({ evaluate }), { model: 'combined', validation: 'all' })).not.toBe('');
  });
});
