import { type Federation, federatedMoments, federatedStepwise, federatedUnivariateLogistic, type Moments, standardDeviation, type UnivariateRow, type ViewSpec } from '@consilium/federation';
import type { AnalysisPlan, ClinicalVariable } from '../../plan/plan-schema.js';
import { designColumns } from '../../plan/resolve-plan.js';
import type { Scope } from '../selection.js';
import { clinicalDesign, viewOf } from '../views.js';

/** What each step of the stepwise selection changed, and the AIC it came to. */
export interface StepwisePath {
  readonly direction: string;
  readonly selected: readonly string[];
  readonly aic: number;
  readonly steps: readonly { readonly change: { readonly kind: 'drop' | 'add'; readonly feature: string } | null; readonly aic: number }[];
  readonly warnings: readonly string[];
}

export interface ClinicalSelection {
  /** Design columns that stay. */
  readonly columns: readonly string[];
  /** Null where the plan leaves it out or no variable came to it. */
  readonly stepwise: StepwisePath | null;
  readonly patients: number;
  readonly events: number;
  readonly univariate: readonly { readonly column: string; readonly oddsRatio: number | null; readonly p: number | null; readonly warning: string | null }[];
  readonly variables: readonly { readonly column: string; readonly kept: boolean; readonly reason: string }[];
}

/** The seed study's clinical selection on the rows of a scope: each design column alone in a logistic model; a variable stays where one of its columns has p below the limit; then stepwise by AIC among those. */
export async function selectClinical(federation: Federation, plan: AnalysisPlan, scope: Scope): Promise<ClinicalSelection> {
  const { univariate: limit, stepwise: direction } = plan.pipeline!.clinical;
  const design = clinicalDesign(plan);
  const view = viewOf(plan, { rows: scope.rows.conditions, without: scope.without, features: design, fill: scope.missing.fill });
  const moments = await federatedMoments(federation, view);
  const rows = await federatedUnivariateLogistic(federation, { view, scaling: { mean: moments.all.mean, sd: standardDeviation(moments.all, 0) } });
  const byColumn = new Map(rows.map((row) => [row.feature, row]));
  const variables = plan.clinical.map((variable) => judged(variable, byColumn, limit));
  const passed = plan.clinical.filter((_, v) => variables[v]!.kept).flatMap(designColumns);
  const stepwise = direction === null || passed.length === 0 ? null : await stepwiseOn(federation, { ...view, features: passed }, { direction, moments });
  return {
    columns: stepwise === null ? passed : passed.filter((column) => stepwise.selected.includes(column)),
    stepwise,
    patients: moments.all.n,
    events: moments.events.n,
    univariate: rows.map(({ feature, coefficient, warning }) => ({ column: feature, oddsRatio: coefficient?.oddsRatio ?? null, p: coefficient?.p ?? null, warning })),
    variables,
  };
}

/** R's step on design columns: each column of a category comes or goes by itself. */
async function stepwiseOn(federation: Federation, view: ViewSpec, { direction, moments }: { direction: 'both' | 'backward' | 'forward'; moments: Moments }): Promise<StepwisePath> {
  const sd = standardDeviation(moments.all, 0);
  const places = view.features.map((name) => moments.features.indexOf(name));
  const scaling = { mean: places.map((j) => moments.all.mean[j]!), sd: places.map((j) => sd[j]!) };
  const { steps, selected, criterion, warnings } = await federatedStepwise(federation, { view, scaling, direction });
  return { direction, selected, aic: criterion, steps: steps.map(({ change, criterion: aic }) => ({ change, aic })), warnings };
}

function judged(variable: ClinicalVariable, rows: ReadonlyMap<string, UnivariateRow>, limit: number | null) {
  if (limit === null) return { column: variable.column, kept: true, reason: 'All clinical variables stay, as the plan says.' };
  const values = designColumns(variable).map((column) => rows.get(column)?.coefficient?.p ?? 1);
  const smallest = Math.min(...values);
  return { column: variable.column, kept: smallest < limit, reason: `Smallest univariate p ${smallest.toPrecision(3)}, ${smallest < limit ? 'below' : 'not below'} ${limit}.` };
}
