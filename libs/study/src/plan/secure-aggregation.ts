import type { PathProblem } from './plan-issues.js';
import type { AnalysisPlan, SourcePlan } from './plan-schema.js';

/** Below three, a sum gives each of two sites the other's term. */
export const FEWEST_MASKED_SITES = 3;

/** Whether the sums of a plan travel under masks. Fixed by the plan alone, so that neither coordinator nor site can choose. */
export const masksSums = (plan: Pick<AnalysisPlan, 'secureAggregation' | 'sites'>): boolean =>
  plan.secureAggregation !== 'off' && plan.sites.length >= FEWEST_MASKED_SITES;

/**
 * The groups of sites over which a plan's sums are asked, among the sites that take part in a run: all, those of the training rows, those of the test rows,
 * and each of them without one site where the plan leaves sites out. A sum over any other group is not the plan's.
 */
export function siteGroups(plan: Pick<AnalysisPlan, 'cohort' | 'evaluate'>, sites: readonly string[]): string[][] {
  const parts = [sites, plan.cohort.training.sites ?? sites, plan.cohort.test?.sites ?? sites];
  const groups = parts.map((part) => part.filter((site) => sites.includes(site)));
  const without = plan.evaluate.leaveOneSiteOut === null ? [] : groups.flatMap((group) => group.map((left) => group.filter((site) => site !== left)));
  const distinct = new Map([...groups, ...without].filter((group) => group.length > 0).map((group) => [[...group].sort().join('\n'), [...group].sort()]));
  return [...distinct.values()];
}

/** Where a plan demands masks, all that would undo them is a mistake. */
export function secureAggregationRules(plan: SourcePlan): PathProblem[] {
  if (plan.secureAggregation !== 'required') return [];
  const found: PathProblem[] = [];
  const path = ['secureAggregation'];
  const few = (who: string, count: number): PathProblem => ({
    path,
    sentence: `Required secure aggregation needs ${FEWEST_MASKED_SITES} sites, and ${who} ${count}. Add sites, or write when-possible.`,
  });
  if (plan.sites.length < FEWEST_MASKED_SITES) return [few('the plan has', plan.sites.length)];
  if ((plan.quorum ?? plan.sites.length) < FEWEST_MASKED_SITES) found.push(few('the quorum allows', plan.quorum ?? 0));
  for (const part of ['training', 'test'] as const) {
    const count = plan.cohort[part]?.sites?.length ?? FEWEST_MASKED_SITES;
    if (count < FEWEST_MASKED_SITES) found.push(few(`the ${part} rows are at`, count));
  }
  if (plan.evaluate.leaveOneSiteOut !== null) {
    found.push({ path, sentence: 'Leaving one site out gives sums with and without a site, whose difference is its term. Leave it out of the plan, or write when-possible.' });
  }
  if (plan.onDropOut === 'survivors') {
    found.push({ path, sentence: 'Going on without a site gives sums with and without it, whose difference is its term. Write onDropOut: fail, or when-possible here.' });
  }
  return found;
}

export function secureAggregationWarnings(plan: AnalysisPlan): string[] {
  if (plan.secureAggregation === 'off' && plan.sites.length >= FEWEST_MASKED_SITES) {
    return ["Secure aggregation is off: the coordinator could read each site's term of every sum, though it keeps none."];
  }
  return [];
}
