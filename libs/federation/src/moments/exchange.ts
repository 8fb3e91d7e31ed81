import { z } from 'zod';
import { countFinding, negativeFinding } from '../plausible-sums.js';
import { block, type SumStep } from '../step.js';

/** Sums of every feature of the view, p of them. Blocks of 2p hold the patients without the event first, then those with it. */
export interface MomentTotals extends Record<string, Float64Array> {
  /** Patients without and with the event. */
  readonly n: Float64Array;
  /** Σ x, 2p. */
  readonly totals: Float64Array;
  /** Σ |x|, p: only to choose the unit in which squares are added. */
  readonly magnitudes: Float64Array;
}

export const momentTotals: SumStep<null, MomentTotals> = {
  name: 'moments/totals',
  version: 1,
  kind: 'sum',
  parameters: z.null(),
  contribution: z.strictObject({ n: block(), totals: block(), magnitudes: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
  implausible: ({ n, magnitudes }) => countFinding('n', n) ?? negativeFinding('a sum of magnitudes', magnitudes),
};

export type SquareParameters = {
  /** Means of the classes, 2p. */
  readonly means: Float64Array;
  /** Unit of each feature, a power of two, p. */
  readonly units: Float64Array;
};

export interface MomentSquares extends Record<string, Float64Array> {
  /** Σ (x - mean) / unit, 2p: what rounding of the mean left over. */
  readonly deviations: Float64Array;
  /** Σ ((x - mean) / unit)², 2p; 0 where a site has less than 1. */
  readonly squares: Float64Array;
  /** What is less than 1, times 2^44, 2p: sums have 64 binary places, too few for the squares of a spread of 1e-9 of the mean. */
  readonly fineSquares: Float64Array;
}

export const momentSquares: SumStep<SquareParameters, MomentSquares> = {
  name: 'moments/squares',
  version: 1,
  kind: 'sum',
  parameters: z.strictObject({ means: block(), units: block() }),
  contribution: z.strictObject({ deviations: block(), squares: block(), fineSquares: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
  implausible: ({ squares, fineSquares }) => negativeFinding('a sum of squares', squares) ?? negativeFinding('a sum of squares', fineSquares),
};
