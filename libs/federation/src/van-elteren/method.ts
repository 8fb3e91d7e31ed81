import { federatedMethod, methodParameters, orNull, viewOf } from '../federated-method.js';
import { federatedVanElteren } from './coordinator.js';

export const vanElterenMethod = federatedMethod({
  name: 'van-elteren',
  title: "Van Elteren's rank test of each feature against the outcome, stratified by site",
  parameters: methodParameters,
  example: { outcome: 'y', features: ['mean_radius', 'mean_texture'] },
  rests: 'by-site',
  async run(federation, parameters) {
    const { features, z, p, sites, refused } = await federatedVanElteren(federation, viewOf(parameters));
    return {
      strata: sites,
      refused: refused.map(({ site, refusal }) => ({ site, refusal: { ...refusal } })),
      features: features.map((feature, j) => ({ feature, z: orNull(z[j]!), p: orNull(p[j]!) })),
    };
  },
});
