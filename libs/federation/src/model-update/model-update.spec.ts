import type { LinearModelArtefact } from '@consilium/learning';
import { describe, expect, it } from 'vitest';
import { dataSets, expected, oracleFederation, subset8, testRows, trainingRows, type Spread } from '../fixtures/oracle-sites.js';
import { isValue, type Figure } from '../validation/figures.js';
import { federatedModelUpdate } from './coordinator.js';

const near = (got: number | undefined, want: number, tolerance: number) => expect(Math.abs((got ?? NaN) - want), `got ${got}, expected ${want}`).toBeLessThanOrEqual(tolerance);

function value<T>(figure: Figure<T>): T {
  if (!isValue(figure)) throw new Error(JSON.stringify(figure));
  return figure;
}

describe.each(dataSets)('updating a model on %s', (dataSet) => {
  const { coef } = expected(dataSet, 'logistic').train_rad as { coef: number[] };
  const features = subset8(dataSet);
  /** The reference's model behind p_rad. */
  const model: LinearModelArtefact = { kind: 'logistic', features, mean: features.map(() => 0), sd: features.map(() => 1), coefficients: coef.slice(1), intercept: coef[0]! };
  const want = expected(dataSet, 'calibration').test.p_rad;
  const update = (method: 'in-the-large' | 'slope' | 'refit', spread: Spread, rows = testRows) => federatedModelUpdate(oracleFederation(dataSet, spread), { view: { outcome: 'y', features: [], rows }, model, method });

  it.each<Spread>(['own', 1, 10])('recalibrates to the slope and intercept of R over %s sites', async (spread) => {
    const slope = value(await update('slope', spread));
    near(slope.recalibration!.slope, want.slope, 1e-7);
    near(slope.recalibration!.intercept, want.intercept_joint, 1e-7);
    expect(slope).toMatchObject({ patients: want.n, events: want.n1, model: { kind: 'recalibrated', model } });
    const large = value(await update('in-the-large', spread));
    near(large.recalibration!.intercept, want.citl_offset, 1e-7);
    expect(large.recalibration!.slope).toBe(1);
  });

  it('refits to the coefficients of R on the same rows', async () => {
    const { model: refitted } = value(await update('refit', 'own', trainingRows));
    if (refitted.kind !== 'logistic') throw new Error(refitted.kind);
    refitted.coefficients.forEach((b, j) => near(b / refitted.sd[j]! / coef[j + 1]!, 1, 1e-6));
  });
});

describe('updating a model', () => {
  it('is not done on fewer than ten events, nor are other models than logistic ones refitted', async () => {
    const federation = oracleFederation('wdbc', 'own');
    const model = { kind: 'logistic' as const, features: ['age'], mean: [50], sd: [10], coefficients: [0.2], intercept: 0 };
    const rows = [{ column: 'stage', oneOf: ['II'] }, { column: 'site', oneOf: ['D'] }];
    expect(await federatedModelUpdate(federation, { view: { outcome: 'y', features: [], rows }, model, method: 'slope' })).toMatchObject({ notEstimable: expect.stringContaining('Fewer than 10') });
    const fusion = { kind: 'late-fusion' as const, rule: 'average' as const, models: [model] };
    expect(await federatedModelUpdate(federation, { view: { outcome: 'y', features: [], rows: [] }, model: fusion, method: 'refit' })).toMatchObject({ notEstimable: expect.stringContaining('Only a logistic model') });
  });
});
