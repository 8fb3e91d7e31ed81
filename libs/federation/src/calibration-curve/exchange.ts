import { z } from 'zod';
import { block, type Sums, type SumStep } from '../step.js';

const groupsSchema = z.strictObject({ models: z.array(z.string()).min(1), cuts: z.array(block()) });
export type GroupParameters = z.infer<typeof groupsSchema>;

/** Model after model, group after group between cuts of logit p: n, events, Σ p. */
export interface GroupSums extends Sums {
  readonly groups: Float64Array;
}

const disclosure = { kind: 'sum', limits: ['patients', 'cells'] } as const;

export const riskGroupSums: SumStep<GroupParameters, GroupSums> = {
  name: 'calibration-curve/risk-groups',
  version: 1,
  kind: 'sum',
  parameters: groupsSchema,
  contribution: z.strictObject({ groups: block() }),
  disclosure,
};

const splineSchema = z.strictObject({
  /** y on a restricted cubic spline of logit p at public knots. */
  fits: z.array(z.strictObject({ model: z.string(), knots: block(), beta: block() })).min(1),
});
export type SplineParameters = z.infer<typeof splineSchema>;

/** Log-likelihood, gradient and Hessian, fit after fit. */
export interface SplineSums extends Sums {
  readonly logLikelihood: Float64Array;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

export const splineSums: SumStep<SplineParameters, SplineSums> = {
  name: 'calibration-curve/spline',
  version: 1,
  kind: 'sum',
  parameters: splineSchema,
  contribution: z.strictObject({ logLikelihood: block(), gradient: block(), hessian: block() }),
  disclosure,
};
