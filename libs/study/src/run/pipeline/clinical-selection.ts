import { type Federation, federatedMoments, federatedUnivariateLogistic, standardDeviation, type UnivariateRow } from '@consilium/federation';
import type { AnalysisPlan, ClinicalVariable } from '../../plan/plan-schema.js';
import { designColumns } from '../../plan/resolve-plan.js';
import type { Scope } from '../selection.js';
import { clinicalDesign, viewOf } from '../views.js';

export interface ClinicalSelection {
  /** Design columns of the variables that stay. */
  readonly columns: readonly string[];
  readonly patients: number;
  readonly events: number;
  readonly univariate: readonly { readonly column: string; readonly oddsRatio: number | null; readonly p: number | null; readonly warning: string | null }[];
  readonly variables: readonly { readonly column: string; readonly kept: boolean; readonly reason: string }[];
}

/** The seed study's clinical selection on the rows of a scope: each design column alone in a logistic model; a variable stays where one of its columns has p below the limit. */
export async function selectClinical(federation: Federation, plan: AnalysisPlan, scope: Scope): Promise<ClinicalSelection> {
  const limit = plan.pipeline!.clinical.univariate;
  const design = clinicalDesign(plan);
  const view = viewOf(plan, { rows: scope.rows.conditions, without: scope.without, features: design, fill: scope.missing.fill });
  const moments = await federatedMoments(federation, view);
  const rows = await federatedUnivariateLogistic(federation, { view, scaling: { mean: moments.all.mean, sd: standardDeviation(moments.all, 0) } });
  const byColumn = new Map(rows.map((row) => [row.feature, row]));
  const variables = plan.clinical.map((variable) => judged(variable, byColumn, limit));
  return {
    columns: plan.clinical.filter((_, v) => variables[v]!.kept).flatMap(designColumns),
    patients: moments.all.n,
    events: moments.events.n,
    univariate: rows.map(({ feature, coefficient, warning }) => ({ column: feature, oddsRatio: coefficient?.oddsRatio ?? null, p: coefficient?.p ?? null, warning })),
    variables,
  };
}

function judged(variable: ClinicalVariable, rows: ReadonlyMap<string, UnivariateRow>, limit: number | null) {
  if (limit === null) return { column: variable.column, kept: true, reason: 'All clinical variables stay, as the plan says.' };
  const values = designColumns(variable).map((column) => rows.get(column)?.coefficient?.p ?? 1);
  const smallest = Math.min(...values);
  return { column: variable.column, kept: smallest < limit, reason: `Smallest univariate p ${smallest.toPrecision(3)}, ${smallest < limit ? 'below' : 'not below'} ${limit}.` };
}
