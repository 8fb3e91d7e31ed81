import { z } from 'zod';
import { block, type Sums, type SumStep } from '../step.js';

/** One model at one position. */
const questionSchema = z.strictObject({
  /** The rows outside this fold; all rows where absent. */
  withoutFold: z.int().nonnegative().optional(),
  intercept: z.number(),
  /** Columns with a coefficient, and their coefficients. */
  columns: z.array(z.int().nonnegative()),
  coefficients: block(),
  /** Columns whose Hessian is wanted. */
  hessianColumns: z.array(z.int().nonnegative()),
});

const parametersSchema = z.strictObject({
  /** Global mean and sd of the view's features: z = (x - mean) / sd, 0 where sd is 0. */
  mean: block(),
  sd: block(),
  questions: z.array(questionSchema).min(1),
});
export type PathParameters = z.infer<typeof parametersSchema>;
export type PathQuestionParameters = z.infer<typeof questionSchema>;

/** Question after question. */
export interface PathSums extends Sums {
  readonly logLikelihood: Float64Array;
  /** Of the rows of the fold left out, with π kept within [1e-5, 1 - 1e-5] as glmnet does; 0 where none is left out. */
  readonly heldOutLogLikelihood: Float64Array;
  /** Σ (y - π) (1, z): p + 1 a question. */
  readonly gradient: Float64Array;
  /** Upper triangles of Σ π(1 - π) (1, z)(1, z)' over the columns asked for; nothing for a question without. */
  readonly hessian: Float64Array;
}

export const pathSums: SumStep<PathParameters, PathSums> = {
  name: 'logistic-lasso/path-sums',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ logLikelihood: block(), heldOutLogLikelihood: block(), gradient: block(), hessian: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
