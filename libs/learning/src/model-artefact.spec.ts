import type { Value } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';
import { fitLogistic, linearModelOf } from './logistic-model.js';
import { type ModelArtefact, modelFeatures, modelValue, parseModel, predictModel } from './model-artefact.js';

const members = (model: ModelArtefact) => modelValue(model) as Readonly<Record<string, Value>>;

describe('a published logistic model', () => {
  const model = linearModelOf(fitLogistic({ columns: [Float64Array.from([-1, 0, 1, 2])], y: [0, 1, 0, 1] }), { features: ['x'], mean: [4], sd: [2] });

  it('predicts what its fit predicts, and NaN where a feature is missing', () => {
    const [p, missing] = predictModel(model, Float64Array.from([2 * 1.5 + 4, NaN]), 2);
    expect(p).toBeCloseTo(1 / (1 + Math.exp(-(model.intercept + 1.5 * model.coefficients[0]))), 15);
    expect(missing).toBeNaN();
  });

  it('is read back as it was written, and refused when its parts do not agree', () => {
    expect(parseModel(modelValue(model))).toEqual(model);
    for (const wrong of [{ mean: [] }, { sd: [-1] }, { extra: 1 }, { intercept: '0' }, { features: ['x', 'x'] }, { coefficients: new Float64Array(1) }]) {
      expect(parseModel({ ...members(model), ...wrong })).toBeNull();
    }
    expect(parseModel({ kind: 'forest' })).toBeNull();
    expect(parseModel({ kind: 'toString' })).toBeNull();
  });

  it('refuses a matrix of another size', () => {
    expect(() => predictModel(model, new Float64Array(3), 2)).toThrow(RangeError);
  });
});

describe('a late fusion', () => {
  const logistic = (feature: string, intercept: number): ModelArtefact => ({ kind: 'logistic', features: [feature], mean: [0], sd: [1], coefficients: [1], intercept });
  const fusion = (rule: 'maximum' | 'average'): ModelArtefact => ({ kind: 'late-fusion', rule, models: [logistic('b', 0), logistic('a', 1), logistic('b', -1)] });
  const p = (eta: number) => 1 / (1 + Math.exp(-eta));
  // Rows: both sequences, only b, none. Columns in the order of modelFeatures: b, a.
  const X = Float64Array.from([0.5, -2, NaN, 3, NaN, NaN]);

  it('reads each column of its models once', () => {
    expect(modelFeatures(fusion('average'))).toEqual(['b', 'a']);
  });

  it('averages, or takes the largest of, the probabilities of the models that have one', () => {
    const average = predictModel(fusion('average'), X, 3);
    expect(average[0]).toBeCloseTo((p(0.5) + p(4) + p(-0.5)) / 3, 15);
    expect(average[1]).toBeCloseTo((p(-2) + p(-3)) / 2, 15);
    expect(average[2]).toBeNaN();
    expect([...predictModel(fusion('maximum'), X, 3)]).toEqual([p(4), p(-2), NaN]);
  });

  it('is read back as it was written, with the models inside it', () => {
    expect(parseModel(modelValue(fusion('maximum')))).toEqual(fusion('maximum'));
    for (const wrong of [{ rule: 'median' }, { models: [] }, { models: [{ kind: 'forest' }] }, { weights: [1] }]) {
      expect(parseModel({ ...members(fusion('average')), ...wrong })).toBeNull();
    }
  });

  it('nested beyond reason is no model', () => {
    let value = modelValue(logistic('a', 0));
    for (let depth = 0; depth < 20; depth++) value = { kind: 'late-fusion', rule: 'average', models: [value] };
    expect(parseModel(value)).toBeNull();
  });
});
