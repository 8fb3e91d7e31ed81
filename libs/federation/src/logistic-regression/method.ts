import type { Value } from '@consilium/protocol';
import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { federatedFirth } from '../firth/coordinator.js';
import { firthJson } from '../firth/firth-json.js';
import { logisticModel, scalingOf, type LogisticModel } from './coordinator.js';
import { federatedLogisticCrossValidation } from './cross-validation.js';
import { fitTogether } from './fit-together.js';
import { likelihoodRatioTests } from './likelihood-ratio.js';
import { profileIntervals } from './profile-intervals.js';

const level = z.number().gt(0).lt(1).default(0.95);

export const logisticRegressionMethod = federatedMethod({
  name: 'logistic-regression',
  title: 'Logistic regression, unpenalised with standard errors or with an L2 penalty',
  parameters: methodParameters.extend({
    C: z.number().positive().optional(),
    level,
    profileIntervals: z.boolean().default(false),
    likelihoodRatioTests: z.boolean().default(false),
    separation: z.enum(['report', 'firth']).default('report'),
  }),
  example: { outcome: 'y', features: ['mean_texture', 'age', 'sex'], split: 'split' },
  rests: 'pooled',
  async run(federation, { C, level: confidence, profileIntervals: profile, likelihoodRatioTests: ratios, separation, ...base }) {
    const view = viewOf(base);
    const scaling = await globalScaling(federation, view);
    const [fitted] = await fitTogether(federation, view, [{ scaling: scalingOf(view, scaling, view.features), ...(C === undefined ? {} : { C }) }]);
    const model = logisticModel(fitted!, confidence);
    const testable = model.table !== null;
    const firth = separation === 'firth' && C === undefined && model.warning !== null ? await federatedFirth(federation, { view, scaling, level: confidence }) : null;
    return {
      ...modelJson(model),
      ...(profile ? { profileIntervals: testable ? jsonValue(await profileIntervals(federation, view, fitted!, confidence)) : null } : {}),
      ...(ratios ? { likelihoodRatioTests: testable ? jsonValue(await likelihoodRatioTests(federation, view, scaling, fitted!)) : null } : {}),
      ...(separation === 'firth' ? { firth: firth && firthJson(firth) } : {}),
    };
  },
});

export const logisticCrossValidationMethod = federatedMethod({
  name: 'logistic-cross-validation',
  title: 'Logistic regression with its L2 penalty chosen by K-fold cross-validation',
  parameters: methodParameters.required({ folds: true }).extend({
    grid: z.array(z.number().positive()).min(1).default([0.001, 0.01, 0.1, 1, 10, 100]),
    rule: z.enum(['minimum', 'one-standard-error']).default('minimum'),
  }),
  example: { outcome: 'y', features: ['mean_texture', 'mean_smoothness', 'age'], split: 'split', folds: 'fold', grid: [0.001, 0.01, 0.1, 1] },
  rests: 'pooled',
  async run(federation, { grid, rule, ...base }) {
    const view = viewOf(base);
    const scaling = await globalScaling(federation, view);
    const { model, byFold, chosen, ...rest } = await federatedLogisticCrossValidation(federation, { view, scaling, grid, rule });
    return jsonValue({ ...rest, C: chosen.C, model: modelJson(model), byFold: [...byFold].map(([fold, own]) => ({ fold, model: own })) });
  },
});

async function globalScaling(federation: Federation, view: ViewSpec) {
  const { all } = await federatedMoments(federation, view);
  return { mean: all.mean, sd: standardDeviation(all, 0) };
}

export function modelJson({ raw, table, warning, ...model }: LogisticModel): Record<string, Value> {
  const { covariance, ...figures } = table ?? { covariance: null };
  const coefficients = ['(Intercept)', ...model.features].map((feature, j) => ({ feature, coefficient: raw[j]! }));
  return jsonValue({ ...model, coefficients, table: table && figures, covariance, warning: warning?.sentence ?? null }) as Record<string, Value>;
}
