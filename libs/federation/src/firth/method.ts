import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import { federatedFirth } from './coordinator.js';
import { firthJson } from './firth-json.js';

export const firthMethod = federatedMethod({
  name: 'firth',
  title: "Firth's logistic regression, finite where the classes are separated",
  parameters: methodParameters.extend({ level: z.number().gt(0).lt(1).default(0.95) }),
  example: { outcome: 'y', features: ['mean_texture', 'age', 'sex'], split: 'split' },
  rests: 'pooled',
  async run(federation, { level, ...base }) {
    const view = viewOf(base);
    const { all } = await federatedMoments(federation, view);
    return firthJson(await federatedFirth(federation, { view, scaling: { mean: all.mean, sd: standardDeviation(all, 0) }, level }));
  },
});
