import type { SiteStep } from '../site-step.js';
import type { SiteColumn } from '../site-view.js';
import { tableCounts, type TableCounts, type TableParameters } from './exchange.js';

export const tableCountsAtSite: SiteStep<TableParameters, TableCounts> = {
  step: tableCounts,
  compute(view, { column, levels }) {
    const rowOf = rowFinder(view.column(column), levels);
    const counts = new Float64Array((levels.length + 2) * 2);
    for (let i = 0; i < view.n; i++) counts[rowOf(i) * 2 + view.y[i]!]!++;
    return { contribution: { counts }, basis: { patients: view.n, cells: Array.from(counts) } };
  },
};

/** The table row of a patient: the level's place, then one row for other levels and one for missing. A number stands as its text. */
function rowFinder(cells: SiteColumn, levels: readonly string[]): (patient: number) => number {
  const row = (level: string) => (levels.includes(level) ? levels.indexOf(level) : levels.length);
  const missing = levels.length + 1;
  if (cells.kind === 'number') return (i) => (Number.isNaN(cells.values[i]!) ? missing : row(String(cells.values[i]!)));
  const rows = cells.levels.map(row);
  return (i) => (cells.codes[i]! < 0 ? missing : rows[cells.codes[i]!]!);
}
