import type { Triple } from '@consilium/imaging';

/**
 * Magnitude of the gradient by central differences, the border voxels repeated outside, as ITK's GradientMagnitudeImageFilter; rounded to single precision.
 *
 * @param sources places of the voxels wanted
 * @param spacing millimetres; pass [1, 1, 1] for a gradient per voxel
 */
export function gradientMagnitude(image: ArrayLike<number>, size: Triple, { sources, spacing }: { sources: Int32Array; spacing: Triple }): Float64Array {
  const [nx, ny, nz] = size;
  const plane = nx * ny;
  const [hx, hy, hz] = [0.5 / spacing[0], 0.5 / spacing[1], 0.5 / spacing[2]];
  const result = new Float64Array(sources.length);
  for (let v = 0; v < sources.length; v++) {
    const at = sources[v];
    const row = Math.floor(at / nx);
    const x = at - row * nx;
    const z = Math.floor(row / ny);
    const y = row - z * ny;
    const gx = (image[at + (x < nx - 1 ? 1 : 0)] - image[at - (x > 0 ? 1 : 0)]) * hx;
    const gy = (image[at + (y < ny - 1 ? nx : 0)] - image[at - (y > 0 ? nx : 0)]) * hy;
    const gz = (image[at + (z < nz - 1 ? plane : 0)] - image[at - (z > 0 ? plane : 0)]) * hz;
    result[v] = Math.fround(Math.sqrt(gx * gx + gy * gy + gz * gz));
  }
  return result;
}
