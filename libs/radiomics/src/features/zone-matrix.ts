import { ENTROPY_EPSILON } from './features.js';

/**
 * A matrix of grey level × size: runs by length, zones by voxels, dependences by number. The three classes share their formulas; only the names differ.
 */
export interface ZoneMatrix {
  /** Grey level of each row. */
  readonly greyValues: ArrayLike<number>;
  /** Size of each column. */
  readonly sizes: ArrayLike<number>;
  /** Counts, or weighted counts, row by row. */
  readonly counts: ArrayLike<number>;
}

export interface Marginal {
  /** Σ p / v², Σ p v², Σ p v, variance of v, Σ count² / n, Σ count² / n². */
  readonly emphasisSmall: number;
  readonly emphasisLarge: number;
  readonly first: number;
  readonly variance: number;
  readonly nonUniformity: number;
  readonly nonUniformityNormalised: number;
}

export interface ZoneFigures {
  readonly count: number;
  /** Voxels in all runs or zones. */
  readonly voxels: number;
  readonly bySize: Marginal;
  readonly byGrey: Marginal;
  readonly entropy: number;
  readonly smallLow: number;
  readonly smallHigh: number;
  readonly largeLow: number;
  readonly largeHigh: number;
}

/** Columns 1, 2, 3, … */
export const consecutive = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => i + 1);

/** All figures of a matrix, or null when it is empty. */
export function zoneFigures({ greyValues, sizes, counts }: ZoneMatrix): ZoneFigures | null {
  const [rows, columns] = [greyValues.length, sizes.length];
  const perSize = new Float64Array(columns);
  const perGrey = new Float64Array(rows);
  let n = 0;
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      const count = counts[at];
      if (count === 0) continue;
      perSize[j] += count;
      perGrey[i] += count;
      n += count;
    }
  }
  if (n === 0) return null;
  let [entropy, smallLow, smallHigh, largeLow, largeHigh] = [0, 0, 0, 0, 0];
  for (let i = 0, at = 0; i < rows; i++) {
    const i2 = greyValues[i] * greyValues[i];
    for (let j = 0; j < columns; j++, at++) {
      const count = counts[at];
      if (count === 0) continue;
      const p = count / n;
      const j2 = sizes[j] * sizes[j];
      entropy -= p * Math.log2(p + ENTROPY_EPSILON);
      smallLow += p / (i2 * j2);
      smallHigh += (p * i2) / j2;
      largeLow += (p * j2) / i2;
      largeHigh += p * i2 * j2;
    }
  }
  const bySize = marginal(sizes, perSize, n);
  return { count: n, voxels: bySize.first * n, bySize, byGrey: marginal(greyValues, perGrey, n), entropy, smallLow, smallHigh, largeLow, largeHigh };
}

function marginal(values: ArrayLike<number>, counts: Float64Array, n: number): Marginal {
  let [small, large, first, squares] = [0, 0, 0, 0];
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    const v = values[i];
    const p = counts[i] / n;
    small += p / (v * v);
    large += p * v * v;
    first += p * v;
    squares += counts[i] * counts[i];
  }
  let variance = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] !== 0) variance += (counts[i] / n) * (values[i] - first) ** 2;
  return { emphasisSmall: small, emphasisLarge: large, first, variance, nonUniformity: squares / n, nonUniformityNormalised: squares / (n * n) };
}
