import type { BoundingBox, Triple } from '@consilium/imaging';
import { LineFilter } from './line-filter.js';
import { recursiveGaussian } from './recursive-gaussian.js';

/**
 * Laplacian of Gaussian as ITK's LaplacianRecursiveGaussianImageFilter with normalisation across scale: for each axis the second derivative along
 * it, smoothed along the other two, divided by spacing²; the three are added. Intermediate images and the result are single precision, as there.
 *
 * @param image voxels, x fastest
 * @param sigma millimetres
 * @param window the box whose values are needed; outside it the result is 0
 */
export function laplacianOfGaussian(image: ArrayLike<number>, size: Triple, { spacing, sigma, window }: { spacing: Triple; sigma: number; window: BoundingBox }): Float32Array {
  const result = new Float32Array(image.length);
  const work = new Float32Array(image.length);
  for (let axis = 0; axis < 3; axis++) {
    const order = [axis, ...[0, 1, 2].filter((other) => other !== axis)];
    order.forEach((along, pass) => {
      // Lines through the window along the axes that were filtered before, all lines along those still to come.
      const box = { low: [0, 0, 0] as [number, number, number], high: [size[0] - 1, size[1] - 1, size[2] - 1] as [number, number, number] };
      for (const done of order.slice(0, pass)) [box.low[done], box.high[done]] = [window.low[done], window.high[done]];
      const filter = new LineFilter(recursiveGaussian(sigma, spacing[along], pass === 0 ? 2 : 0), size[along]);
      filter.run(pass === 0 ? image : work, work, { size, along, box });
    });
    addScaled(result, work, 1 / (spacing[axis] * spacing[axis]), { size, window });
  }
  return result;
}

function addScaled(result: Float32Array, work: Float32Array, scale: number, { size, window: { low, high } }: { size: Triple; window: BoundingBox }): void {
  for (let z = low[2]; z <= high[2]; z++) {
    for (let y = low[1]; y <= high[1]; y++) {
      const row = size[0] * (y + size[1] * z);
      for (let at = row + low[0]; at <= row + high[0]; at++) result[at] = result[at] + work[at] * scale;
    }
  }
}

/** pyradiomics leaves out a sigma for which the image is too small: fewer than 4 voxels, or than ceil(sigma / spacing) + 1, along an axis. */
export const fitsLaplacianOfGaussian = (size: Triple, spacing: Triple, sigma: number): boolean => size.every((length, axis) => length >= 4 && length >= Math.ceil(sigma / spacing[axis]) + 1);
