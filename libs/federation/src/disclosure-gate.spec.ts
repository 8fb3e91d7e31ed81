import type { Value } from '@consilium/protocol';
import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { applyGate } from './disclosure-gate.js';
import { disclosureLimits, orSuppressed, type Basis, type Disclosure } from './disclosure.js';
import { block, type Step } from './step.js';

const anything = z.unknown() as z.ZodType<Value>;
const step = (kind: 'sum' | 'gather', disclosure: Disclosure): Step => ({ name: 'spec/figures', version: 1, kind, parameters: anything, contribution: anything, disclosure });
const all: Disclosure['limits'] = ['patients', 'per-class', 'cells', 'parameters'];
const sum = step('sum', { kind: 'sum', limits: all });
const perSite = step('gather', { kind: 'per-site', limits: all, together: [['sensitivity', 'table'], ['sensitivity', 'f1']] });
const model = step('gather', { kind: 'model', limits: all });
const enough: Basis = { patients: 60, events: 20, nonEvents: 40, cells: [0, 5, 55], parameters: 19 };
const { standard, strict } = disclosureLimits;

const breaches: [string, Basis, string, string][] = [
  ['19 patients', { ...enough, patients: 19, parameters: 1 }, 'minimum-patients', 'Fewer than 20 patients'],
  ['4 patients with the event', { ...enough, events: 4 }, 'minimum-per-class', 'Fewer than 5 in one outcome class'],
  ['no patient without the event', { ...enough, nonEvents: 0 }, 'minimum-per-class', 'Fewer than 5 in one outcome class'],
  ['a cell of 1', { ...enough, cells: [0, 1, 59] }, 'minimum-cell', 'A count between 1 and 4'],
  ['a cell of 4', { ...enough, cells: [56, 4] }, 'minimum-cell', 'A count between 1 and 4'],
  ['20 parameters of 60 patients', { ...enough, parameters: 20 }, 'parameters-per-patient', 'More than 0.33 parameters a patient'],
];

describe('a term of a sum', () => {
  const contribution = { total: Float64Array.of(1, 2) };

  it('passes at the limits', () => {
    expect(applyGate(sum, { contribution, basis: { ...enough, patients: 60 } }, standard)).toEqual({ contribution });
    expect(applyGate(sum, { contribution, basis: { patients: 20, events: 5, nonEvents: 15, cells: [5] } }, standard)).toEqual({ contribution });
  });

  it.each(breaches)('is refused whole with %s, by rule and limit, without the figure', (figure, basis, rule, reason) => {
    const outcome = applyGate(sum, { contribution, basis }, standard);
    if (!('refusal' in outcome)) throw new Error('let through');
    expect(outcome.refusal.rule).toBe(rule);
    expect(outcome.refusal.sentence).toContain(reason);
    const count = /\d+/.exec(figure)?.[0];
    if (count && count !== '20') expect(outcome.refusal.sentence.replace(/between 1 and 4/, '')).not.toMatch(new RegExp(`\\b${count}\\b`));
  });

  it.each(breaches)('passes under open-data with %s', (_, basis) => {
    expect(applyGate(sum, { contribution, basis }, disclosureLimits['open-data'])).toEqual({ contribution });
  });

  it('of a site without a row adds zeros and passes', () => {
    expect(applyGate(sum, { contribution, basis: { patients: 0, cells: [0, 0] } }, strict)).toEqual({ contribution });
  });

  it('is not held to limits that its step does not declare', () => {
    const lenient = step('sum', { kind: 'sum', limits: ['patients'] });
    expect(applyGate(lenient, { contribution, basis: { ...enough, cells: [1], events: 1 } }, standard)).toEqual({ contribution });
  });

  it.each([NaN, Infinity, -Infinity])('is refused when it holds %d, under every profile', (x) => {
    for (const limits of Object.values(disclosureLimits)) {
      expect(applyGate(sum, { contribution: { total: Float64Array.of(1, x) }, basis: enough }, limits)).toMatchObject({ refusal: { code: 'E624' } });
    }
  });

  it.each([2 ** 56, -(2 ** 56)])('is refused when it holds %d, which 64 sites could not add exactly', (x) => {
    expect(applyGate(sum, { contribution: { total: Float64Array.of(x) }, basis: enough }, standard)).toMatchObject({ refusal: { code: 'E602', rule: 'exact-sum' } });
    expect(applyGate(sum, { contribution: { total: Float64Array.of(x * 0.99) }, basis: enough }, standard)).toHaveProperty('contribution');
  });

  it('that the site holds to stricter limits than the plan is refused by those', () => {
    expect(applyGate(sum, { contribution, basis: { ...enough, patients: 29 } }, strict)).toMatchObject({ refusal: { rule: 'minimum-patients' } });
  });
});

