import { describe, expect, it } from 'vitest';
import { CohortHistory } from './cohort-history.js';
import { disclosureLimits } from './disclosure.js';
import { numbers, openFederation } from './fixtures/cohorts.js';
import { momentTotals } from './moments/exchange.js';
import { RoundRefused } from './federation.js';
import { siteViews } from './site-views.js';
import { selectionOf } from './selection.js';
import type { SiteTable } from './site-view.js';
import type { ViewSpec } from './view.js';
import { carriedBy } from './view-rules.js';

const k = disclosureLimits.standard.minimumDifference;

/** 60 patients: group 1 is everybody but the first `few`; `gap` lacks its first `missing` values. */
function table({ few = 2, missing = 0 } = {}): SiteTable {
  const rows = Array.from({ length: 60 }, (_, i) => i);
  return {
    pseudonyms: rows.map((i) => `p${String(i).padStart(3, '0')}`),
    columns: new Map([
      ['y', numbers(rows.map((i) => i % 2))],
      ['age', numbers(rows.map((i) => 40 + i / 2))],
      ['gap', numbers(rows.map((i) => (i < missing ? NaN : i)))],
      ['group', numbers(rows.map((i) => (i < few ? 0 : 1)))],
    ]),
  };
}

const view = (features: readonly string[], more: Partial<ViewSpec> = {}): ViewSpec => ({ outcome: 'y', features: [...features], rows: [], ...more });
const inGroup = { rows: [{ column: 'group', oneOf: [1] }] };

async function ask(data: SiteTable, specs: readonly ViewSpec[], histories?: ReadonlyMap<string, CohortHistory>): Promise<string[]> {
  const federation = openFederation(new Map([['A', data]]), { profile: 'standard', limits: disclosureLimits.standard, ...(histories ? { histories } : {}) });
  const told: string[] = [];
  for (const spec of specs) {
    told.push(await federation.sum(momentTotals, { view: spec, parameters: null }).then(() => 'answered', (error: unknown) => (error instanceof RoundRefused ? error.refusals[0]!.refusal.rule : String(error))));
  }
  return told;
}

describe('a site that has answered about a cohort', () => {
  it('answers about the same cohort again, whatever is asked of it', async () => {
    expect(await ask(table(), [view(['age']), view(['age']), view(['gap']), view([])])).toEqual(Array(4).fill('answered'));
  });

  it.each([1, 2, k - 1])('faults 31, 46: refuses one that differs by %d patients, in either order', async (few) => {
    expect(await ask(table({ few }), [view(['age']), view(['age'], inGroup)])).toEqual(['answered', 'cohort-difference']);
    expect(await ask(table({ few }), [view(['age'], inGroup), view(['age'])])).toEqual(['answered', 'cohort-difference']);
  });

  it.each([k, 20])('answers about one that differs by %d patients', async (few) => {
    expect(await ask(table({ few }), [view(['age']), view(['age'], inGroup)])).toEqual(['answered', 'answered']);
  });

  it('does not remember a cohort about which it answered nothing', async () => {
    const history = new CohortHistory();
    const small = { rows: [{ column: 'group', oneOf: [0] }] };
    expect(await ask(table({ few: 10 }), [view(['age'], small)], new Map([['A', history]]))).toEqual(['minimum-patients']);
    expect(history.cohorts).toBe(0);
  });

  it('holds the next plan to it, also after its record was written and read', async () => {
    const first = new CohortHistory();
    await ask(table(), [view(['age'])], new Map([['A', first]]));
    const second = new CohortHistory(first.entries);
    expect(await ask(table(), [view(['age'], inGroup), view(['age'])], new Map([['A', second]]))).toEqual(['cohort-difference', 'answered']);
  });
});

describe('where values are missing', () => {
  it('a column is not summed over everybody and then without the few that lack another one', async () => {
    expect(await ask(table({ missing: 2 }), [view(['age']), view(['gap']), view(['age', 'gap'])])).toEqual(['answered', 'answered', 'cohort-difference']);
    expect(await ask(table({ missing: 2 }), [view(['age', 'gap']), view(['age'])])).toEqual(['answered', 'cohort-difference']);
  });

  it('it is when at least k lack one, or the gaps are filled', async () => {
    expect(await ask(table({ missing: k }), [view(['age']), view(['age', 'gap'])])).toEqual(['answered', 'answered']);
    const fill = { fill: { gap: 30 } };
    expect(await ask(table({ missing: 2 }), [view(['gap']), view(['age']), view(['age', 'gap'], fill)])).toEqual(['answered', 'answered', 'answered']);
  });
});

describe('folds of a cross-validation', () => {
  const folds = { folds: { kind: 'dealt' as const, folds: 4, seed: 's' } };
  const without = (fold: number) => ({ ...folds, foldRows: { folds: [fold], inside: false } });

  it('are one family with their cohort', async () => {
    expect(await ask(table(), [view(['age'], folds), ...[0, 1, 2, 3].map((fold) => view(['age'], without(fold)))])).toEqual(Array(5).fill('answered'));
    const views = siteViews(table(), { get: () => undefined });
    const [all, some] = [view(['age'], folds), view(['age'], without(1))].map((spec) => selectionOf(views.open(spec), spec));
    expect(some).toEqual(all);
  });

  it('hold enough patients each where the coordinator sees the term', async () => {
    const many = { folds: { kind: 'dealt' as const, folds: 20, seed: 's' } };
    expect(await ask(table(), [view(['age'], { ...many, foldRows: { folds: [3], inside: false } })])).toEqual(['minimum-fold']);
    const federation = openFederation(new Map(['A', 'B', 'C'].map((site) => [site, table()])), { profile: 'standard', limits: disclosureLimits.standard });
    const { sites } = await federation.sum(momentTotals, { view: view(['age'], { ...many, foldRows: { folds: [3], inside: false } }), parameters: null });
    expect(sites).toEqual(['A', 'B', 'C']);
  });
});

it('a weighting is carried by as many patients as share it', () => {
  expect(carriedBy(Float64Array.of(1, 0, 0, 0, 0, 0, 0))).toBe(1);
  expect(carriedBy(Float64Array.of(1, 1, 0, 0, 0, 0, 0))).toBe(2);
  expect(carriedBy(Float64Array.of(0, 1, 1, 1, 1, 1))).toBe(1);
  expect(carriedBy(new Float64Array(9).fill(0.3))).toBe(Infinity);
  expect(carriedBy(Float64Array.from({ length: 101 }, (_, i) => i))).toBeGreaterThan(70);
});
