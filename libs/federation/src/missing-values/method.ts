import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { federatedMissingCounts } from './coordinator.js';

export const missingValuesMethod = federatedMethod({
  name: 'missing-values',
  title: 'How many patients have a value in each column',
  parameters: methodParameters.omit({ folds: true, fill: true }),
  example: { outcome: 'y', features: ['age', 'mean_radius'] },
  rests: 'pooled',
  async run(federation, { features, ...base }) {
    const { patients, recorded } = await federatedMissingCounts(federation, viewOf({ ...base, features: [] }), features);
    return { patients, columns: features.map((column, j) => ({ column, recorded: recorded[j]!, missing: patients - recorded[j]! })) };
  },
});