describe('an answer of one site', () => {
  const contribution = { n: 60, auc: 0.8, sensitivity: 0.7, table: [3, 9], f1: 0.6, brier: 0.2 };
  const few: Basis = { ...enough, cells: [3, 9] };
  const suppressed = (rule: string, reason: string) => ({ suppressed: { rule, reason } });

  it('has each figure below a limit replaced by the rule and the reason, and what gives it back with it', () => {
    const figures = { n: enough, auc: { ...enough, events: 2 }, sensitivity: enough, table: few, f1: enough, brier: enough };
    expect(applyGate(perSite, { contribution, basis: enough, figures }, standard)).toEqual({
      contribution: {
        n: 60,
        auc: suppressed('minimum-per-class', 'Fewer than 5 in one outcome class'),
        table: suppressed('minimum-cell', 'A count between 1 and 4'),
        sensitivity: suppressed('minimum-cell', 'It would give back table, which is suppressed'),
        f1: suppressed('minimum-cell', 'It would give back sensitivity, which is suppressed'),
        brier: 0.2,
      },
      suppressed: ['auc', 'f1', 'sensitivity', 'table'],
    });
  });

  it('suppresses figures within one model only', () => {
    const models = { models: [{ sensitivity: 0.7, table: [3, 9] }, { sensitivity: 0.6, table: [6, 6] }] };
    const figures = { 'models/0/sensitivity': enough, 'models/0/table': few, 'models/1/sensitivity': enough, 'models/1/table': enough };
    expect(applyGate(perSite, { contribution: models, basis: enough, figures }, standard)).toMatchObject({
      contribution: { models: [{ sensitivity: { suppressed: {} }, table: { suppressed: {} } }, { sensitivity: 0.6, table: [6, 6] }] },
    });
  });

  it('is refused whole when a part without a basis of its own rests on too few', () => {
    const basis: Basis = { ...enough, patients: 10, parameters: 1 };
    const named = Object.fromEntries(Object.keys(contribution).map((name) => [name, enough]));
    expect(applyGate(perSite, { contribution, basis, figures: named }, standard)).toEqual({ contribution });
    const { brier: _, ...withoutOne } = named;
    expect(applyGate(perSite, { contribution, basis, figures: withoutOne }, standard)).toMatchObject({ refusal: { rule: 'minimum-patients' } });
    expect(applyGate(perSite, { contribution, basis }, standard)).toMatchObject({ refusal: { rule: 'minimum-patients' } });
  });

  it('is the same under open-data', () => {
    const figures = { auc: { patients: 1, events: 0, nonEvents: 1 } };
    expect(applyGate(perSite, { contribution, basis: { patients: 1 }, figures }, disclosureLimits['open-data'])).toEqual({ contribution });
  });

  it('may be read back with its reasons', () => {
    const schema = z.strictObject({ auc: orSuppressed(z.number()), curve: orSuppressed(block()) });
    const read = { auc: suppressed('minimum-per-class', 'Fewer than 5 in one outcome class'), curve: Float64Array.of(1) };
    expect(schema.parse(read)).toEqual(read);
    expect(schema.safeParse({ auc: { suppressed: { rule: 1, reason: '' } }, curve: Float64Array.of(1) }).success).toBe(false);
  });
});

it('a model is refused whole, even when its parts have bases of their own', () => {
  const outcome = applyGate(model, { contribution: { tree: [1] }, basis: { ...enough, patients: 5, parameters: 1 }, figures: { tree: enough } }, standard);
  expect(outcome).toMatchObject({ refusal: { code: 'E620' } });
});
