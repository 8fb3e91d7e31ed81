import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import type { Federation } from '../federation.js';
import { federatedLinearSvm, type LinearSvmRequest } from './coordinator.js';

const positive = z.number().positive();
const shared = methodParameters.required({ folds: true }).extend({
  C: z.array(positive).min(1).max(50).default([0.01, 0.1, 1, 10]),
  penalisedIntercept: z.boolean().default(false),
  solver: z.enum(['auto', 'newton', 'l-bfgs']).default('auto'),
});

export const linearSvmMethod = federatedMethod({
  name: 'linear-svm',
  title: 'Linear support vector machine with squared hinge loss, scaled to probabilities',
  parameters: shared,
  example: { outcome: 'y', features: ['mean_texture', 'mean_smoothness', 'worst_symmetry'], split: 'split', folds: 'fold', C: [0.01, 0.1, 1] },
  rests: 'pooled',
  async run(federation, { C, penalisedIntercept, solver, ...base }) {
    return svmJson(federation, { view: viewOf(base), grid: C.map((one) => ({ C: one })), penalisedIntercept, solver });
  },
});

export const rbfSvmMethod = federatedMethod({
  name: 'rbf-svm',
  title: 'Support vector machine with an RBF kernel by random Fourier features',
  parameters: shared.extend({
    C: z.array(positive).min(1).max(50).default([0.1, 1, 10]),
    gamma: z.array(z.union([positive, z.literal('scale')])).min(1).max(20).default(['scale']),
    components: z.int().min(2).max(5000).multipleOf(2).default(1000),
    smoothing: z.number().positive().max(1).default(0.2),
    seed: z.string().default('consilium'),
  }),
  example: { outcome: 'y', features: ['mean_texture', 'mean_smoothness', 'worst_symmetry'], split: 'split', folds: 'fold', C: [1], gamma: ['scale'], components: 20, seed: 'example' },
  rests: 'pooled',
  async run(federation, { C, gamma, components, smoothing, seed, penalisedIntercept, solver, ...base }) {
    const grid = C.flatMap((one) => gamma.map((width) => ({ C: one, gamma: width })));
    return svmJson(federation, { view: viewOf(base), grid, penalisedIntercept, solver, smoothing, fourier: { components, seed } });
  },
});

async function svmJson(federation: Federation, request: Omit<LinearSvmRequest, 'scaling'>) {
  const { all } = await federatedMoments(federation, request.view);
  const { artefact, byFold, fit, chosen, grid, ...rest } = await federatedLinearSvm(federation, { ...request, scaling: { mean: all.mean, sd: standardDeviation(all, 0) } });
  const { status, objective } = fit;
  return jsonValue({ grid, ...rest, chosen: grid[chosen]!, status, objective, model: artefact, byFold: [...byFold].map(([fold, model]) => ({ fold, model })) });
}
