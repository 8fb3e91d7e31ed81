import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { modelJson } from '../logistic-regression/method.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import { federatedStepwise } from './coordinator.js';

export const stepwiseMethod = federatedMethod({
  name: 'stepwise',
  title: 'Stepwise logistic regression by AIC or BIC',
  parameters: methodParameters.extend({
    direction: z.enum(['backward', 'forward', 'both']).default('both'),
    start: z.enum(['full', 'null']).default('full'),
    criterion: z.enum(['aic', 'bic']).default('aic'),
  }),
  example: { outcome: 'y', features: ['age', 'sex', 'smoking', 'mean_texture'], split: 'split', direction: 'both', start: 'full', criterion: 'aic' },
  rests: 'pooled',
  async run(federation, { direction, start, criterion, ...base }) {
    const view = viewOf(base);
    const { all } = await federatedMoments(federation, view);
    const result = await federatedStepwise(federation, { view, scaling: { mean: all.mean, sd: standardDeviation(all, 0) }, direction, start, criterion });
    return jsonValue({ ...result, model: modelJson(result.model) });
  },
});
