import { describe, expect, it } from 'vitest';
import type { SelectResult } from './results-file.js';
import type { RunContext } from './run-context.js';
import { keptFeatures } from './selection-figures.js';
import { droppedFeatures, droppedTable } from './selection-trace.js';

const selection = {
  candidates: 11,
  droppedForMissingValues: [{ feature: 'gaps', missingShare: 0.25 }],
  perturbed: { atLeast: 0.75, kept: 9, features: [{ feature: 'shaky', icc: 0.4, kept: false }, { feature: 'a', icc: 0.9, kept: true }] },
  agreement: { atLeast: 0.75, kept: 8, features: [{ feature: 'unread', icc: null, kept: false }, { feature: 'a', icc: 0.8, kept: true }] },
  constant: ['flat'],
  test: { kind: 'student', alpha: 0.05, kept: 6, features: [{ feature: 'flat', p: null, kept: false }, { feature: 'weak', p: 0.31, kept: false }, ...['a', 'b', 'c', 'd', 'e'].map((feature) => ({ feature, p: 0.01, kept: true }))] },
  correlation: { rule: 'B', threshold: 0.9, kept: 4, features: ['a', 'c', 'd', 'e'], dropped: [{ feature: 'b', with: 'a', r: -0.957 }] },
  lasso: { choose: '1se', path: [], lambdaMin: 0.01, lambda1se: 0.1, selectedMin: ['a', 'c', 'd', 'e'], selected1se: ['a', 'd', 'e'] },
  stepwise: { criterion: 'aic', kept: 1, steps: [{ change: null, criterion: 110 }, { change: { kind: 'drop', feature: 'd' }, criterion: 104.5 }, { change: { kind: 'drop', feature: 'e' }, criterion: 103 }] },
  selected: ['a'],
} as unknown as SelectResult;

const context = (select: object): RunContext => ({ results: { format: 1, plan: {}, sites: ['A'], disclosure: 'open-data', warnings: [], stages: { select } } as never, resultsDigest: null, date: null, siteOrder: ['A'] });

describe('the trace of a selection', () => {
  it('says of every candidate that is not selected at which step it went and for which figure', () => {
    expect(droppedFeatures(selection).map(({ feature, step, why }) => `${feature} | ${step} | ${why}`)).toEqual([
      'gaps | Enough values | Missing in 25% of patients',
      'shaky | Steady under small changes, ICC ≥ 0.75 | ICC 0.40',
      'unread | Readings agree, ICC ≥ 0.75 | No ICC could be estimated',
      'flat | Spread | The same value in all patients',
      'weak | t test, p < 0.05 | p 0.31',
      'b | |r| ≤ 0.9 | r −0.96 with a',
      'c | LASSO | Coefficient 0 at the penalty 0.1',
      'd | Stepwise | AIC 104.50 without it, the smallest of that step',
      'e | Stepwise | AIC 103.00 without it, the smallest of that step',
    ]);
  });

  it('shows of what was kept how its readings agree and how often it is selected without a fold', () => {
    const table = keptFeatures(context({ ...selection, stability: { folds: 5, features: [{ feature: 'a', selected: true, share: 0.8 }] } }));
    if (typeof table === 'string') throw new Error(table);
    expect(table.rows.map((row) => ['row', 'agreement', 'perturbed', 'stability'].map((key) => row[key]!.text))).toEqual([['a', '0.80', '0.90', '80%']]);
  });

  it('is a table with a line a step, the first features by name and all of them in its file', () => {
    const many = { ...selection, test: { ...selection.test!, features: Array.from({ length: 9 }, (_, j) => ({ feature: `w${j}`, p: 0.5, kept: false })) } };
    const table = droppedTable(context(many));
    if (typeof table === 'string') throw new Error(table);
    const row = table.rows.find((one) => one['row']!.text.startsWith('t test'))!;
    expect([row['dropped']!.value, row['why']!.text]).toEqual([9, 'w0: p 0.50; w1: p 0.50; w2: p 0.50; w3: p 0.50; w4: p 0.50; and 4 more']);
    expect(String(row['why']!.value)).toContain('w8: p 0.50');
    expect(droppedTable(context({ selected: null }))).toBe("Selection is not in this run's plan.");
  });
});
