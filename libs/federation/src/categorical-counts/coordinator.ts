import { chiSquaredTest, fisherExact } from '@consilium/statistics';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { tableCounts } from './exchange.js';

export interface LevelCounts {
  readonly level: string;
  readonly nonEvents: number;
  readonly events: number;
}

export interface CategoricalTest {
  readonly column: string;
  readonly levels: readonly LevelCounts[];
  /** Patients whose level is none of those declared, and patients without one. Neither is in the tests. */
  readonly other: number;
  readonly missing: number;
  /** Pearson's test over the levels that occur; null where fewer than two levels or classes do. */
  readonly chiSquared: { readonly statistic: number; readonly df: number; readonly p: number } | null;
  /** For two levels: with the continuity correction, and Fisher's exact p. Null otherwise. */
  readonly yates: { readonly statistic: number; readonly p: number } | null;
  readonly fisherP: number | null;
}

/** A categorical column against the outcome: tables summed over the sites in one round, then the pooled tests. Exact. */
export async function federatedCategoricalTest(federation: Federation, view: ViewSpec, column: string, levels: readonly string[]): Promise<CategoricalTest> {
  const { counts } = (await federation.sum(tableCounts, { view, parameters: { column, levels } })).sums;
  const rows = levels.map((level, row): LevelCounts => ({ level, nonEvents: counts[2 * row]!, events: counts[2 * row + 1]! }));
  const tail = (row: number) => counts[2 * row]! + counts[2 * row + 1]!;
  return { column, levels: rows, other: tail(levels.length), missing: tail(levels.length + 1), ...testsOf(rows) };
}

function testsOf(rows: readonly LevelCounts[]): Pick<CategoricalTest, 'chiSquared' | 'yates' | 'fisherP'> {
  const table = rows.map(({ nonEvents, events }) => [nonEvents, events]).filter(([a, b]) => a! + b! > 0);
  const { statistic, df, p } = chiSquaredTest(table);
  if (df === 0) return { chiSquared: null, yates: null, fisherP: null };
  const chiSquared = { statistic, df, p };
  if (table.length !== 2) return { chiSquared, yates: null, fisherP: null };
  const corrected = chiSquaredTest(table, { yates: true });
  return { chiSquared, yates: { statistic: corrected.statistic, p: corrected.p }, fisherP: fisherExact(table).p };
}
