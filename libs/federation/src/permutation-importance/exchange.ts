import type { Value } from '@consilium/protocol';
import { z } from 'zod';
import { block, type Sums, type SumStep } from '../step.js';

const parametersSchema = z.strictObject({
  /** A model over the features of the view. */
  model: z.custom<Value>((value) => typeof value === 'object' && value !== null),
  /** Indices of the features whose values change places. */
  columns: z.array(z.int().nonnegative()).min(1).max(1000),
  repeats: z.int().min(1).max(100),
  /** Feeds the permutations. */
  seed: z.string().max(200),
});
export type PermutationParameters = z.infer<typeof parametersSchema>;

/** First of the patients as they are, then permuted column after column, repeat after repeat. */
export interface PermutationLosses extends Sums {
  /** Two numbers: patients, and pairs of one with the event and one without. */
  readonly counts: Float64Array;
  readonly logLoss: Float64Array;
  readonly squares: Float64Array;
  /** Mann-Whitney U of the predictions. */
  readonly u: Float64Array;
}

/** What a model loses at a site when a feature's values change places among its patients. */
export const permutationLosses: SumStep<PermutationParameters, PermutationLosses> = {
  name: 'permutation-importance/losses',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ counts: block(), logLoss: block(), squares: block(), u: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
