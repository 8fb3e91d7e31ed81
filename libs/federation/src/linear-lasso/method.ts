import { logarithmicGrid, type LassoChoice, type LassoSolution } from '@consilium/learning';
import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import { federatedLinearLasso, type LinearLassoResult } from './coordinator.js';

const positive = z.number().positive();

export const linearLassoMethod = federatedMethod({
  name: 'linear-lasso',
  title: 'Linear LASSO with K-fold cross-validation',
  parameters: methodParameters.required({ folds: true }).extend({
    alphas: z
      .strictObject({ min: positive, max: positive, count: z.int().min(2).max(200) })
      .default({ min: 0.001, max: 1, count: 50 }),
    scaler: z.enum(['per-fold', 'once']).default('per-fold'),
  }),
  example: {
    outcome: 'y',
    features: ['mean_radius', 'mean_texture', 'mean_smoothness', 'worst_symmetry'],
    folds: 'fold',
    alphas: { min: 0.001, max: 1, count: 10 },
  },
  rests: 'pooled',
  async run(federation, { alphas, scaler, ...base }) {
    const view = viewOf(base);
    const { all } = await federatedMoments(federation, view);
    const scaling = { mean: all.mean, sd: standardDeviation(all, 0) };
    const grid = logarithmicGrid(alphas.min, alphas.max, alphas.count);
    const result = await federatedLinearLasso(federation, { view, scaling, alphas: grid, scaler });
    return jsonValue({
      features: result.features,
      scaling,
      n: result.n,
      events: result.events,
      foldSizes: result.foldSizes,
      alphas: result.alphas,
      meanSquaredError: result.meanMse,
      standardError: result.standardError,
      squaredErrorByFold: result.mseByFold,
      path: result.path.map((solution) => ({ alpha: solution.alpha, ...modelOf(result, solution) })),
      minimum: choiceOf(result, result.minimum),
      oneStandardError: choiceOf(result, result.oneStandardError),
      warnings: result.warnings,
    });
  },
});

const choiceOf = (result: LinearLassoResult, choice: LassoChoice) => ({ alpha: choice.alpha, ...modelOf(result, result.path[choice.index]!) });

const modelOf = ({ features }: LinearLassoResult, { intercept, selected, coefficients }: LassoSolution) => ({
  intercept,
  coefficients: selected.map((j, i) => ({ feature: features[j]!, coefficient: coefficients[i]! })),
});
