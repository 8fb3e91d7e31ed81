import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedSiteSummary } from './coordinator.js';

export const siteSummaryMethod = federatedMethod({
  name: 'site-summary',
  title: 'Mean and standard deviation of features at each site, and how much of them the site explains',
  parameters: methodParameters.omit({ folds: true }),
  example: { outcome: 'y', features: ['mean_texture', 'mean_smoothness'] },
  rests: 'by-site',
  async run(federation, parameters) {
    return jsonValue(await federatedSiteSummary(federation, viewOf(parameters)));
  },
});
