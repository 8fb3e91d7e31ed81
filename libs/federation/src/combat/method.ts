import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedCombat } from './coordinator.js';
import { federatedSiteSummary } from '../site-summary/coordinator.js';

export const combatMethod = federatedMethod({
  name: 'combat',
  title: 'ComBat harmonisation of features over sites or scanners',
  parameters: methodParameters.omit({ folds: true }).extend({
    covariates: z.array(z.string().min(1)).default([]),
    batch: z.string().min(1).nullable().default(null),
    leastPatients: z.int().min(2).default(5),
    empiricalBayes: z.boolean().default(true),
    meanOnly: z.boolean().default(false),
  }),
  example: { outcome: 'y', features: ['mean_texture', 'mean_smoothness', 'mean_area'], split: 'split', covariates: ['age'] },
  rests: 'by-site',
  async run(federation, { covariates, batch, leastPatients, empiricalBayes, meanOnly, ...base }) {
    const view = viewOf(base);
    const { artefact, digest, patients, constant } = await federatedCombat(federation, { view, covariates, batch, leastPatients, empiricalBayes, meanOnly });
    const harmonised = { ...view, harmonise: { artefact: digest, rows: view.rows } };
    const [before, after] = await federation.inParallel([view, harmonised].map((one) => (branch) => federatedSiteSummary(branch, one)));
    return jsonValue({ patients, constant, digest, artefact, before, after });
  },
});
