import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import { federatedLogisticLasso, type LogisticLassoResult } from './coordinator.js';

const positive = z.number().positive();

export const logisticLassoMethod = federatedMethod({
  name: 'logistic-lasso',
  title: 'Logistic LASSO or elastic net with K-fold cross-validation',
  parameters: methodParameters.required({ folds: true }).extend({
    lambdas: z
      .union([z.array(positive).min(1).max(200), z.strictObject({ count: z.int().min(2).max(200), ratio: z.number().gt(0).lt(1) })])
      .default({ count: 30, ratio: 0.01 }),
    mixing: z.number().gt(0).max(1).default(1),
  }),
  example: {
    outcome: 'y',
    features: ['mean_radius', 'mean_texture', 'mean_smoothness', 'worst_symmetry'],
    folds: 'fold',
    lambdas: { count: 10, ratio: 0.01 },
    mixing: 1,
  },
  rests: 'pooled',
  async run(federation, { lambdas, mixing, ...base }) {
    const view = viewOf(base);
    const { all } = await federatedMoments(federation, view);
    const scaling = { mean: all.mean, sd: standardDeviation(all, 0) };
    const grid = Array.isArray(lambdas) ? [...lambdas].sort((a, b) => b - a) : lambdas;
    const result = await federatedLogisticLasso(federation, { view, scaling, lambdas: grid, mixing });
    return jsonValue({
      features: result.features,
      scaling,
      mixing,
      n: result.n,
      events: result.events,
      foldSizes: result.foldSizes,
      lambdas: result.lambdas,
      deviance: result.deviance,
      standardError: result.standardError,
      devianceByFold: result.devianceByFold,
      path: result.lambdas.map((_, index) => solutionAt(result, index)),
      minimum: solutionAt(result, result.minimum),
      oneStandardError: solutionAt(result, result.oneStandardError),
      warnings: result.warnings,
      messages: result.rounds,
    });
  },
});

function solutionAt({ path, features, lambdas }: LogisticLassoResult, index: number) {
  const { intercept, selected, coefficients, logLikelihood } = path[index]!;
  return { lambda: lambdas[index]!, intercept, logLikelihood, coefficients: selected.map((j, i) => ({ feature: features[j]!, coefficient: coefficients[i]! })) };
}
