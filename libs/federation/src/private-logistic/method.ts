import { z } from 'zod';
import { federatedMethod, methodParameters, viewOf } from '../federated-method.js';
import { jsonValue } from '../json-value.js';
import { ratioSchema } from '../private-counts/exchange.js';
import { federatedPrivateLogistic } from './coordinator.js';

/** Values that are missing stand in the middle, so that how many patients there are does not depend on what is known of them. */
export const middles = (features: readonly { readonly column: string; readonly low: number; readonly high: number }[]): Record<string, number> =>
  Object.fromEntries(features.map(({ column, low, high }) => [column, (low + high) / 2]));

const boundedFeature = z.strictObject({ column: z.string().min(1), low: z.number(), high: z.number() });

export const privateLogisticMethod = federatedMethod({
  name: 'private-logistic',
  title: 'L2 logistic regression with noise that hides each patient',
  parameters: methodParameters.omit({ folds: true, features: true, fill: true }).extend({ ratio: ratioSchema, penalty: z.number().min(0.001).max(10), features: z.array(boundedFeature).min(1).max(20) }),
  example: { outcome: 'y', ratio: 2.5, penalty: 0.05, features: [{ column: 'age', low: 20, high: 90 }, { column: 'mean_texture', low: 5, high: 40 }] },
  rests: 'by-site',
  async run(federation, { ratio, penalty, features, ...base }) {
    const view = viewOf({ ...base, features: features.map(({ column }) => column), fill: middles(features) });
    return jsonValue(await federatedPrivateLogistic(federation, view, { ratio, penalty, bounds: features.map(({ low, high }) => ({ low, high })) }));
  },
});
