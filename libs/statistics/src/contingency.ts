import { chiSquaredUpperTail } from '@consilium/numerics';

export interface ChiSquaredTest {
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
  /** Row total × column total / n of every cell, empty rows and columns included. */
  readonly expected: readonly (readonly number[])[];
}

/**
 * Pearson's chi-squared test of independence in an r × c table of counts (rows of equal length):
 * Σ (O - E)² / E, df = (r - 1)(c - 1) over the rows and columns that hold any count.
 *
 * `yates` applies the continuity correction to 2 × 2 tables: |O - E| is reduced by min(½, |O - E|), as R's `chisq.test` and scipy do;
 * larger tables are never corrected. Rows and columns without any count are left out (scipy refuses them), so that a level no site has
 * seen does not cost a degree of freedom; fewer than two of either left gives NaN.
 * The approximation is poor with expected counts below 5: see `fisherExact`.
 *
 * @example chiSquaredTest([[124, 55], [233, 157]]).p // 0.02901395233670164
 */
export function chiSquaredTest(table: readonly (readonly number[])[], options: { readonly yates?: boolean } = {}): ChiSquaredTest {
  const { rows, columns, total } = margins(table);
  const usedRows = rows.filter((count) => count > 0).length;
  const usedColumns = columns.filter((count) => count > 0).length;
  const expected = rows.map((row) => columns.map((column) => (row / total) * column));
  if (usedRows < 2 || usedColumns < 2) return { statistic: NaN, df: 0, p: NaN, expected };
  const corrected = options.yates === true && usedRows === 2 && usedColumns === 2;
  let statistic = 0;
  table.forEach((row, i) => {
    row.forEach((observed, j) => {
      const mean = expected[i][j];
      if (mean === 0) return;
      const distance = Math.abs(observed - mean);
      statistic += (corrected ? Math.max(0, distance - 0.5) : distance) ** 2 / mean;
    });
  });
  const df = (usedRows - 1) * (usedColumns - 1);
  return { statistic, df, p: chiSquaredUpperTail(statistic, df), expected };
}

export interface FisherExactTest {
  readonly p: number;
  /** The sample odds ratio ad / bc (R reports the conditional maximum likelihood estimate instead). ∞ or NaN with zero cells. */
  readonly oddsRatio: number;
}

/** Probabilities within this factor of the observed one count as ties, as in R's `fisher.test`. */
const tieFactor = 1 + 1e-7;

/**
 * Fisher's exact test of a 2 × 2 table, two-sided: the sum of the hypergeometric probabilities, given the margins, of all tables no
 * more probable than the observed one (R's and scipy's rule). The probabilities come from their ratio
 * P(a + 1)/P(a) = (r1 - a)(c1 - a) / ((a + 1)(r0 - c1 + a + 1)), started at the mode so that nothing overflows. 1 for an empty margin.
 *
 * @example fisherExact([[124, 55], [233, 157]]).p // 0.031820844103976065
 */
export function fisherExact(table: readonly (readonly number[])[]): FisherExactTest {
  if (table.length !== 2 || table.some((row) => row.length !== 2)) throw new RangeError("Fisher's exact test here takes a 2 × 2 table.");
  const { rows, columns } = margins(table);
  const [[a, b], [c, d]] = table;
  const ratio = (k: number): number => ((rows[0] - k) * (columns[0] - k)) / ((k + 1) * (rows[1] - columns[0] + k + 1));
  const from = Math.max(0, columns[0] - rows[1]);
  const weights = relativeProbabilities(ratio, from, Math.min(rows[0], columns[0]));
  const observed = weights[a - from];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const extreme = weights.reduce((sum, weight) => (weight <= observed * tieFactor ? sum + weight : sum), 0);
  return { p: Math.min(1, extreme / total), oddsRatio: (a * d) / (b * c) };
}

/** Unimodal probabilities on from … to, relative to the largest, given P(k + 1)/P(k), which falls with k. */
function relativeProbabilities(ratio: (k: number) => number, from: number, to: number): number[] {
  let mode = from;
  while (mode < to && ratio(mode) >= 1) mode++;
  const weights = new Array<number>(to - from + 1).fill(1);
  for (let k = mode; k < to; k++) weights[k + 1 - from] = weights[k - from] * ratio(k);
  for (let k = mode; k > from; k--) weights[k - 1 - from] = weights[k - from] / ratio(k - 1);
  return weights;
}

function margins(table: readonly (readonly number[])[]): { rows: number[]; columns: number[]; total: number } {
  const width = table[0]?.length ?? 0;
  if (table.some((row) => row.length !== width || row.some((count) => !Number.isSafeInteger(count) || count < 0))) {
    throw new RangeError('A contingency table has rows of equal length that hold whole counts.');
  }
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = Array.from({ length: width }, (_, j) => table.reduce((sum, row) => sum + row[j], 0));
  return { rows, columns, total: rows.reduce((sum, count) => sum + count, 0) };
}
