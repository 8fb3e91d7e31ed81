import { z } from 'zod';
import { block, type Sums, type SumStep } from '../step.js';

const parametersSchema = z.strictObject({
  models: z
    .array(z.strictObject({
      /** Indices into the view's features. */
      columns: z.array(z.int().nonnegative()),
      mean: block(),
      sd: block(),
      beta: block(),
      /** The inverse information of all sites at beta, k × k. */
      inverse: block(),
    }))
    .min(1),
});
export type LeverageParameters = z.infer<typeof parametersSchema>;

/** Model after model Σ h (½ - π)(1, z), k numbers: what Firth's score adds. */
export interface LeverageSums extends Sums {
  readonly scores: Float64Array;
}

export const leverageSums: SumStep<LeverageParameters, LeverageSums> = {
  name: 'firth/leverage-scores',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ scores: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
