import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedRanges } from './coordinator.js';

export const modelRangesMethod = federatedMethod({
  name: 'model-ranges',
  title: 'The range in which nearly all patients lie, feature by feature',
  parameters: methodParameters.omit({ folds: true }).extend({ minimumCell: z.int().nonnegative().default(0) }),
  example: { outcome: 'y', features: ['mean_texture', 'age', 'stage=III'], split: 'split' },
  rests: 'pooled',
  async run(federation, { minimumCell, ...base }) {
    return jsonValue(await federatedRanges(federation, viewOf(base), minimumCell));
  },
});
