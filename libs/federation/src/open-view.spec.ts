import { modelValue } from '@consilium/learning';
import type { Value } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';
import { dealFolds } from './deal-folds.js';
import { seededKeys } from './seeded-keys.js';
import { category, numbers } from './fixtures/cohorts.js';
import { openView } from './open-view.js';
import type { SiteTable } from './site-view.js';
import { siteViews, viewDigest } from './site-views.js';
import type { ViewSpec } from './view.js';

const table: SiteTable = {
  pseudonyms: ['a', 'b', 'c', 'd', 'e', 'f'],
  columns: new Map([
    ['y', numbers([0, 1, 1, 0, NaN, 1])],
    ['age', numbers([50, NaN, 61, 72, 44, 39])],
    ['dose', numbers([1, 2, 3, 4, 5, 6])],
    ['stage', category(['II', 'III', '', 'II', 'III', 'IVA'])],
    ['fold', numbers([0, 1, 2, 0, 1, 2])],
    ['response', category(['PR', 'CR', 'SD', 'CR', 'PR', ''])],
  ]),
};
const none = { get: () => undefined };
const open = (spec: Partial<ViewSpec>) => openView(table, { outcome: 'y', features: [], rows: [], ...spec }, none);
const refusal = (spec: Partial<ViewSpec>) => {
  try {
    open(spec);
  } catch (error) {
    return error;
  }
  throw new Error('opened');
};

describe('a view', () => {
  it('is a complete matrix: rows without the outcome or a feature are left out', () => {
    const view = open({ features: ['dose', 'age'] });
    expect(view.n).toBe(4);
    expect([...view.X]).toEqual([1, 3, 4, 6, 50, 61, 72, 39]);
    expect([...view.y]).toEqual([0, 1, 0, 1]);
  });

  it('fills missing values of a feature where it says with what', () => {
    expect([...open({ features: ['age'], fill: { age: 55.5 } }).X]).toEqual([50, 55.5, 61, 72, 39]);
    expect([...open({ features: ['stage=II'], fill: { 'stage=II': 1 } }).X]).toEqual([1, 0, 1, 1, 0]);
  });

  it('has 0/1 indicators of levels, of numbers too; a missing level is missing and an unknown one is 0 everywhere', () => {
    expect([...open({ features: ['stage=III'] }).X]).toEqual([0, 1, 0, 0]);
    expect([...open({ features: ['dose=4'] }).X]).toEqual([0, 0, 0, 1, 0]);
    expect([...open({ features: ['stage=IVB'] }).X]).toEqual([0, 0, 0, 0]);
  });

  it('takes a level as the event', () => {
    const view = open({ outcome: 'response=CR' });
    expect([...view.y]).toEqual([0, 1, 0, 1, 0]);
  });

  it('holds rows to all conditions; a missing value never meets one, negated or not', () => {
    const rows = (...conditions: ViewSpec['rows']) => [...open({ features: ['dose'], rows: conditions }).X];
    expect(rows({ column: 'stage', oneOf: ['II', 'IVA'] })).toEqual([1, 4, 6]);
    expect(rows({ column: 'stage', oneOf: ['II'], negate: true })).toEqual([2, 6]);
    expect(rows({ column: 'stage', oneOf: ['II', 'IVA'] }, { column: 'dose', oneOf: [1, '6'] })).toEqual([1, 6]);
    expect(rows({ column: 'age', oneOf: [50], negate: true })).toEqual([3, 4, 6]);
    expect(rows({ column: 'age', oneOf: [''] })).toEqual([]);
  });

  it('gives the cells of other columns for its rows', () => {
    const view = open({ features: ['age'] });
    expect(view.column('stage')).toEqual({ kind: 'category', levels: ['II', 'III', 'IVA'], codes: Int32Array.of(0, -1, 0, 2) });
    expect(view.column('fold')).toEqual({ kind: 'number', values: Float64Array.of(0, 2, 0, 2) });
  });

  it('takes folds from a column', () => {
    expect([...open({ features: ['age'], folds: { kind: 'column', column: 'fold' } }).fold]).toEqual([0, 2, 0, 2]);
    expect(open({}).fold).toHaveLength(0);
  });
});

describe('a view is refused with a code, naming the column and nothing of its content,', () => {
  it.each<[string, Partial<ViewSpec>, string]>([
    ['a feature is not in the table', { features: ['ki67'] }, 'E606'],
    ['a condition names no column', { rows: [{ column: 'split', oneOf: ['train'] }] }, 'E606'],
    ['an indicator names no column', { features: ['grade=2'] }, 'E606'],
    ['a feature holds categories', { features: ['stage'] }, 'E607'],
    ['the outcome is a dose', { outcome: 'dose' }, 'E608'],
    ['the outcome has several levels', { outcome: 'stage' }, 'E608'],
    ['a fold is no whole number', { folds: { kind: 'column', column: 'stage' } }, 'E609'],
    ['a fold is missing', { folds: { kind: 'column', column: 'age' } }, 'E609'],
    ['a model has not arrived', { features: ['p'], derived: [{ name: 'p', model: '0'.repeat(64) }] }, 'E610'],
  ])('where %s', (_, spec, code) => {
    const error = refusal(spec);
    expect(error).toMatchObject({ name: 'ConsiliumError', code });
    expect((error as Error).message).not.toMatch(/III|IVA|72|61/);
  });
});

