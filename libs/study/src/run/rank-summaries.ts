import { disclosureLimits, type Federation, federatedRankSummaries, type RankSummary } from '@consilium/federation';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { figureOf } from './figure-of.js';
import { type Figure, isSuppressed } from './run-results.js';
import { rowsOf, sitesOf, viewOf } from './views.js';

/** What ranks tell of a number by outcome, from bins. */
export interface NumberRanks {
  /** Bins of patients that the figures rest on. */
  readonly bins: number;
  /** Lower quartile, median and upper quartile, to four figures. */
  readonly quartiles: Readonly<Record<'all' | 'events' | 'nonEvents', readonly (number | null)[]>>;
  /** Of the Mann-Whitney test; that of the values themselves lies between the bounds. */
  readonly mannWhitney: { readonly p: number; readonly pLow: number; readonly pHigh: number } | null;
}

/** Quartiles and Mann-Whitney test of each number of a part of the cohort, all in the same rounds; a column that a rule forbids is suppressed by itself. */
export async function rankSummaries(federation: Federation, plan: AnalysisPlan, { part, columns }: { part: 'training' | 'test'; columns: readonly string[] }): Promise<ReadonlyMap<string, Figure<NumberRanks>>> {
  const rows = rowsOf(plan, part);
  const { minimumCell } = disclosureLimits[plan.disclosure];
  const numbers = columns.filter((name) => !name.includes('='));
  const found = await sitesOf(federation, rows).inParallel(
    numbers.map((column) => (branch: Federation) => figureOf(async () => {
      const view = viewOf(plan, { rows: rows.conditions, features: [column], folds: false });
      return ranksOf((await federatedRankSummaries(branch, { view, minimumCell }))[0]!);
    })),
  );
  return new Map(numbers.map((column, j) => [column, found[j]!]));
}

function ranksOf({ bins, quartiles, p, pLow, pHigh }: RankSummary): NumberRanks {
  const shown = (values: readonly number[]) => values.map((x) => (Number.isFinite(x) ? Number(x.toPrecision(4)) : null));
  const { all, events, nonEvents } = quartiles;
  return { bins, quartiles: { all: shown(all), events: shown(events), nonEvents: shown(nonEvents) }, mannWhitney: [p, pLow, pHigh].every(Number.isFinite) ? { p, pLow, pHigh } : null };
}

/** The members of a number's row of results. */
export const rankMembers = (ranks: Figure<NumberRanks> | undefined): { readonly ranks?: Figure<NumberRanks> } => (ranks === undefined ? {} : { ranks: isSuppressed(ranks) ? ranks : { ...ranks } });
