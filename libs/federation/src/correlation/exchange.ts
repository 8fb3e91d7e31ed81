import { z } from 'zod';
import { countFinding, productsFinding } from '../plausible-sums.js';
import { block, type SumStep } from '../step.js';

export type ProductParameters = {
  /** Places in the view's features of the columns to be multiplied. */
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Whether the products of the left columns with one another are wanted; otherwise `within` is empty. */
  readonly within: boolean;
  /** Global mean and sd (ddof 0) of the left columns, then of the right ones. A column with sd 0 counts as 0. */
  readonly mean: Float64Array;
  readonly sd: Float64Array;
};

export interface CrossProducts extends Record<string, Float64Array> {
  /** Patients without and with the event. */
  readonly n: Float64Array;
  /** Upper triangle of Z'Z of the left columns, row by row with the diagonal. */
  readonly within: Float64Array;
  /** Z_left' Z_right, row by row. */
  readonly between: Float64Array;
}

const places = z.array(z.int().nonnegative()).max(4096);

export const crossProducts: SumStep<ProductParameters, CrossProducts> = {
  name: 'correlation/cross-products',
  version: 1,
  kind: 'sum',
  parameters: z.strictObject({ left: places, right: places, within: z.boolean(), mean: block(), sd: block() }),
  contribution: z.strictObject({ n: block(), within: block(), between: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
  implausible: ({ n, within }, { left, within: wanted }) => countFinding('n', n) ?? (wanted ? productsFinding('the matrix of cross-products', within, [left.length]) : undefined),
};
