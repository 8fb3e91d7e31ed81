import { z } from 'zod';
import { block, type Sums, type SumStep } from '../step.js';

const parametersSchema = z.strictObject({
  models: z.array(z.string()).min(1),
  thresholds: z.array(z.number().gt(0).lt(1)).min(1).max(99),
  /** Bootstrap replicates, and the seed that gives every patient the same weights whichever site holds the row. */
  replicates: z.int().min(50).max(1000),
  seed: z.string(),
});
export type ReplicateParameters = z.infer<typeof parametersSchema>;

/** Sums of bootstrap weights: of all patients and of events, a replicate each; and of true and false positives, model after model, threshold after threshold. */
export interface ReplicateSums extends Sums {
  readonly n: Float64Array;
  readonly events: Float64Array;
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
}

export const decisionReplicates: SumStep<ReplicateParameters, ReplicateSums> = {
  name: 'decision-intervals/replicates',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ n: block(), events: block(), truePositives: block(), falsePositives: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
