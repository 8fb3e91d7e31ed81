import type { Triple } from '@consilium/imaging';
import { filterLine, recursiveGaussian, type RecursiveFilter } from './recursive-gaussian.js';

/**
 * Laplacian of Gaussian as ITK's LaplacianRecursiveGaussianImageFilter with normalisation across scale: for each axis the second derivative along
 * it, smoothed along the other two, divided by spacing²; the three are added. Intermediate images and the result are single precision, as there.
 *
 * @param image voxels, x fastest
 * @param sigma millimetres
 */
export function laplacianOfGaussian(image: ArrayLike<number>, size: Triple, spacing: Triple, sigma: number): Float32Array {
  const result = new Float32Array(image.length);
  const work = new Float32Array(image.length);
  const lines = { line: new Float64Array(Math.max(...size)), causal: new Float64Array(Math.max(...size)), anti: new Float64Array(Math.max(...size)) };
  for (let axis = 0; axis < 3; axis++) {
    filterAxis(image, work, { size, axis, filter: recursiveGaussian(sigma, spacing[axis]!, 2), lines });
    for (let other = 0; other < 3; other++) if (other !== axis) filterAxis(work, work, { size, axis: other, filter: recursiveGaussian(sigma, spacing[other]!, 0), lines });
    const scale = 1 / (spacing[axis]! * spacing[axis]!);
    for (let i = 0; i < result.length; i++) result[i] = result[i]! + work[i]! * scale;
  }
  return result;
}

/** pyradiomics leaves out a sigma for which the image is too small: fewer than 4 voxels, or than ceil(sigma / spacing) + 1, along an axis. */
export const fitsLaplacianOfGaussian = (size: Triple, spacing: Triple, sigma: number): boolean => size.every((length, axis) => length >= 4 && length >= Math.ceil(sigma / spacing[axis]!) + 1);

interface AxisPass {
  readonly size: Triple;
  readonly axis: number;
  readonly filter: RecursiveFilter;
  readonly lines: { readonly line: Float64Array; readonly causal: Float64Array; readonly anti: Float64Array };
}

function filterAxis(source: ArrayLike<number>, target: Float32Array, { size, axis, filter, lines: { line, causal, anti } }: AxisPass): void {
  const stride = axis === 0 ? 1 : axis === 1 ? size[0] : size[0] * size[1];
  const length = size[axis]!;
  const block = stride * length;
  for (let base = 0; base < source.length; base += block) {
    for (let offset = 0; offset < stride; offset++) {
      const start = base + offset;
      for (let i = 0, at = start; i < length; i++, at += stride) line[i] = source[at]!;
      filterLine(line, length, filter, causal, anti);
      for (let i = 0, at = start; i < length; i++, at += stride) target[at] = line[i]!;
    }
  }
}
