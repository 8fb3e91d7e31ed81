import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { federatedCutPoints } from './coordinator.js';

export const cutPointsMethod = federatedMethod({
  name: 'cut-points',
  title: 'Common cut points at pooled quantiles, by iterated histograms',
  parameters: methodParameters.extend({ bins: z.int().min(2).max(256).default(32) }),
  example: { outcome: 'y', features: ['mean_texture', 'age', 'sex'], split: 'split', bins: 8 },
  rests: 'pooled',
  async run(federation, { bins, ...base }) {
    const { features, cuts, n, events } = await federatedCutPoints(federation, { view: viewOf(base), bins });
    return { n, events, features: features.map((feature, j) => ({ feature, cuts: Array.from(cuts[j]!) })) };
  },
});
