import { z } from 'zod';
import { MOST_BINS } from '../boosting/exchange.js';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { treesJson } from '../trees-json.js';
import { federatedForest, federatedForestCrossValidation } from './coordinator.js';
import { forestOptions, forestSettings } from './settings.js';

const bins = z.int().min(2).max(MOST_BINS).default(MOST_BINS);
const example = { outcome: 'y', features: ['mean_texture', 'mean_smoothness', 'age', 'mean_symmetry'], split: 'split', settings: { trees: 3, depth: 2, minimumLeaf: 20 } };

const forestMethod = (kind: 'random-forest' | 'extra-trees', title: string) =>
  federatedMethod({
    name: kind,
    title,
    parameters: methodParameters.extend({ bins, settings: forestSettings.default({}) }),
    example,
    rests: 'pooled',
    async run(federation, { bins: most, settings, ...base }) {
      const { artefact, n, events } = await federatedForest(federation, { view: viewOf(base), options: forestOptions(kind, settings), bins: most });
      return jsonValue({ n, events, model: treesJson(artefact) });
    },
  });

export const randomForestMethod = forestMethod('random-forest', 'Random forest grown on summed class counts');
export const extraTreesMethod = forestMethod('extra-trees', 'Extremely randomised trees grown on summed class counts');

export const forestCrossValidationMethod = federatedMethod({
  name: 'forest-cross-validation',
  title: 'Random forest or ExtraTrees with settings chosen by K-fold cross-validation',
  parameters: methodParameters.required({ folds: true }).extend({ bins, kind: z.enum(['random-forest', 'extra-trees']).default('random-forest'), grid: z.array(forestSettings).min(1).max(100).default([{}]) }),
  example: { outcome: 'y', features: ['mean_texture', 'mean_smoothness', 'age'], split: 'split', folds: 'fold', grid: [{ trees: 3, depth: 1 }, { trees: 3, depth: 2 }] },
  rests: 'pooled',
  async run(federation, { bins: most, kind, grid, ...base }) {
    const { artefact, byFold, ...rest } = await federatedForestCrossValidation(federation, { view: viewOf(base), grid: grid.map((settings) => forestOptions(kind, settings)), bins: most });
    return jsonValue({ ...rest, model: treesJson(artefact), byFold: [...byFold].map(([fold, model]) => ({ fold, model: treesJson(model) })) });
  },
});
