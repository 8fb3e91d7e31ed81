import type { Value } from '@consilium/protocol';
import { z } from 'zod';
import { cutSetSchema } from '../boosting/exchange.js';
import { block, type Sums, type SumStep } from '../step.js';

/** Bins of a SHAP value: nineteen of one width about 0, and all beyond them at either end. */
export const PHI_BINS = 21;

/** A model over the features of the view, and their pooled means: what a linear model's values are taken about. */
const explainedSchema = z.strictObject({
  model: z.custom<Value>((value) => typeof value === 'object' && value !== null),
  mean: block(),
});
export type ShapParameters = z.infer<typeof explainedSchema>;

/** Feature after feature in the order of the view. */
export interface ShapTotals extends Sums {
  /** One number: patients. */
  readonly n: Float64Array;
  readonly absolute: Float64Array;
  readonly signed: Float64Array;
  readonly squares: Float64Array;
}

const disclosure = { kind: 'sum', limits: ['patients', 'cells'] } as const;

/** Σ |phi|, Σ phi and Σ phi² of every feature. */
export const shapTotals: SumStep<ShapParameters, ShapTotals> = {
  name: 'shap/totals',
  version: 1,
  kind: 'sum',
  parameters: explainedSchema,
  contribution: z.strictObject({ n: block(), absolute: block(), signed: block(), squares: block() }),
  disclosure,
};

const cellsSchema = explainedSchema.extend({
  /** Indices of the features that are asked about. */
  columns: z.array(z.int().nonnegative()).min(1),
  /** Cut points of their values, and the width of a bin of their SHAP values. */
  cuts: cutSetSchema,
  widths: block(),
});
export type ShapCellParameters = z.infer<typeof cellsSchema>;

export interface ShapCells extends Sums {
  /** Asked feature after asked feature, bin of its value after bin, bin of its SHAP value after bin: patients. */
  readonly counts: Float64Array;
  /** Asked feature after asked feature, bin of its value after bin: Σ phi. */
  readonly signed: Float64Array;
}

/** Patients by value and by SHAP value of a feature. */
export const shapCells: SumStep<ShapCellParameters, ShapCells> = {
  name: 'shap/cells',
  version: 1,
  kind: 'sum',
  parameters: cellsSchema,
  contribution: z.strictObject({ counts: block(), signed: block() }),
  disclosure,
};
