import { depthWiseDefaults, leafWiseDefaults, type BoostingOptions } from '@consilium/learning';
import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { treesJson } from '../trees-json.js';
import { federatedBoosting } from './coordinator.js';
import { federatedBoostingCrossValidation } from './cross-validation.js';
import { MOST_BINS } from './exchange.js';

const settings = {
  growth: z.enum(['depth-wise', 'leaf-wise']),
  trees: z.int().min(1).max(2000),
  depth: z.int().min(1).max(12),
  leaves: z.int().min(2).max(256),
  learningRate: z.number().gt(0).max(1),
  minimumChildWeight: z.number().min(0),
  minimumLeaf: z.int().min(1),
  lambda: z.number().min(0),
  alpha: z.number().min(0),
  gamma: z.number().min(0),
  cut: z.enum(['edge', 'middle-of-gap']),
  base: z.enum(['prevalence', 'zero']),
  featureFraction: z.number().gt(0).max(1),
  baggingFraction: z.number().gt(0).max(1),
  seed: z.string().max(200),
};

/** Some of a boosting's settings; the rest are the defaults of its growth. */
export const boostingSettings = z.strictObject(settings).partial();

/** Settings with the defaults of their growth. */
export const boostingOptions = (given: z.infer<typeof boostingSettings>): BoostingOptions => {
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...(given.growth === 'leaf-wise' ? leafWiseDefaults : depthWiseDefaults), ...known };
};

const bins = z.int().min(2).max(MOST_BINS).default(MOST_BINS);

export const boostingMethod = federatedMethod({
  name: 'boosting',
  title: 'Gradient boosting of trees grown on summed histograms',
  parameters: methodParameters.extend({ bins, settings: boostingSettings.default({}) }),
  example: { outcome: 'y', features: ['mean_texture', 'mean_smoothness', 'age'], split: 'split', settings: { trees: 3, depth: 2 } },
  rests: 'pooled',
  async run(federation, { bins: most, settings: given, ...base }) {
    const { artefact, n, events } = await federatedBoosting(federation, { view: viewOf(base), options: boostingOptions(given), bins: most });
    return jsonValue({ n, events, model: treesJson(artefact) });
  },
});

export const boostingCrossValidationMethod = federatedMethod({
  name: 'boosting-cross-validation',
  title: 'Gradient boosting with settings and number of trees chosen by K-fold cross-validation',
  parameters: methodParameters.required({ folds: true }).extend({ bins, grid: z.array(boostingSettings).min(1).max(100).default([{}]), patience: z.int().min(1).default(20) }),
  example: {
    outcome: 'y',
    features: ['mean_texture', 'mean_smoothness', 'age'],
    split: 'split',
    folds: 'fold',
    grid: [{ trees: 6, depth: 1 }, { trees: 6, growth: 'leaf-wise', leaves: 4 }],
    patience: 2,
  },
  rests: 'pooled',
  async run(federation, { bins: most, grid, patience, ...base }) {
    const { artefact, byFold, ...rest } = await federatedBoostingCrossValidation(federation, { view: viewOf(base), grid: grid.map(boostingOptions), patience, bins: most });
    return jsonValue({ ...rest, model: treesJson(artefact), byFold: [...byFold].map(([fold, model]) => ({ fold, model: treesJson(model) })) });
  },
});
