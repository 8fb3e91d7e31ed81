import { z } from 'zod';
import { block, type Sums, type SumStep } from '../step.js';

/** How a model's columns are made of the view's features: z = (x - mean) / sd, and perhaps random Fourier features of z. */
const columnsSchema = z.strictObject({
  mean: block(),
  sd: block(),
  map: z.strictObject({ components: z.int().min(2).max(10_000).multipleOf(2), gamma: z.number().positive(), seed: z.string() }).optional(),
});
export type SvmColumns = z.infer<typeof columnsSchema>;

const scalesSchema = z.array(columnsSchema).min(1);

const hingeSchema = z.strictObject({
  /** Column sets that models refer to by their place, each sent once. */
  columnSets: scalesSchema,
  models: z
    .array(z.strictObject({
      columnSet: z.int().nonnegative(),
      /** Positions (b, w), one after another. */
      positions: z.array(block()).min(1).max(8),
      /** Rows outside this fold only. */
      withoutFold: z.int().nonnegative().optional(),
      /** Width of the smoothed hinge; the squared hinge where absent. */
      smoothing: z.number().positive().max(1).optional(),
      /** Whether the Hessian over the rows within the margin is wanted. */
      curvature: z.boolean(),
    }))
    .min(1),
});
export type HingeParameters = z.infer<typeof hingeSchema>;

/** Model after model, position after position. */
export interface HingeSums extends Sums {
  readonly loss: Float64Array;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

export const hingeSums: SumStep<HingeParameters, HingeSums> = {
  name: 'linear-svm/hinge-sums',
  version: 1,
  kind: 'sum',
  parameters: hingeSchema,
  contribution: z.strictObject({ loss: block(), gradient: block(), hessian: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};

const plattSchema = z.strictObject({
  columnSets: scalesSchema,
  /** Targets of patients without and with the event. */
  targets: block(),
  candidates: z
    .array(z.strictObject({
      /** The models of one candidate: each gives the decision values of the fold it has not seen. */
      models: z.array(z.strictObject({ columnSet: z.int().nonnegative(), beta: block(), onlyFold: z.int().nonnegative() })).min(1),
      /** (intercept, slope) at which the sums are wanted. */
      at: block(),
    }))
    .min(1),
});
export type PlattParameters = z.infer<typeof plattSchema>;

/** Candidate after candidate: of y* ~ 1 + f over the held-out rows, the log-likelihood, its gradient (2) and Hessian (3). */
export interface PlattSums extends Sums {
  readonly logLikelihood: Float64Array;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

export const plattSums: SumStep<PlattParameters, PlattSums> = {
  name: 'linear-svm/platt-sums',
  version: 1,
  kind: 'sum',
  parameters: plattSchema,
  contribution: z.strictObject({ logLikelihood: block(), gradient: block(), hessian: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
