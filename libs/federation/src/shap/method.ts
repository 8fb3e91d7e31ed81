import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { modelSchema } from '../validation/published-models.js';
import { federatedShap } from './coordinator.js';

export const shapMethod = federatedMethod({
  name: 'shap',
  title: 'SHAP values of a linear model or of trees, as means, tenths and counts',
  parameters: methodParameters.omit({ folds: true, features: true }).extend({ model: modelSchema, minimumCell: z.int().nonnegative().default(0), most: z.int().min(1).max(200).default(30) }),
  example: {
    outcome: 'y',
    split: 'split',
    model: { kind: 'logistic', features: ['mean_texture', 'mean_smoothness'], mean: [19.3, 0.096], sd: [4.3, 0.014], coefficients: [0.9, 0.7], intercept: -0.6 },
    minimumCell: 5,
  },
  rests: 'pooled',
  async run(federation, { model, minimumCell, most, ...base }) {
    return jsonValue(await federatedShap(federation, { view: viewOf({ ...base, features: [] }), model, minimumCell, most }));
  },
});
