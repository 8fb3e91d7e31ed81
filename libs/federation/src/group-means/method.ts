import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedGroupMeans } from './coordinator.js';

export const groupMeansMethod = federatedMethod({
  name: 'group-means',
  title: 'Mean z-scores of features by site and outcome, and their correlations',
  parameters: methodParameters.omit({ folds: true }),
  example: { outcome: 'y', features: ['mean_texture', 'mean_smoothness'] },
  rests: 'by-site',
  async run(federation, parameters) {
    return jsonValue(await federatedGroupMeans(federation, viewOf(parameters)));
  },
});
