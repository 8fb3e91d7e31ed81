import { z } from 'zod';
import { block, type SumStep } from '../step.js';

const parametersSchema = z.strictObject({
  /** Indices into the view's features. */
  columns: z.array(z.int().nonnegative()).min(1),
  /** Ascending cuts, one block a column; bin = number of cuts at or below the value. */
  cuts: z.array(block()),
});
export type ClassCountParameters = z.infer<typeof parametersSchema>;

/** Patients of each class by bin, column after column. */
export interface ClassCounts extends Record<string, Float64Array> {
  readonly events: Float64Array;
  readonly nonEvents: Float64Array;
}

export const classCounts: SumStep<ClassCountParameters, ClassCounts> = {
  name: 'mann-whitney/class-counts',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ events: block(), nonEvents: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
