import { z } from 'zod';
import { block, type Sums, type SumStep } from '../step.js';

const parametersSchema = z.strictObject({
  /** Pairs of columns of probabilities: the old model and the new one. */
  pairs: z.array(z.strictObject({ before: z.string(), after: z.string() })).min(1),
  /** Ascending risk thresholds that make the categories. */
  cuts: z.array(z.number().gt(0).lt(1)).max(9),
});
export type ReclassificationParameters = z.infer<typeof parametersSchema>;

/** Pair after pair, first events and then non-events: n, up, down, Σ change, Σ change², and the table of categories. */
export interface ReclassificationBlock extends Sums {
  readonly sums: Float64Array;
}

export const reclassification: SumStep<ReclassificationParameters, ReclassificationBlock> = {
  name: 'reclassification/sums',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ sums: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
