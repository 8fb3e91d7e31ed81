import { gaussianCost } from '@consilium/statistics';
import { z } from 'zod';
import { ratioSchema } from '../private-counts/exchange.js';
import { block, type SumStep } from '../step.js';

export type PrivateLogisticParameters = {
  /** The noise's standard deviation over what one patient can move. */
  readonly ratio: number;
  /** λ of the objective (1/n) Σ loss + (λ/2) |θ|². */
  readonly penalty: number;
  /** Of each feature of the view: values beyond are drawn to these. Set from what is known before, never from the patients. */
  readonly bounds: readonly { readonly low: number; readonly high: number }[];
};

/** n·(θ + noise) of a site's own model, the intercept last; and n, which the guarantee takes for known. */
export interface PrivateModel extends Record<string, Float64Array> {
  readonly weighted: Float64Array;
  readonly patients: Float64Array;
}

const bound = z.number().min(-1e9).max(1e9);

export const privateLogistic: SumStep<PrivateLogisticParameters, PrivateModel> = {
  name: 'private-logistic/model',
  version: 1,
  kind: 'sum',
  parameters: z.strictObject({
    ratio: ratioSchema,
    penalty: z.number().min(0.001).max(10),
    bounds: z.array(z.strictObject({ low: bound, high: bound }).refine(({ low, high }) => low < high)).min(1).max(20),
  }),
  contribution: z.strictObject({ weighted: block(), patients: block() }),
  disclosure: { kind: 'sum', limits: ['patients'] },
  privacyCost: ({ ratio }) => gaussianCost(ratio),
  implausible: ({ patients }) => (Number.isInteger(patients[0]) && patients[0]! >= 0 ? undefined : 'the number of patients is negative or not whole'),
};
