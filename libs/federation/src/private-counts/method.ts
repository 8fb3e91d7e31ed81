import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedPrivateCounts } from './coordinator.js';
import { ratioSchema } from './exchange.js';

export const privateCountsMethod = federatedMethod({
  name: 'private-counts',
  title: 'Counts with noise that hides each patient',
  parameters: methodParameters.omit({ folds: true, features: true, fill: true }).extend({
    ratio: ratioSchema,
    tables: z.array(z.strictObject({ column: z.string(), levels: z.array(z.string()).min(1).max(50) })).min(1).max(20),
  }),
  example: { outcome: 'y', ratio: 2.5, tables: [{ column: 'stage', levels: ['II', 'III', 'IVA'] }, { column: 'y', levels: ['0', '1'] }] },
  rests: 'by-site',
  async run(federation, { ratio, tables, ...base }) {
    return jsonValue(await federatedPrivateCounts(federation, viewOf({ ...base, features: [] }), { ratio, tables }));
  },
});
