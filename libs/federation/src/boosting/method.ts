import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { treesJson } from '../trees-json.js';
import { federatedBoosting } from './coordinator.js';
import { federatedBoostingCrossValidation } from './cross-validation.js';
import { MOST_BINS } from './exchange.js';
import { boostingOptions, boostingSettings } from './settings.js';

const bins = z.int().min(2).max(MOST_BINS).default(MOST_BINS);

export const boostingMethod = federatedMethod({
  name: 'boosting',
  title: 'Gradient boosting of trees grown on summed histograms',
  parameters: methodParameters.extend({ bins, cuts: z.array(z.array(z.number()).max(MOST_BINS - 1)).optional(), settings: boostingSettings.default({}) }),
  example: { outcome: 'y', features: ['mean_texture', 'mean_smoothness', 'age'], split: 'split', settings: { trees: 3, depth: 2 } },
  rests: 'pooled',
  async run(federation, { bins: most, cuts, settings: given, ...base }) {
    const known = cuts === undefined ? {} : { cuts: cuts.map((own) => Float64Array.from(own)) };
    const { artefact, n, events } = await federatedBoosting(federation, { view: viewOf(base), options: boostingOptions(given), bins: most, ...known });
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
