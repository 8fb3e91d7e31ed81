import { z } from 'zod';
import { maximumFolds } from '../linear-lasso/exchange.js';
import { block, type Sums, type SumStep } from '../step.js';

/** How many folds the strata have; 1 where a site is one stratum. */
const parametersSchema = z.strictObject({ folds: z.int().min(1).max(maximumFolds) });
export type StratifiedAucParameters = z.infer<typeof parametersSchema>;

/** Of each feature in each fold (fold by fold within a feature): U, and pairs of one patient with the event and one without. */
export interface StratifiedRanks extends Sums {
  /** Mann-Whitney U of the site's patients with the event against those without, in one fold; a tied pair counts one half. */
  readonly u: Float64Array;
  /** Pairs, a number a fold. */
  readonly pairs: Float64Array;
}

export const stratifiedRanks: SumStep<StratifiedAucParameters, StratifiedRanks> = {
  name: 'stratified-auc/ranks',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ u: block(), pairs: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
