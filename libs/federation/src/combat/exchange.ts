import { z } from 'zod';
import { block, type Sums, type SumStep } from '../step.js';

const parametersSchema = z.strictObject({
  /** Of the view's features, these last ones are covariates. */
  covariates: z.int().nonnegative(),
  /** Scale of every feature of the view, covariates too. */
  mean: block(),
  sd: block(),
  /** Column whose values are batches within a site; null where the site is one. */
  batch: z.string().nullable(),
  /** Batches with fewer rows are left out. */
  leastPatients: z.int().min(2),
});
export type CombatParameters = z.infer<typeof parametersSchema>;

/** Sums over the batches of a site, within each of them centred on its own means; see withinBatchSums. */
export interface CombatSums extends Sums {
  readonly n: Float64Array;
  readonly totals: Float64Array;
  readonly covariates: Float64Array;
  readonly products: Float64Array;
  readonly squares: Float64Array;
}

export const combatSums: SumStep<CombatParameters, CombatSums> = {
  name: 'combat/within-batch-sums',
  version: 1,
  kind: 'sum',
  parameters: parametersSchema,
  contribution: z.strictObject({ n: block(), totals: block(), covariates: block(), products: block(), squares: block() }),
  disclosure: { kind: 'sum', limits: ['patients', 'cells'] },
};
