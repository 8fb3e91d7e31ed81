import { z } from 'zod';
import { block, type SumStep } from '../step.js';

export type CountParameters = {
  /** Indices into the view's features. */
  readonly columns: readonly number[];
  /** Ascending edges, one block a column. */
  readonly edges: readonly Float64Array[];
};

/** How many patients lie in each cell between public edges, column after column; cell = number of edges at or below the value. */
export const cellCounts: SumStep<CountParameters, { readonly counts: Float64Array }> = {
  name: 'cut-points/cell-counts',
  version: 1,
  kind: 'sum',
  parameters: z.strictObject({ columns: z.array(z.int().nonnegative()).min(1), edges: z.array(block()) }),
  contribution: z.strictObject({ counts: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
