import type { LinearModelArtefact } from '@consilium/learning';
import type { Value } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';
import { foldModelsValue, parseFoldModels } from './fold-models.js';
import { openView } from './open-view.js';
import type { SiteTable } from './site-view.js';
import type { ViewSpec } from './view.js';

const number = (...values: number[]) => ({ kind: 'number' as const, values: Float64Array.from(values) });
const table: SiteTable = {
  pseudonyms: ['a', 'b', 'c', 'd', 'e'],
  columns: new Map([
    ['y', number(0, 1, 0, 1, 1)],
    ['fold', number(0, 1, 2, 0, 1)],
    ['x', number(1, 2, 4, 8, 9)],
    ['constant', number(3, 3, 3, 3, 3)],
    ['train', number(1, 1, 1, 0, 0)],
  ]),
};
const model = (slope: number): LinearModelArtefact => ({ kind: 'logistic', features: ['x'], mean: [0], sd: [1], coefficients: [slope], intercept: 0 });
const sigmoid = (eta: number) => 1 / (1 + Math.exp(-eta));
const base: ViewSpec = { outcome: 'y', features: ['x'], rows: [], folds: { kind: 'column', column: 'fold' } };
const none = { get: () => undefined };

describe('views of folds', () => {
  it('keep only the rows of the folds they name, or all but theirs', () => {
    expect([...openView(table, { ...base, foldRows: { folds: [0], inside: true } }, none).X]).toEqual([1, 8]);
    expect([...openView(table, { ...base, foldRows: { folds: [0, 2], inside: false } }, none).X]).toEqual([2, 9]);
  });

  it('keep the numbers of the folds', () => {
    expect([...openView(table, { ...base, foldRows: { folds: [0], inside: false } }, none).fold]).toEqual([1, 2, 1]);
  });

  it('are refused where the view has no folds', () => {
    expect(() => openView(table, { outcome: 'y', features: ['x'], rows: [], foldRows: { folds: [0], inside: true } }, none)).toThrow(/names no folds/);
  });
});

describe('models by fold', () => {
  const artefact = foldModelsValue({ kind: 'by-fold', models: new Map([[1, model(2)], [0, model(1)]]) });
  const source = { get: (digest: string): Value | undefined => (digest === 'm' ? artefact : undefined) };
  const spec: ViewSpec = { ...base, features: ['p'], derived: [{ name: 'p', model: 'm' }] };

  it('predict each row by the model of its fold, and leave out rows of folds without one', () => {
    const view = openView(table, spec, source);
    expect([...view.X]).toEqual([sigmoid(1), sigmoid(4), sigmoid(8), sigmoid(18)]);
  });

  it('do not depend on the order in which they were given', () => {
    expect(artefact).toEqual(foldModelsValue({ kind: 'by-fold', models: new Map([[0, model(1)], [1, model(2)]]) }));
  });

  it('are null where a fold stands twice or an entry is no model', () => {
    const entry = { fold: 0, model: { kind: 'logistic', features: [], mean: [], sd: [], coefficients: [], intercept: 0 } };
    expect(parseFoldModels({ kind: 'by-fold', models: [entry, entry] })).toBeNull();
    expect(parseFoldModels({ kind: 'by-fold', models: [{ fold: 0, model: { kind: 'tree' } }] })).toBeNull();
    expect(parseFoldModels({ kind: 'by-fold', models: [entry] })?.models.size).toBe(1);
  });
});

describe("a site's own scale", () => {
  it('takes the mean and sd of the rows it names and applies them to all rows', () => {
    const view = openView(table, { outcome: 'y', features: ['x', 'constant'], rows: [], ownScale: { rows: [{ column: 'train', oneOf: [1] }] } }, none);
    const sd = Math.sqrt(((1 - 7 / 3) ** 2 + (2 - 7 / 3) ** 2 + (4 - 7 / 3) ** 2) / 3);
    [1, 2, 4, 8, 9].forEach((x, i) => expect(view.X[i]).toBeCloseTo((x - 7 / 3) / sd, 14));
    expect([...view.X.subarray(5)]).toEqual([0, 0, 0, 0, 0]);
  });

  it('leaves conditions on rows and the outcome as they are', () => {
    const view = openView(table, { outcome: 'y', features: ['x'], rows: [{ column: 'x', oneOf: [8, 9] }], ownScale: { rows: [] } }, none);
    expect([...view.y]).toEqual([1, 1]);
  });
});
