import { kernelHeap } from '../kernels/heap.js';
import type { GreyLevels } from './discretise.js';

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
  const heap = kernelHeap();
  return heap.scoped(() =>
    figuresAt({ counts: heap.putDoubles(counts), words: false, grey: heap.putDoubles(greyValues), rows: greyValues.length, sizes: heap.putDoubles(sizes), columns: sizes.length }),
  );
}

/** A matrix in the kernels' memory: counts as words or as doubles, sizes as doubles. */
export interface PlacedMatrix {
  readonly counts: number;
  readonly words: boolean;
  readonly sizes: number;
  readonly columns: number;
}

/** The same of a matrix in the kernels' memory whose rows are the levels that occur. */
export const figuresOfMatrix = ({ greyAt, present }: GreyLevels, matrix: PlacedMatrix): ZoneFigures | null => figuresAt({ ...matrix, grey: greyAt, rows: present.length });

function figuresAt({ counts, words, grey, rows, sizes, columns }: PlacedMatrix & { readonly grey: number; readonly rows: number }): ZoneFigures | null {
  const heap = kernelHeap();
  return heap.scoped(() => {
    const margins = heap.zeros(8 * (rows + columns));
    const out = heap.take(8 * 17);
    const count = heap.kernels.matrixFigures(counts, words, grey, rows, sizes, columns, margins, out);
    if (count === 0) return null;
    const figures = heap.doubles(out, 17);
    const [entropy, smallLow, smallHigh, largeLow, largeHigh] = figures.subarray(12) as unknown as [number, number, number, number, number];
    const bySize = marginal(figures.subarray(0, 6));
    return { count, voxels: bySize.first * count, bySize, byGrey: marginal(figures.subarray(6, 12)), entropy, smallLow, smallHigh, largeLow, largeHigh };
  });
}

function marginal(figures: Float64Array): Marginal {
  const [emphasisSmall, emphasisLarge, first, variance, nonUniformity, nonUniformityNormalised] = figures as unknown as [number, number, number, number, number, number];
  return { emphasisSmall, emphasisLarge, first, variance, nonUniformity, nonUniformityNormalised };
}
