import { type Federation, momentTotals, type ViewSpec } from '@consilium/federation';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { type Rows, viewOf } from './views.js';

/** What stands for missing values, and what is left out for having too many. */
export interface MissingValues {
  /** Federated mean of each column that has missing values and is filled. */
  readonly fill: Readonly<Record<string, number>>;
  readonly dropped: readonly { readonly feature: string; readonly missingShare: number }[];
  /** Columns that lack values in some training row. */
  readonly incomplete: readonly string[];
}

export interface MissingRequest {
  readonly rows: Rows;
  readonly without: readonly number[];
  /** Candidates, which may be dropped. */
  readonly features: readonly string[];
  /** Columns that models name themselves: filled as features are, never dropped. */
  readonly named: readonly string[];
  readonly clinical: readonly string[];
  /** A column of a sequence: shares are of the patients who have that sequence. Absent, of all. */
  readonly among?: string | undefined;
}

/**
 * The plan's rules for missing values, fitted on the rows given: a feature undefined in more than `dropAbove` of them is dropped; the others
 * are filled with the federated mean (of a level's indicator: its share), or their rows are left out. One round when nothing is missing, two
 * otherwise.
 */
export async function missingValues(federation: Federation, plan: AnalysisPlan, request: MissingRequest): Promise<MissingValues> {
  const columns = [...request.features, ...request.named, ...request.clinical];
  const view = (features: readonly string[], fill: Readonly<Record<string, number>> = {}) =>
    viewOf(plan, { rows: request.rows.conditions, without: request.without, features, fill });
  const totals = (views: readonly ViewSpec[]) =>
    federation.inParallel(views.map((one) => async (branch) => (await branch.sum(momentTotals, { view: one, parameters: null })).sums));
  // A column that is filled leaves out only those who lack its whole sequence.
  const everyone = request.among === undefined ? view([]) : view([request.among], { [request.among]: 0 });
  const [all, complete] = await totals([everyone, view(columns)]);
  const n = all!.n[0]! + all!.n[1]!;
  if (columns.length === 0 || complete!.n[0]! + complete!.n[1]! === n) return { fill: {}, dropped: [], incomplete: [] };
  const single = await totals(columns.map((column) => view([column])));
  const fill: Record<string, number> = {};
  const dropped: { feature: string; missingShare: number }[] = [];
  const incomplete: string[] = [];
  columns.forEach((column, j) => {
    const sums = single[j]!;
    const known = sums.n[0]! + sums.n[1]!;
    if (known === n) return;
    incomplete.push(column);
    const missingShare = n > 0 ? (n - known) / n : 1;
    const rule = j < request.features.length + request.named.length ? plan.missing.features : plan.missing.clinical;
    if (j < request.features.length && missingShare > plan.missing.dropAbove) dropped.push({ feature: column, missingShare });
    else if (known > 0 && rule === 'mean') fill[column] = (sums.totals[0]! + sums.totals[1]!) / known;
  });
  return { fill, dropped, incomplete };
}
