import type { BoundingBox, Triple } from '@consilium/imaging';
import type { Heap } from '../kernels/heap.js';
import { recursiveGaussian, type RecursiveFilter } from './recursive-gaussian.js';
import { blocksAlong, cutAlong, strideAlong, voxelsOf, type PlacedImage } from './window.js';

/**
 * Laplacian of Gaussian as ITK's LaplacianRecursiveGaussianImageFilter with normalisation across scale: for each axis the second derivative along
 * it, smoothed along the other two, divided by spacing²; the three are added. Intermediate images and the result are single precision, as there.
 *
 * @param image doubles, at least 4 voxels along each axis
 * @param sigma millimetres
 * @param window the box whose values are wanted; an image is cut to it along each axis as soon as it is filtered along it
 * @returns the window's values, single precision
 */
export function laplacianOfGaussian(heap: Heap, image: PlacedImage, { spacing, sigma, window }: { spacing: Triple; sigma: number; window: BoundingBox }): PlacedImage {
  const size = [0, 1, 2].reduce((cut, axis) => cutAlong(cut, axis, window), image.size);
  const at = heap.zeros(4 * voxelsOf(size));
  const scratch = heap.take(96 * Math.max(...image.size));
  for (let axis = 0; axis < 3; axis++) {
    heap.scoped(() => {
      let part: PlacedImage & { readonly single: boolean } = { ...image, single: false };
      [axis, ...[0, 1, 2].filter((other) => other !== axis)].forEach((along, pass) => {
        const filter = placeFilter(heap, recursiveGaussian(sigma, spacing[along], pass === 0 ? 2 : 0));
        const next = cutAlong(part.size, along, window);
        const target = heap.take(4 * voxelsOf(next));
        const [stride, blocks] = [strideAlong(part.size, along), blocksAlong(part.size, along)];
        heap.kernels.recursiveFilter(part.at, part.single, stride, part.size[along], blocks, filter, window.low[along], window.high[along], target, scratch);
        part = { at: target, size: next, single: true };
      });
      heap.kernels.addScaled(at, part.at, voxelsOf(size), 1 / (spacing[axis] * spacing[axis]));
    });
  }
  return { at, size };
}

/** As the kernels read it: n, d, m, and the border terms of both passes. */
const placeFilter = (heap: Heap, { n, d, m, bn, bm }: RecursiveFilter): number => heap.putDoubles([...n, ...d, ...m, ...bn, ...bm]);

/** pyradiomics leaves out a sigma for which the image is too small: fewer than 4 voxels, or than ceil(sigma / spacing) + 1, along an axis. */
export const fitsLaplacianOfGaussian = (size: Triple, spacing: Triple, sigma: number): boolean => size.every((length, axis) => length >= 4 && length >= Math.ceil(sigma / spacing[axis]) + 1);
