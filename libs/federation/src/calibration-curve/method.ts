import { z } from 'zod';
import { federatedMethod, methodParameters } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { modelsSchema, viewOfModels } from '../validation/published-models.js';
import { federatedCalibrationCurves } from './coordinator.js';

export const calibrationCurveMethod = federatedMethod({
  name: 'calibration-curve',
  title: 'Calibration of predictions in tenths of patients and as a smooth curve',
  parameters: methodParameters.omit({ folds: true }).extend({ models: modelsSchema, minimumCell: z.int().nonnegative().default(0) }),
  example: {
    outcome: 'y',
    features: ['p_texture'],
    split: { column: 'split', use: ['test'] },
    models: { p_texture: { kind: 'logistic', features: ['mean_texture'], mean: [19.3], sd: [4.8], coefficients: [1], intercept: -0.6 } },
  },
  rests: 'pooled',
  async run(federation, { models, minimumCell, ...base }) {
    const view = await viewOfModels(federation, base, models);
    return jsonValue(await federatedCalibrationCurves(federation, { view, models: base.features, minimumCell }));
  },
});
