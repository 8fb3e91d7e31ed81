import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedSiteDiscrimination } from './coordinator.js';

export const siteDiscriminationMethod = federatedMethod({
  name: 'site-discrimination',
  title: 'How well features tell which site a patient is of',
  parameters: methodParameters.extend({ minimumCell: z.int().nonnegative().default(0) }),
  example: { outcome: 'y', features: ['mean_texture', 'mean_smoothness'], split: 'split', folds: 'fold' },
  rests: 'by-site',
  async run(federation, { minimumCell, ...base }) {
    return jsonValue(await federatedSiteDiscrimination(federation, viewOf(base), minimumCell));
  },
});
