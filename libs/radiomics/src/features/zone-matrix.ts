import { ENTROPY_EPSILON } from './features.js';

/**
 * A matrix of grey level × size: runs by length, zones by voxels, dependences by number. The three classes share their formulas; only the names differ.
 */
export class ZoneMatrix {
  /** Entries by grey-level index, then by size. */
  private readonly rows: Map<number, number>[];
  total = 0;

  constructor(private readonly greyValues: ArrayLike<number>) {
    this.rows = Array.from({ length: greyValues.length }, () => new Map<number, number>());
  }

  /** Counts one run or zone: the grey level's index among those present, and its size. */
  add(index: number, size: number): void {
    const row = this.rows[index]!;
    row.set(size, (row.get(size) ?? 0) + 1);
    this.total++;
  }

  /** All figures of the matrix, or null when it is empty. */
  figures(): ZoneFigures | null {
    if (this.total === 0) return null;
    const n = this.total;
    const sizes = new Map<number, number>();
    const greys = new Float64Array(this.rows.length);
    let entropy = 0;
    const joint = { smallLow: 0, smallHigh: 0, largeLow: 0, largeHigh: 0 };
    this.rows.forEach((row, index) => {
      const i2 = this.greyValues[index]! ** 2;
      for (const [size, count] of row) {
        const p = count / n;
        const j2 = size * size;
        sizes.set(size, (sizes.get(size) ?? 0) + count);
        greys[index]! += count;
        entropy -= p * Math.log2(p + ENTROPY_EPSILON);
        joint.smallLow += p / (i2 * j2);
        joint.smallHigh += (p * i2) / j2;
        joint.largeLow += (p * j2) / i2;
        joint.largeHigh += p * i2 * j2;
      }
    });
    const bySize = marginal([...sizes.keys()], [...sizes.values()], n);
    const byGrey = marginal(Array.from(this.greyValues), greys, n);
    return { count: n, voxels: bySize.first * n, bySize, byGrey, entropy, ...joint };
  }
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

function marginal(values: readonly number[], counts: ArrayLike<number>, n: number): Marginal {
  let [small, large, first, squares] = [0, 0, 0, 0];
  values.forEach((v, i) => {
    const p = counts[i]! / n;
    small += p / (v * v);
    large += p * v * v;
    first += p * v;
    squares += counts[i]! * counts[i]!;
  });
  let variance = 0;
  values.forEach((v, i) => (variance += (counts[i]! / n) * (v - first) ** 2));
  return { emphasisSmall: small, emphasisLarge: large, first, variance, nonUniformity: squares / n, nonUniformityNormalised: squares / (n * n) };
}
