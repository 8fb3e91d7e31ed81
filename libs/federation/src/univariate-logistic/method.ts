import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import { federatedUnivariateLogistic } from './coordinator.js';

export const univariateLogisticMethod = federatedMethod({
  name: 'univariate-logistic',
  title: 'Logistic regression of the outcome on each feature alone',
  parameters: methodParameters.extend({ level: z.number().gt(0).lt(1).default(0.95) }),
  example: { outcome: 'y', features: ['age', 'sex', 'stage=III', 'mean_texture'], split: 'split' },
  rests: 'pooled',
  async run(federation, { level, ...base }) {
    const view = viewOf(base);
    const { all } = await federatedMoments(federation, view);
    const rows = await federatedUnivariateLogistic(federation, { view, scaling: { mean: all.mean, sd: standardDeviation(all, 0) }, level });
    return jsonValue({ features: rows });
  },
});
