import { z } from 'zod';
import { federatedMethod, methodParameters } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { modelsSchema, viewOfModels } from '../validation/published-models.js';
import { federatedReclassification } from './coordinator.js';

export const reclassificationMethod = federatedMethod({
  name: 'reclassification',
  title: 'Net reclassification and integrated discrimination improvement of models against one another',
  parameters: methodParameters.omit({ folds: true }).extend({
    models: modelsSchema,
    cuts: z.array(z.number().gt(0).lt(1)).max(9).default([0.3, 0.6]),
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
  },
  rests: 'pooled',
  async run(federation, { models, cuts, minimumCell, ...base }) {
    const view = await viewOfModels(federation, base, models);
    return jsonValue(await federatedReclassification(federation, { view, models: base.features, cuts, minimumCell }));
  },
});
