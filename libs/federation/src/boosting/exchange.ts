import { z } from 'zod';
import { block, type Sums, type SumStep } from '../step.js';

/** Trees in bins: node counts, and feature (-1 at a leaf), bin or leaf value, and left child of every node. The right child follows the left. */
export const packedTreeSchema = z.strictObject({ feature: block(), number: block(), left: block() });
export const packedTreesSchema = packedTreeSchema.extend({ sizes: block() });

export const cutSetSchema = z.strictObject({ sizes: block(), cuts: block() });

const modelSchema = z.strictObject({
  /** Which of the message's sets of cut points. */
  cuts: z.int().nonnegative(),
  /** Rows outside this fold only: a training set of a cross-validation. */
  withoutFold: z.int().nonnegative().optional(),
  /** The margin before the first tree. */
  base: z.number(),
  finished: packedTreesSchema,
  /** The tree that grows: its leaves whose histograms are wanted, the features and patients it drew. Null where only the held-out loss is wanted. */
  growing: z
    .strictObject({
      tree: packedTreeSchema,
      nodes: block(),
      columns: block(),
      /** Whether patients are counted beside the sums. */
      counted: z.boolean(),
      bag: z.strictObject({ seed: z.string().max(200), fraction: z.number().gt(0).lt(1), tree: z.int().nonnegative() }).nullable(),
    })
    .nullable(),
  /** Whether the log-loss of the fold's rows under the finished trees is wanted. */
  heldOut: z.boolean(),
});

/** At most 32 bins: narrower ones would single out patients. */
export const MOST_BINS = 32;

const parametersSchema = z.strictObject({
  /** Sets of cut points: how many each feature of the view has, and all of them, feature after feature. */
  cutSets: z.array(cutSetSchema).min(1),
  models: z.array(modelSchema).min(1),
});
export type BoostingParameters = z.infer<typeof parametersSchema>;
export type BoostingModelParameters = z.infer<typeof modelSchema>;

/** Model after model. */
export interface BoostingSums extends Sums {
  /** Wanted leaf after wanted leaf, Σ g, Σ h and where wanted patients, each drawn feature after drawn feature, bin after bin. */
  readonly histograms: Float64Array;
  /** Σ log-loss of the held-out rows; 0 where it is not wanted. */
  readonly logLoss: Float64Array;
}

export const gradientHistograms: SumStep<BoostingParameters, BoostingSums> = {
  name: 'boosting/gradient-histograms',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ histograms: block(), logLoss: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
