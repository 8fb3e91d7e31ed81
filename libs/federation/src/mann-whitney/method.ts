import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedMannWhitney } from './coordinator.js';

export const mannWhitneyMethod = federatedMethod({
  name: 'mann-whitney',
  title: 'Mann-Whitney test of each feature against the outcome, with bounds',
  parameters: methodParameters.extend({
    bins: z
      .union([z.int().min(2).max(1000), z.strictObject({ from: z.number(), to: z.number(), count: z.int().min(1).max(10_000) })])
      .default(200),
    minimumCell: z.int().nonnegative().default(0),
  }),
  example: { outcome: 'y', features: ['mean_radius', 'mean_texture'], bins: 50 },
  rests: 'pooled',
  async run(federation, { bins, minimumCell, ...base }) {
    return jsonValue({ features: await federatedMannWhitney(federation, { view: viewOf(base), bins, minimumCell }) });
  },
});
