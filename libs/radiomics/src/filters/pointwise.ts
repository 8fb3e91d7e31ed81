import type { Heap } from '../kernels/heap.js';

/**
 * The four pointwise image types of pyradiomics, for the voxels of a region. With m = max|x| of the whole image (not of the region):
 *   square       (c x)²                       c = 1 / √m
 *   squareRoot   sign(x) √(c |x|)             c = m
 *   logarithm    sign(x) c log(|x| + 1)       c = m / log(m + 1)
 *   exponential  exp(c x)                     c = log(m) / m
 * An image of zeros has no square, logarithm or exponential: their values are not numbers.
 */
export type PointwiseType = 'square' | 'squareRoot' | 'logarithm' | 'exponential';

const COEFFICIENTS: Readonly<Record<PointwiseType, (largest: number) => number>> = {
  square: (m) => 1 / Math.sqrt(m),
  squareRoot: (m) => m,
  logarithm: (m) => m / Math.log(m + 1),
  exponential: (m) => Math.log(m) / m,
};

/** Changes n values in place, doubles in the kernels' memory. `largest` is max|x| of the image. */
export function applyPointwise(heap: Heap, type: PointwiseType, { at, n, largest }: { at: number; n: number; largest: number }): void {
  heap.kernels[type](at, n, COEFFICIENTS[type](largest));
}
