import { z } from 'zod';
import { countFinding, negativeFinding, partFinding, productsFinding } from '../plausible-sums.js';
import { block, type Sums, type SumStep } from '../step.js';

/** One model in a message: its columns among the view's features, their scale, and the coefficients at which the sums are wanted. */
const modelSchema = z.strictObject({
  /** Indices into the view's features. */
  columns: z.array(z.int().nonnegative()),
  /** z = (x - mean) / sd, one each a column. */
  mean: block(),
  sd: block(),
  /** (intercept, coefficients of z). */
  beta: block(),
  /** Rows outside this fold only; a training set of a cross-validation. */
  withoutFold: z.int().nonnegative().optional(),
  /** Rows of this fold only; its held-out set. */
  onlyFold: z.int().nonnegative().optional(),
});

const parametersSchema = z.strictObject({ models: z.array(modelSchema).min(1) });
export type ModelParameters = z.infer<typeof modelSchema>;
export type LogisticParameters = z.infer<typeof parametersSchema>;

const disclosure = { kind: 'sum', limits: ['patients', 'cells'] } as const;

/** Model after model: rows, events, log-likelihood; gradients (k a model); Hessians (upper triangles, k(k+1)/2 a model). */
export interface LogisticSums extends Sums {
  readonly n: Float64Array;
  readonly events: Float64Array;
  readonly logLikelihood: Float64Array;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

export const logisticSums: SumStep<LogisticParameters, LogisticSums> = {
  name: 'logistic-regression/statistics',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ n: block(), events: block(), logLikelihood: block(), gradient: block(), hessian: block() }),
  disclosure,
  implausible: ({ n, events, logLikelihood, hessian }, { models }) =>
    countFinding('n', n) ??
    partFinding('events', events, n) ??
    negativeFinding('minus the log-likelihood', logLikelihood.map((value) => -value)) ??
    productsFinding('the Hessian', hessian, models.map(({ columns }) => columns.length + 1)),
};

export interface LikelihoodSums extends Sums {
  readonly n: Float64Array;
  readonly logLikelihood: Float64Array;
}

/** Only the log-likelihoods, for held-out rows. */
export const logisticLikelihoods: SumStep<LogisticParameters, LikelihoodSums> = {
  name: 'logistic-regression/log-likelihoods',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ n: block(), logLikelihood: block() }),
  disclosure,
};

const foldMomentsSchema = z.strictObject({ mean: block(), sd: block(), folds: z.int().min(2).max(50) });
export type FoldMomentsParameters = z.infer<typeof foldMomentsSchema>;

/** Fold by fold: n, events, Σz and Σz² (p a fold), z by the given mean and sd. From these every training set has its own scale. */
export interface FoldMoments extends Sums {
  readonly n: Float64Array;
  readonly events: Float64Array;
  readonly sumZ: Float64Array;
  readonly sumZZ: Float64Array;
}

export const foldMoments: SumStep<FoldMomentsParameters, FoldMoments> = {
  name: 'logistic-regression/fold-moments',
  version: 1,
  kind: 'sum',
  parameters: foldMomentsSchema,
  contribution: z.strictObject({ n: block(), events: block(), sumZ: block(), sumZZ: block() }),
  disclosure,
  implausible: ({ n, events, sumZZ }) => countFinding('n', n) ?? partFinding('events', events, n) ?? negativeFinding('a sum of squares', sumZZ),
};
