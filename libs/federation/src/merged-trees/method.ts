import { z } from 'zod';
import { MOST_BINS } from '../boosting/exchange.js';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { treesJson } from '../trees-json.js';
import { federatedMergedTrees } from './coordinator.js';
import { growOptions, mergeSettings, mergeWeights } from './settings.js';

export const mergedTreesMethod = federatedMethod({
  name: 'merged-trees',
  title: 'Random forests, ExtraTrees or boostings grown at the sites and merged',
  parameters: methodParameters.omit({ folds: true }).extend({
    bins: z.int().min(2).max(MOST_BINS).default(MOST_BINS),
    grow: mergeSettings.prefault({ kind: 'random-forest' }),
    weights: mergeWeights.default('patients'),
  }),
  example: {
    outcome: 'y',
    features: ['mean_texture', 'mean_smoothness', 'age', 'mean_symmetry'],
    split: 'split',
    grow: { kind: 'random-forest', settings: { trees: 3, depth: 2 } },
    weights: 'auc-elsewhere',
  },
  rests: 'by-site',
  async run(federation, { bins, grow, weights, ...base }) {
    const { artefact, n, events, sites } = await federatedMergedTrees(federation, { view: viewOf(base), bins, grow: growOptions(grow), weights });
    return jsonValue({ n, events, sites, model: treesJson(artefact) });
  },
});
