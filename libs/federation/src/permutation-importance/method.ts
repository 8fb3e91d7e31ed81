import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { modelSchema } from '../validation/published-models.js';
import { federatedPermutationImportance } from './coordinator.js';

export const permutationImportanceMethod = federatedMethod({
  name: 'permutation-importance',
  title: 'How much worse a model predicts when the values of one feature change places',
  parameters: methodParameters.omit({ folds: true }).extend({
    features: z.array(z.string().min(1)).min(1).optional(),
    model: modelSchema,
    repeats: z.int().min(1).max(100).default(10),
    seed: z.string().max(200).default('permutation'),
  }),
  example: {
    outcome: 'y',
    split: 'split',
    model: { kind: 'logistic', features: ['mean_texture', 'mean_smoothness'], mean: [19.3, 0.096], sd: [4.3, 0.014], coefficients: [0.9, 0.7], intercept: -0.6 },
    repeats: 5,
  },
  rests: 'by-site',
  async run(federation, { features, model, repeats, seed, ...base }) {
    return jsonValue(await federatedPermutationImportance(federation, { view: viewOf({ ...base, features: [] }), model, features, repeats, seed }));
  },
});
