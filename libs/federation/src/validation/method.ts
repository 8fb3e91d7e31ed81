import { z } from 'zod';
import { federatedMethod, methodParameters } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedValidation } from './coordinator.js';
import { modelsSchema, viewOfModels } from './published-models.js';

export const validationMethod = federatedMethod({
  name: 'validation',
  title: 'Validation of prediction models at every site and over all sites',
  parameters: methodParameters.omit({ folds: true }).extend({
    models: modelsSchema,
    thresholds: z.record(z.string(), z.array(z.number().min(0).max(1))).default({}),
    minimumCell: z.int().nonnegative().default(0),
  }),
  example: {
    outcome: 'y',
    features: ['p_texture', 'p_size'],
    split: { column: 'split', use: ['test'] },
    models: {
      p_texture: { kind: 'logistic', features: ['mean_texture'], mean: [19.3], sd: [4.8], coefficients: [1], intercept: -0.6 },
      p_size: { kind: 'logistic', features: ['mean_texture', 'mean_radius'], mean: [19.3, 13.8], sd: [4.8, 4.3], coefficients: [0.8, 2.5], intercept: -0.7 },
    },
    thresholds: { p_size: [0.5] },
  },
  rests: 'by-site',
  async run(federation, { models, thresholds, minimumCell, ...base }) {
    const view = await viewOfModels(federation, base, models);
    return jsonValue(await federatedValidation(federation, { view, models: base.features, thresholds, minimumCell }));
  },
});
