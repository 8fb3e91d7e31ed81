import { varianceInflationFactors } from '@consilium/statistics';
import { federatedMethod, methodParameters, orNull, viewOf } from '../federated-method.js';
import { federatedCorrelation } from '../correlation/coordinator.js';
import { federatedMoments } from '../moments/coordinator.js';

export const varianceInflationMethod = federatedMethod({
  name: 'variance-inflation',
  title: 'Variance inflation factors of the features of a model',
  parameters: methodParameters,
  example: { outcome: 'y', features: ['mean_radius', 'mean_texture', 'age'] },
  rests: 'pooled',
  async run(federation, parameters) {
    const view = viewOf(parameters);
    const moments = await federatedMoments(federation, view);
    const factors = varianceInflationFactors(await federatedCorrelation(federation, view, moments), view.features.length);
    return { collinear: factors === null, features: view.features.map((feature, j) => ({ feature, vif: factors === null ? null : orNull(factors[j]!) })) };
  },
});
