import { compensatedSum } from '@consilium/numerics';

/** Sums of a site over its batches, each centred on the batch's own means: a site's means are not in them. All add over sites. */
export interface WithinBatchSums {
  readonly n: number;
  /** Σ u and Σ c over the rows, to place the grand mean: p, then q. */
  readonly totals: Float64Array;
  /** Σ (c - c̄_b)(c - c̄_b)', q × q. */
  readonly covariates: Float64Array;
  /** Σ (c - c̄_b)(u - ū_b)', q × p. */
  readonly products: Float64Array;
  /** Σ (u - ū_b)², p. */
  readonly squares: Float64Array;
}

/** @param features p columns and @param covariates q columns, all of one scale; @param groups rows of each batch */
export function withinBatchSums(features: readonly Float64Array[], covariates: readonly Float64Array[], groups: readonly (readonly number[])[]): WithinBatchSums {
  const [p, q] = [features.length, covariates.length];
  const sums = { totals: new Float64Array(p + q), covariates: new Float64Array(q * q), products: new Float64Array(q * p), squares: new Float64Array(p) };
  for (const rows of groups) {
    const centred = covariates.map((values, c) => centre(values, rows, (total) => (sums.totals[p + c] += total)));
    centred.forEach((a, i) => centred.forEach((b, k) => (sums.covariates[i * q + k] += dot(a, b))));
    features.forEach((values, j) => {
      const u = centre(values, rows, (total) => (sums.totals[j] += total));
      sums.squares[j] += dot(u, u);
      centred.forEach((c, i) => (sums.products[i * p + j] += dot(c, u)));
    });
  }
  return { n: groups.reduce((n, rows) => n + rows.length, 0), ...sums };
}

function centre(values: Float64Array, rows: readonly number[], total: (sum: number) => void): Float64Array {
  const own = Float64Array.from(rows, (row) => values[row]);
  const sum = compensatedSum(own);
  total(sum);
  return own.map((x) => x - sum / rows.length);
}

const dot = (a: Float64Array, b: Float64Array): number => compensatedSum(a.map((x, i) => x * b[i]));
