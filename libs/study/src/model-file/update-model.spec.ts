import { federatedModelUpdate } from '@consilium/federation';
import { inProcessFederation } from '@consilium/federation/in-process';
import { modelFeatures, type ModelArtefact, predictModel } from '@consilium/learning';
import { SeededRandom } from '@consilium/numerics';
import { describe, expect, it } from 'vitest';
import { type ModelFileContent, modelFileDigest, modelsOfFile } from './model-file.js';
import { updateModel } from './update-model.js';

const model: ModelArtefact = { kind: 'logistic', features: ['age', 'size', 'constant'], mean: [60, 10, 1], sd: [10, 4, 1], coefficients: [0.8, -0.5, 0.3], intercept: -0.4 };
const contentOf = (artefact: ModelArtefact): ModelFileContent => ({
  consiliumModel: 1, name: 'm', models: [{ name: 'm', artefact }],
  inputs: { features: [...modelFeatures(artefact)], ranges: { tail: 0.01, ranges: [] }, extraction: null, fill: { size: 9 }, ownSiteScale: false, harmonised: false },
  card: { outcome: { column: 'y' } }, run: { plan: 'p', study: 's', results: 'r' }, notice: '',
});

/** A hospital whose patients are older, whose event rate is higher and where size tells less. */
const N = 600;
const random = SeededRandom.fromSeed('a new hospital');
const columns = new Map<string, Float64Array>(['age', 'size', 'constant', 'y'].map((name) => [name, new Float64Array(N).fill(1)]));
for (let i = 0; i < N; i++) {
  const [age, size] = [66 + 9 * random.normal(), 11 + 4 * random.normal()];
  columns.get('age')![i] = age;
  columns.get('size')![i] = i % 40 === 7 ? NaN : size;
  columns.get('y')![i] = random.uniform() < 1 / (1 + Math.exp(-(0.3 + 0.05 * (age - 66) - 0.05 * (size - 11)))) ? 1 : 0;
}
const unknown = 5;
const outcome = columns.get('y')!.map((y, i) => (i < unknown ? NaN : y));
const rows = { column: (feature: string) => columns.get(feature)!, outcome };
const updated = (artefact: ModelArtefact, method: 'in-the-large' | 'slope' | 'refit') => {
  const content = contentOf(artefact);
  const found = updateModel(content, modelsOfFile(content)!, rows, method);
  if ('refusal' in found) throw new Error(found.refusal);
  return { ...found, model: modelsOfFile(found.content)![0]!.artefact };
};
const refusal = (artefact: ModelArtefact, method: 'slope' | 'refit', own: Float64Array = outcome) => {
  const content = contentOf(artefact);
  const found = updateModel(content, modelsOfFile(content)!, { ...rows, outcome: own }, method);
  return 'refusal' in found ? found.refusal : null;
};

describe('a model brought to the patients of a new hospital', () => {
  const table = { pseudonyms: Array.from({ length: N - unknown }, (_, i) => `p${String(i).padStart(4, '0')}`), columns: new Map([...columns].map(([name, values]) => [name, { kind: 'number' as const, values: values.slice(unknown) }])) };
  const federation = () => inProcessFederation({ tables: new Map([['new', table]]), profile: 'open-data' });
  const view = { outcome: 'y', features: [], rows: [], fill: { size: 9 } };

  it.each(['in-the-large', 'slope'] as const)('is recalibrated as a federation of it alone would do it: %s', async (method) => {
    const theirs = (await federatedModelUpdate(federation(), { view, model, method })) as { recalibration: { intercept: number; slope: number } };
    const { recalibration, patients, events, content } = updated(model, method);
    expect(recalibration!.intercept).toBeCloseTo(theirs.recalibration.intercept, 8);
    expect(recalibration!.slope).toBeCloseTo(theirs.recalibration.slope, 8);
    expect(patients).toBe(N - unknown);
    expect(events).toBe(table.columns.get('y')!.values.reduce((sum, y) => sum + y, 0));
    expect(content.card).toMatchObject({ outcome: { column: 'y' }, update: { method, of: modelFileDigest(contentOf(model)) } });
  });

  it('is refitted with all its inputs, one that is constant there contributing nothing, and says where these patients lay', async () => {
    const { model: own, content, recalibration } = updated(model, 'refit');
    const two: ModelArtefact = { ...model, kind: 'logistic', features: ['age', 'size'], mean: [0, 0], sd: [1, 1], coefficients: [0, 0], intercept: 0 };
    const theirs = (await federatedModelUpdate(federation(), { view, model: two, method: 'refit' })) as { model: ModelArtefact };
    const predicted = (artefact: ModelArtefact, x: number[]) => predictModel(artefact, Float64Array.from(x), 1)[0]!;
    for (const [age, size] of [[50, 5], [66, 11], [80, 20]] as const) expect(predicted(own, [age, size, 3])).toBeCloseTo(predicted(theirs.model, [age, size]), 8);
    expect(recalibration).toBeNull();
    const { tail, ranges } = content.inputs.ranges!;
    expect(tail).toBeCloseTo(6 / (N - unknown), 12);
    const ages = Array.from(columns.get('age')!.slice(unknown)).filter((age) => age < ranges[0]!.low).length;
    expect(ages).toBeGreaterThanOrEqual(5);
    expect(ages).toBeLessThanOrEqual(8);
  });

  it('is refused below ten events, where predictions separate the classes, and as a refit of other kinds', () => {
    expect(refusal(model, 'slope', outcome.map((_, i) => (i < 8 ? 1 : 0)))).toMatch(/Fewer than 10/);
    const far: ModelArtefact = { kind: 'logistic', features: ['age'], mean: [66], sd: [1], coefficients: [1], intercept: 0 };
    expect(refusal(far, 'slope', columns.get('age')!.map((age) => (age > 66 ? 1 : 0)))).toMatch(/separate the classes/);
    expect(refusal({ kind: 'late-fusion', rule: 'average', models: [model] }, 'refit')).toMatch(/Only a logistic model/);
  });
});
