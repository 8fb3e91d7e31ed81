import { z } from 'zod';
import { block, type SumStep } from '../step.js';

const items = z.array(z.strictObject({ columns: z.array(z.string().min(1)).min(2).max(20) })).min(1);

export type RatingParameters = { readonly items: readonly { readonly columns: readonly string[] }[] };

/** Item after item, over patients who have all its readings: how many, and Σ x of each reading. */
export interface RatingTotals extends Record<string, Float64Array> {
  readonly n: Float64Array;
  readonly totals: Float64Array;
  /** Σ |x| over all readings of an item: only to choose the unit in which squares are added. */
  readonly magnitudes: Float64Array;
}

export const ratingTotals: SumStep<RatingParameters, RatingTotals> = {
  name: 'agreement/rating-totals',
  version: 1,
  kind: 'sum',
  parameters: z.strictObject({ items }),
  contribution: z.strictObject({ n: block(), totals: block(), magnitudes: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};

export type RatingSquareParameters = RatingParameters & {
  /** Mean of each reading, item after item, and a unit an item. */
  readonly means: Float64Array;
  readonly units: Float64Array;
};

/** Item after item, in units squared: Σ (patient's mean - grand mean)², and Σ of the squared residuals of the two-way table. */
export interface RatingSquares extends Record<string, Float64Array> {
  readonly subjects: Float64Array;
  readonly residuals: Float64Array;
  /** What is below 1 at a site, times 2^44; it is 0 in the blocks above. */
  readonly fineSubjects: Float64Array;
  readonly fineResiduals: Float64Array;
}

export const ratingSquares: SumStep<RatingSquareParameters, RatingSquares> = {
  name: 'agreement/rating-squares',
  version: 1,
  kind: 'sum',
  parameters: z.strictObject({ items, means: block(), units: block() }),
  contribution: z.strictObject({ subjects: block(), residuals: block(), fineSubjects: block(), fineResiduals: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};

export type PairParameters = { readonly pairs: readonly { readonly first: string; readonly second: string; readonly levels: readonly string[] }[] };

/** Pair after pair, the table of first (rows) by second reading, row by row. */
export interface PairCounts extends Record<string, Float64Array> {
  readonly counts: Float64Array;
}

export const pairCounts: SumStep<PairParameters, PairCounts> = {
  name: 'agreement/pair-counts',
  version: 1,
  kind: 'sum',
  parameters: z.strictObject({ pairs: z.array(z.strictObject({ first: z.string().min(1), second: z.string().min(1), levels: z.array(z.string()).min(2).max(50) })).min(1) }),
  contribution: z.strictObject({ counts: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
