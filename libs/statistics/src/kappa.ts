/** Disagreement counted alike (`none`), or by distance between categories in order. `quadratic` are Fleiss and Cohen's weights. */
export type KappaWeights = 'none' | 'linear' | 'quadratic';

export interface Kappa {
  readonly kappa: number;
  /** Asymptotic standard error for κ not 0 (Fleiss, Cohen, Everitt 1969). */
  readonly standardError: number;
  /** (Weighted) proportion of agreement observed and expected by chance. */
  readonly observed: number;
  readonly expected: number;
}

/**
 * Cohen's κ = (p_o - p_e)/(1 - p_e) of a square table of counts (rows: first rater, columns: second, categories in order), with
 * p_o = Σ w_ij p_ij, p_e = Σ w_ij p_i. p_.j and w = 1 on the diagonal, 0 off it, or 1 - |i - j|/(c - 1), or 1 - (i - j)²/(c - 1)².
 * Its variance is [Σ p_ij (w_ij - (w̄_i. + w̄_.j)(1 - κ))² - (κ - p_e (1 - κ))²] / (n (1 - p_e)²).
 * Agrees with R's vcd::Kappa. NaN when one category holds everything (p_e = 1), or for an empty table.
 *
 * @example cohenKappa([[20, 5], [10, 15]]).kappa // 0.4
 */
export function cohenKappa(table: readonly (readonly number[])[], weights: KappaWeights = 'none'): Kappa {
  const size = table.length;
  if (table.some((row) => row.length !== size)) throw new RangeError('Agreement needs a square table.');
  const n = table.flat().reduce((sum, count) => sum + count, 0);
  const p = table.map((row) => row.map((count) => count / n));
  const rows = p.map((row) => row.reduce((sum, share) => sum + share, 0));
  const columns = rows.map((_, j) => p.reduce((sum, row) => sum + row[j], 0));
  const weight = (i: number, j: number): number => agreementWeight(weights, i, j, size);
  const rowMeans = rows.map((_, i) => columns.reduce((sum, share, j) => sum + weight(i, j) * share, 0));
  const columnMeans = columns.map((_, j) => rows.reduce((sum, share, i) => sum + weight(i, j) * share, 0));
  const sumCells = (cell: (i: number, j: number) => number): number => p.reduce((sum, row, i) => sum + row.reduce((s, _, j) => s + cell(i, j), 0), 0);
  const observed = sumCells((i, j) => weight(i, j) * p[i][j]);
  const expected = rows.reduce((sum, share, i) => sum + share * rowMeans[i], 0);
  const kappa = (observed - expected) / (1 - expected);
  const spread = sumCells((i, j) => p[i][j] * (weight(i, j) - (rowMeans[i] + columnMeans[j]) * (1 - kappa)) ** 2);
  const standardError = Math.sqrt(Math.max(0, spread - (kappa - expected * (1 - kappa)) ** 2) / n) / (1 - expected);
  return { kappa, standardError, observed, expected };
}

function agreementWeight(weights: KappaWeights, i: number, j: number, size: number): number {
  if (i === j) return 1;
  const distance = Math.abs(i - j) / (size - 1);
  if (weights === 'none') return 0;
  return weights === 'linear' ? 1 - distance : 1 - distance * distance;
}
