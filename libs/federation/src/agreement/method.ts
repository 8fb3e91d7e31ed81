import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { federatedIntraclassCorrelations, federatedKappas } from './coordinator.js';

export const agreementMethod = federatedMethod({
  name: 'agreement',
  title: 'Agreement of repeated readings: intraclass correlation and kappa',
  parameters: methodParameters.omit({ features: true }).extend({
    /** Features by name, the columns of their readings each. */
    ratings: z.record(z.string(), z.array(z.string().min(1)).min(2).max(20)).default({}),
    pairs: z.array(z.strictObject({ first: z.string().min(1), second: z.string().min(1), levels: z.array(z.union([z.string(), z.number()])).min(2) })).default([]),
    weights: z.enum(['none', 'linear', 'quadratic']).default('none'),
    level: z.number().gt(0).lt(1).default(0.95),
  }),
  example: { outcome: 'y', ratings: { radius: ['mean_radius', 'worst_radius'] }, pairs: [{ first: 'sex', second: 'smoking', levels: [0, 1] }], weights: 'none' },
  rests: 'pooled',
  async run(federation, { ratings, pairs, weights, level, ...base }) {
    const view = viewOf({ ...base, features: [] });
    const items = Object.entries(ratings).map(([name, columns]) => ({ name, columns }));
    const intraclass = await federatedIntraclassCorrelations(federation, view, items, level);
    const kappas = await federatedKappas(federation, view, pairs.map((pair) => ({ ...pair, levels: pair.levels.map(String) })), weights);
    return jsonValue({ ratings: intraclass, pairs: kappas.map((kappa, at) => ({ first: pairs[at]!.first, second: pairs[at]!.second, ...kappa })) });
  },
});
