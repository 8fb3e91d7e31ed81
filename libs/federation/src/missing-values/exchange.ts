import { z } from 'zod';
import { block, type Sums, type SumStep } from '../step.js';

const parametersSchema = z.strictObject({
  /** Columns of the table, or `column=level`. */
  columns: z.array(z.string()),
});
export type MissingCountParameters = z.infer<typeof parametersSchema>;

/** Patients of the view, and of these how many have a value, a number a column. */
export interface MissingCounts extends Sums {
  readonly patients: Float64Array;
  readonly recorded: Float64Array;
}

/**
 * How many patients have a value in each column. Counts and nothing else: sums over the patients that have all values, beside sums over those that have one, would differ
 * by the values of the few that lack something.
 */
export const missingCounts: SumStep<MissingCountParameters, MissingCounts> = {
  name: 'missing-values/counts',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ patients: block(), recorded: block() }),
  disclosure: { kind: 'sum', limits: ['patients'] },
};
