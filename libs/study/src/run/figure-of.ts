import { RoundRefused } from '@consilium/federation';
import { ConsiliumError, planErrors } from '@consilium/protocol';
import { type Figure, suppressed } from './run-results.js';
import { Dependent } from './dependent.js';

/** A disclosure rule, a spent budget, or what a method cannot compute from these patients: one class, an empty fold, no optimum. */
const METHOD_REFUSALS = /^E(6(1[12]|[2-4]\d|5\d|7[01])|37[01])$/;

/** The figure, or the rule that forbade it. A table that does not fit the plan is a failure of the run; so is anything unexpected. */
export async function figureOf<T>(make: () => Promise<T>): Promise<Figure<T>> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof Dependent) return suppressed(error.rule, error.reason);
    if (error instanceof RoundRefused) {
      const misfit = error.refusals.find(({ refusal }) => !METHOD_REFUSALS.test(refusal.code));
      if (misfit !== undefined) throw new ConsiliumError(planErrors.siteMisfit, `${misfit.site}: ${misfit.refusal.sentence}`, { cause: error });
      const { site, refusal } = error.refusals[0]!;
      return suppressed(refusal.rule, `${site}: ${refusal.sentence}`);
    }
    if (error instanceof ConsiliumError && METHOD_REFUSALS.test(error.code)) return suppressed(error.code, error.message);
    throw error;
  }
}
