import { z } from 'zod';
import { federatedMethod, methodParameters } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { modelsSchema, viewOfModels } from '../validation/published-models.js';
import { federatedSubgroups } from './coordinator.js';
import { subgroupSchema } from './exchange.js';

export const subgroupsMethod = federatedMethod({
  name: 'subgroups',
  title: 'Discrimination and calibration within groups of patients',
  parameters: methodParameters.omit({ folds: true }).extend({
    models: modelsSchema,
    columns: z.array(z.strictObject({ column: z.string().min(1), groups: z.array(subgroupSchema).min(1).max(30) })).min(1),
    minimumCell: z.int().nonnegative().default(0),
  }),
  example: {
    outcome: 'y',
    features: ['p_texture'],
    models: { p_texture: { kind: 'logistic', features: ['mean_texture'], mean: [19.3], sd: [4.8], coefficients: [1], intercept: -0.6 } },
    columns: [
      { column: 'stage', groups: [{ name: 'II', oneOf: ['II'] }, { name: 'III and IVA', oneOf: ['III', 'IVA'] }] },
      { column: 'age', groups: [{ name: 'below 50', from: null, below: 50 }, { name: '50 and above', from: 50, below: null }] },
    ],
  },
  rests: 'pooled',
  async run(federation, { models, columns, minimumCell, ...base }) {
    const view = await viewOfModels(federation, base, models);
    return jsonValue(await federatedSubgroups(federation, { view, models: base.features, columns, minimumCell }));
  },
});
