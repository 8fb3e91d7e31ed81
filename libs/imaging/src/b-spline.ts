import type { KernelHeap } from '@consilium/numerics';
import type { SplineKernels } from './spline-kernels.js';
import type { Volume } from './volume.js';

/**
 * Cubic B-spline interpolation with the coefficients, boundaries and order of operations of ITK 5 (BSplineDecompositionImageFilter and
 * BSplineInterpolateImageFunction), so that a value that lies on an integer is on the same side of it and truncates alike.
 * Reference: M. Unser, A. Aldroubi, M. Eden, "B-Spline Signal Processing: Part I and II", IEEE Trans. Signal Processing 41 (1993).
 */

const POLE = Math.sqrt(3) - 2;

/** First and last index along x and y between which coefficients are wanted, both inside. */
export interface CoefficientWindow {
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
}

/** The window that holds a whole volume. */
export const wholeWindow = ([nx, ny]: Volume['size']): CoefficientWindow => ({ low: [0, 0], high: [nx - 1, ny - 1] });

/**
 * The coefficients of the columns in a window, as doubles in the kernels' memory: the recursive filter along x, then y, then z, mirrored at both ends. Every line is filtered in its whole
 * length, slice by slice, but only what the window needs is kept, so that a large image costs the memory of one slice; the coefficients are those of the whole volume to the last bit.
 */
export function placeCoefficients(heap: KernelHeap<SplineKernels>, { data, size: [nx, ny, nz] }: Pick<Volume, 'data' | 'size'>, { low, high }: CoefficientWindow): number {
  const { kernels } = heap;
  const [columns, lines] = [high[0] - low[0] + 1, high[1] - low[1] + 1];
  const at = heap.take(8 * columns * lines * nz);
  heap.scoped(() => {
    const slice = heap.take(8 * nx * ny);
    const scratch = heap.take(32 * Math.max(nx, ny, nz));
    const values = heap.doubles(slice, nx * ny);
    for (let z = 0; z < nz; z++) {
      values.set(data.subarray(z * nx * ny, (z + 1) * nx * ny));
      if (nx > 1) kernels.splineLines(slice, 0, nx, ny, 0, 1, 1, nx, POLE ** (nx - 1), scratch);
      if (ny > 1) kernels.splineLines(slice, low[0], 1, columns, 0, 1, nx, ny, POLE ** (ny - 1), scratch);
      kernels.copyRows(slice + 8 * (low[0] + nx * low[1]), nx, columns, lines, at + 8 * z * columns * lines);
    }
    if (nz > 1) kernels.splineLines(at, 0, 1, columns * lines, 0, 1, columns * lines, nz, POLE ** (nz - 1), scratch);
  });
  return at;
}
