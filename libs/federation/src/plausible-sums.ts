/**
 * What a sum over sites can be, whatever the patients are. Under masks a site's wrong term cannot be seen, only that the sum is impossible; each finding is a sentence without figures of
 * patients, or undefined where there is none. Rounding is allowed for: sums are exact, terms are rounded by each site.
 */

/** Relative slack for sums whose terms were rounded. */
const SLACK = 1e-9;
/** A mean of values that are scaled to unit deviation lies within this many; an outlier of one site among few patients may reach beyond it. */
const FARTHEST_MEAN = 8;

/** Counts are whole and not negative. */
export function countFinding(name: string, counts: Float64Array): string | undefined {
  for (const count of counts) if (!Number.isInteger(count) || count < 0) return `${name} holds a count that is negative or not whole`;
  return undefined;
}

/** Parts of a whole: not negative, whole, and none larger than its whole. */
export function partFinding(name: string, parts: Float64Array, wholes: Float64Array): string | undefined {
  for (let i = 0; i < parts.length; i++) if (parts[i]! > wholes[i]!) return `${name} counts more than there are`;
  return countFinding(name, parts);
}

export function negativeFinding(name: string, values: Float64Array): string | undefined {
  for (const value of values) if (value < 0) return `${name} is negative where it cannot be`;
  return undefined;
}

/** Σ z of n values that were scaled to mean 0 and deviation 1 over the patients of all sites. */
export function scaledMeanFinding(name: string, totals: ArrayLike<number>, n: number): string | undefined {
  for (let j = 0; j < totals.length; j++) if (Math.abs(totals[j]!) > FARTHEST_MEAN * n) return `a mean in ${name} is more than ${FARTHEST_MEAN} standard deviations from that of all patients`;
  return undefined;
}

/**
 * Matrices of cross-products, packed as upper triangles row by row, one after another: no diagonal is negative, and by Cauchy and Schwarz no g_ij² exceeds g_ii · g_jj. A matrix that
 * passes may still have a negative direction over three columns or more.
 */
export function productsFinding(name: string, packed: Float64Array, columns: readonly number[]): string | undefined {
  let start = 0;
  for (const p of columns) {
    const diagonal = Float64Array.from({ length: p }, (_, i) => packed[start + i * p - (i * (i - 1)) / 2]!);
    if (diagonal.some((value) => value < 0)) return `${name} has a negative square`;
    for (let i = 0, at = start; i < p; i++) {
      for (let j = i; j < p; j++, at++) {
        if (packed[at]! ** 2 > diagonal[i]! * diagonal[j]! * (1 + SLACK) + Number.MIN_VALUE) return `${name} has a product that is larger than its squares allow`;
      }
    }
    start += (p * (p + 1)) / 2;
  }
  return undefined;
}
