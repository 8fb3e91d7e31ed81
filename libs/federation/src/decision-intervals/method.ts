import { z } from 'zod';
import { federatedMethod, methodParameters } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { modelsSchema, viewOfModels } from '../validation/published-models.js';
import { federatedDecisionIntervals } from './coordinator.js';

export const decisionIntervalsMethod = federatedMethod({
  name: 'decision-intervals',
  title: 'Bootstrap intervals of the net benefit at decision thresholds',
  parameters: methodParameters.omit({ folds: true }).extend({
    models: modelsSchema,
    thresholds: z.array(z.number().gt(0).lt(1)).min(1).max(99).default([0.1, 0.2, 0.3, 0.4, 0.5]),
    replicates: z.int().min(50).max(1000).default(200),
    seed: z.string().min(1),
  }),
  example: {
    outcome: 'y',
    features: ['p_texture'],
    split: { column: 'split', use: ['test'] },
    models: { p_texture: { kind: 'logistic', features: ['mean_texture'], mean: [19.3], sd: [4.8], coefficients: [1], intercept: -0.6 } },
    thresholds: [0.2, 0.5],
    seed: 'example',
  },
  rests: 'pooled',
  async run(federation, { models, thresholds, replicates, seed, ...base }) {
    const view = await viewOfModels(federation, base, models);
    return jsonValue(await federatedDecisionIntervals(federation, { view, models: base.features, thresholds, replicates, seed }));
  },
});
