import { iccTable } from './icc-table.js';
import type { PathProblem } from './plan-issues.js';
import type { SourcePlan } from './plan-schema.js';

/** Where a plan may bring tables of intraclass correlations. */
export const PERTURBED = [
  ['select', 'perturbed', 'tables'],
  ['pipeline', 'select', 'perturbed', 'tables'],
  ['pipeline', 'fusion', 'select', 'perturbed', 'tables'],
] as const;

/** Tables that are at hand and are tables. */
export function perturbedRules({ select, pipeline }: SourcePlan): PathProblem[] {
  return [select, pipeline?.select, pipeline?.fusion.select].flatMap((options, p) =>
    (options?.perturbed?.tables ?? []).flatMap(({ icc }, i): PathProblem[] => {
      const path = [...PERTURBED[p]!, i, 'icc'];
      if (!icc.includes('\n')) return [{ path, sentence: `${icc} is the name of a file. Check the plan as a file, with the table beside it.` }];
      return iccTable(icc) === null ? [{ path, sentence: 'This is no table of intraclass correlations. It needs the columns feature and icc, as consilium extract --perturb writes them.' }] : [];
    }),
  );
}