describe('derived columns', () => {
  const model = (features: string[], intercept: number): Value =>
    modelValue({ kind: 'logistic', features, mean: features.map(() => 2), sd: features.map(() => 0.5), coefficients: features.map(() => 1), intercept });
  const source = (artefacts: Record<string, Value>) => ({ get: (digest: string) => artefacts[digest] });
  const sigmoid = (eta: number) => 1 / (1 + Math.exp(-eta));

  it('are predictions of published models, and may feed one another', () => {
    const artefacts = source({ one: model(['dose'], -1), two: model(['p', 'stage=II'], 0) });
    const derived = [{ name: 'p', model: 'one' }, { name: 'q', model: 'two' }];
    const view = openView(table, { outcome: 'y', features: ['q'], rows: [{ column: 'dose', oneOf: [1] }], derived }, artefacts);
    const p = sigmoid(-1 + (1 - 2) / 0.5);
    expect(view.X[0]).toBeCloseTo(sigmoid((p - 2) / 0.5 + (1 - 2) / 0.5), 15);
    const cells = view.column('p');
    expect(cells.kind === 'number' && cells.values[0]).toBeCloseTo(p, 15);
  });

  it('that need one another are refused, not computed for ever', () => {
    const artefacts = source({ one: model(['q'], 0), two: model(['p'], 0) });
    const derived = [{ name: 'p', model: 'one' }, { name: 'q', model: 'two' }];
    expect(() => openView(table, { outcome: 'y', features: ['p'], rows: [], derived }, artefacts)).toThrow(expect.objectContaining({ code: 'E605' }));
  });

  it('of an artefact that is no model are refused', () => {
    const spec: ViewSpec = { outcome: 'y', features: ['p'], rows: [], derived: [{ name: 'p', model: 'x' }] };
    expect(() => openView(table, spec, source({ x: { kind: 'forest' } }))).toThrow(expect.objectContaining({ code: 'E605' }));
  });
});

describe('dealt folds', () => {
  const patients = 103;
  const pseudonyms = Array.from({ length: patients }, (_, i) => `P${i}`);
  const y = Uint8Array.from({ length: patients }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const folds = dealFolds({ keys: seededKeys(pseudonyms, 'a seed'), y }, 5);
  const sizes = (outcome?: number) => [0, 1, 2, 3, 4].map((fold) => folds.filter((f, i) => f === fold && (outcome === undefined || y[i] === outcome)).length);

  it('differ in size by at most one, in all and in each class', () => {
    for (const counts of [sizes(), sizes(0), sizes(1)]) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('do not depend on the order of the table, and change with the seed', () => {
    const order = pseudonyms.map((_, i) => (i * 37) % patients);
    const shuffled = dealFolds({ keys: seededKeys(order.map((i) => pseudonyms[i]!), 'a seed'), y: Uint8Array.from(order, (i) => y[i]!) }, 5);
    order.forEach((i, place) => expect(shuffled[place]).toBe(folds[i]));
    expect(dealFolds({ keys: seededKeys(pseudonyms, 'another seed'), y }, 5)).not.toEqual(folds);
  });

  it('stay with the patient when features with gaps come in', () => {
    const spec: ViewSpec = { outcome: 'y', features: [], rows: [], folds: { kind: 'dealt', folds: 2, seed: 's' } };
    const wide = openView(table, spec, none);
    const narrow = openView(table, { ...spec, features: ['age'] }, none);
    expect([...narrow.fold]).toEqual([0, 2, 3, 4].map((row) => wide.fold[row]));
  });
});

describe('a provider of views', () => {
  const spec = (column: string): ViewSpec => ({ outcome: 'y', features: [column], rows: [] });

  it('opens a view once, and keeps the last ones up to so many numbers', () => {
    const views = siteViews(table, none, 22);
    const first = views.open(spec('dose'));
    expect(views.open(spec('dose'))).toBe(first);
    views.open(spec('age'));
    views.open(spec('fold'));
    expect(views.open(spec('dose'))).not.toBe(first);
  });

  it('knows a view by what it selects, not by the order of its keys', () => {
    expect(viewDigest({ rows: [], features: ['age'], outcome: 'y' })).toBe(viewDigest(spec('age')));
    expect(viewDigest(spec('dose'))).not.toBe(viewDigest(spec('age')));
  });
});
