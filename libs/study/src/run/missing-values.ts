import { federatedMissingCounts, type Federation, momentTotals } from '@consilium/federation';
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
 * are filled with the federated mean (of a level's indicator: its share), or their rows are left out. One round of counts when nothing is missing; a second, of sums of the columns that
 * are filled, otherwise.
 */
export async function missingValues(federation: Federation, plan: AnalysisPlan, request: MissingRequest): Promise<MissingValues> {
  const columns = [...request.features, ...request.named, ...request.clinical];
  const view = (features: readonly string[], fill: Readonly<Record<string, number>> = {}) =>
    viewOf(plan, { rows: request.rows.conditions, without: request.without, features, fill });
  // A column that is filled leaves out only those who lack its whole sequence.
  const everyone = request.among === undefined ? view([]) : view([request.among], { [request.among]: 0 });
  if (columns.length === 0) return { fill: {}, dropped: [], incomplete: [] };
  const { patients: n, recorded } = await federatedMissingCounts(federation, everyone, columns);
  const ruleOf = (j: number) => (j < request.features.length + request.named.length ? plan.missing.features : plan.missing.clinical);
  const shareOf = (j: number) => (n > 0 ? (n - recorded[j]!) / n : 1);
  const isDropped = (j: number) => j < request.features.length && shareOf(j) > plan.missing.dropAbove;
  const incomplete = columns.flatMap((_, j) => (recorded[j] === n ? [] : [j]));
  const filled = incomplete.filter((j) => !isDropped(j) && ruleOf(j) === 'mean' && recorded[j]! > 0);
  const totals = await federation.inParallel(filled.map((j) => async (branch) => (await branch.sum(momentTotals, { view: view([columns[j]!]), parameters: null })).sums));
  const fill: Record<string, number> = {};
  filled.forEach((j, i) => {
    const sums = totals[i]!;
    fill[columns[j]!] = (sums.totals[0]! + sums.totals[1]!) / (sums.n[0]! + sums.n[1]!);
  });
  return {
    fill,
    dropped: incomplete.filter(isDropped).map((j) => ({ feature: columns[j]!, missingShare: shareOf(j) })),
    incomplete: incomplete.map((j) => columns[j]!),
  };
}
