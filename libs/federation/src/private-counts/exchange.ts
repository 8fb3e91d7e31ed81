import { gaussianCost } from '@consilium/statistics';
import { z } from 'zod';
import { block, type SumStep } from '../step.js';

export type PrivateCountsParameters = {
  /** The noise's standard deviation over what one patient can move. */
  readonly ratio: number;
  /** Columns with the levels that are counted; a patient of another level is counted nowhere. */
  readonly tables: readonly { readonly column: string; readonly levels: readonly string[] }[];
};

/** Noisy counts, a number a level, one table after another. */
export interface PrivateCounts extends Record<string, Float64Array> {
  readonly counts: Float64Array;
}

/** Replacing a patient takes one from a cell of a table and adds one to another: √2. */
export const TABLE_SENSITIVITY = Math.SQRT2;

export const ratioSchema = z.number().min(0.01).max(1000);

export const privateCounts: SumStep<PrivateCountsParameters, PrivateCounts> = {
  name: 'private-counts/tables',
  version: 1,
  kind: 'sum',
  parameters: z.strictObject({
    ratio: ratioSchema,
    tables: z.array(z.strictObject({ column: z.string(), levels: z.array(z.string()).min(1).max(50) })).min(1).max(20),
  }),
  contribution: z.strictObject({ counts: block() }),
  // The number of patients is no secret of this guarantee; a refusal by outcome or cell would tell what noise hides.
  disclosure: { kind: 'sum', limits: ['patients'] },
  privacyCost: ({ ratio, tables }) => gaussianCost(ratio, tables.length),
  implausible: ({ counts }) => (counts.every(Number.isInteger) ? undefined : 'a noisy count is not whole'),
};
