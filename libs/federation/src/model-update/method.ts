import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { mapFigure } from '../validation/figures.js';
import { modelSchema } from '../validation/published-models.js';
import { federatedModelUpdate } from './coordinator.js';

export const modelUpdateMethod = federatedMethod({
  name: 'model-update',
  title: 'A model recalibrated or refitted on other patients',
  parameters: methodParameters.omit({ folds: true, features: true }).extend({ model: modelSchema, method: z.enum(['in-the-large', 'slope', 'refit']).default('slope') }),
  example: {
    outcome: 'y',
    rows: [{ column: 'split', oneOf: ['test'] }],
    model: { kind: 'logistic', features: ['mean_texture'], mean: [19.3], sd: [4.8], coefficients: [1], intercept: -0.6 },
    method: 'slope',
  },
  rests: 'pooled',
  async run(federation, { model, method, ...base }) {
    const updated = await federatedModelUpdate(federation, { view: viewOf({ ...base, features: [] }), model: model, method });
    // The digest is of all bits, and the last of them depend on which site holds which rows.
    return jsonValue(mapFigure(updated, ({ digest: _, ...result }) => result));
  },
});
