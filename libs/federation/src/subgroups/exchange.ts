import { z } from 'zod';
import { block, type Sums, type SumStep } from '../step.js';

/** Patients of one group: those with one of the values, or whose number is at least `from` and below `below`. */
export const subgroupSchema = z.union([
  z.strictObject({ name: z.string(), oneOf: z.array(z.union([z.string(), z.number()])).min(1) }),
  z.strictObject({ name: z.string(), from: z.number().nullable(), below: z.number().nullable() }),
]);
export type Subgroup = z.infer<typeof subgroupSchema>;

const parametersSchema = z.strictObject({
  models: z.array(z.string()).min(1),
  column: z.string(),
  groups: z.array(subgroupSchema).min(1).max(30),
  /** Cuts of logit p of each model, for the areas. */
  cuts: z.array(block()),
});
export type SubgroupParameters = z.infer<typeof parametersSchema>;

/** Group after group: n and events; then model after model Σ p; then model after model events and non-events by bin. */
export interface SubgroupSums extends Sums {
  readonly counts: Float64Array;
  readonly expected: Float64Array;
  readonly events: Float64Array;
  readonly nonEvents: Float64Array;
}

export const subgroupSums: SumStep<SubgroupParameters, SubgroupSums> = {
  name: 'subgroups/sums',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ counts: block(), expected: block(), events: block(), nonEvents: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
