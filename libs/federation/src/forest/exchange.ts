import type { Value } from '@consilium/protocol';
import { z } from 'zod';
import { cutSetSchema, packedTreesSchema } from '../boosting/exchange.js';
import { block, type Sums, type SumStep } from '../step.js';

const modelSchema = z.strictObject({
  /** Which of the message's sets of cut points. */
  cuts: z.int().nonnegative(),
  /** Rows outside this fold only: a training set of a cross-validation. */
  withoutFold: z.int().nonnegative().optional(),
  /** Feeds the patients' weights; null where every tree sees every patient once. */
  bootstrap: z.string().max(200).nullable(),
  /** Numbers of the trees, and the trees as far as they have grown. */
  numbers: block(),
  trees: packedTreesSchema,
  /** For each wanted leaf its tree (index into the trees), its node, and the features it drew, as many for each leaf. */
  tree: block(),
  node: block(),
  features: block(),
});

const parametersSchema = z.strictObject({ cutSets: z.array(cutSetSchema).min(1), models: z.array(modelSchema).min(1) });
export type ForestParameters = z.infer<typeof parametersSchema>;
export type ForestModelParameters = z.infer<typeof modelSchema>;

/** Model after model, wanted leaf after wanted leaf, drawn feature after drawn feature, bin after bin: weight of non-events + 2^17 weight of events + 2^34 patients. */
export interface ForestSums extends Sums {
  readonly counts: Float64Array;
}

const disclosure = { kind: 'sum', limits: ['patients', 'cells'] } as const;

export const forestCountsStep: SumStep<ForestParameters, ForestSums> = {
  name: 'forest/class-counts',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ counts: block() }),
  disclosure,
};

const heldOutSchema = z.strictObject({
  models: z.array(z.strictObject({ model: z.custom<Value>((value) => typeof value === 'object' && value !== null), onlyFold: z.int().nonnegative() })).min(1),
});
export type HeldOutParameters = z.infer<typeof heldOutSchema>;

/** Model after model: Σ (p - y)² over the rows of its fold. */
export const heldOutErrors: SumStep<HeldOutParameters, { readonly squares: Float64Array }> = {
  name: 'forest/held-out-errors',
  version: 1,
  kind: 'sum',
  parameters: heldOutSchema,
  contribution: z.strictObject({ squares: block() }),
  disclosure,
};
