import type { Triple } from '@consilium/imaging';

/**
 * Magnitude of the gradient by central differences, the border voxels repeated outside, as ITK's GradientMagnitudeImageFilter; single precision.
 *
 * @param spacing millimetres; pass [1, 1, 1] for a gradient per voxel
 */
export function gradientMagnitude(image: ArrayLike<number>, size: Triple, spacing: Triple): Float32Array {
  const [nx, ny, nz] = size;
  const plane = nx * ny;
  const result = new Float32Array(image.length);
  const [hx, hy, hz] = [0.5 / spacing[0], 0.5 / spacing[1], 0.5 / spacing[2]];
  for (let z = 0, at = 0; z < nz; z++) {
    const [below, above] = [z > 0 ? plane : 0, z < nz - 1 ? plane : 0];
    for (let y = 0; y < ny; y++) {
      const [front, back] = [y > 0 ? nx : 0, y < ny - 1 ? nx : 0];
      for (let x = 0; x < nx; x++, at++) {
        const gx = (image[at + (x < nx - 1 ? 1 : 0)]! - image[at - (x > 0 ? 1 : 0)]!) * hx;
        const gy = (image[at + back]! - image[at - front]!) * hy;
        const gz = (image[at + above]! - image[at - below]!) * hz;
        result[at] = Math.sqrt(gx * gx + gy * gy + gz * gz);
      }
    }
  }
  return result;
}
