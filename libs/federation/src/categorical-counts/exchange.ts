import { z } from 'zod';
import { countFinding } from '../plausible-sums.js';
import { block, type SumStep } from '../step.js';

export type TableParameters = {
  readonly column: string;
  /** The levels the plan declares, in its order. */
  readonly levels: readonly string[];
};

/** Counts by outcome, two a row (without, with the event): a row a level, then any other level, then missing. */
export interface TableCounts extends Record<string, Float64Array> {
  readonly counts: Float64Array;
}

export const tableCounts: SumStep<TableParameters, TableCounts> = {
  name: 'categorical-counts/table',
  version: 1,
  kind: 'sum',
  parameters: z.strictObject({ column: z.string(), levels: z.array(z.string()).min(1).max(200) }),
  contribution: z.strictObject({ counts: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
  implausible: ({ counts }) => countFinding('the table', counts),
};
