import { ImageFileError } from '../image-file-error.js';
import type { Triple } from '../volume.js';

/** Cosines between axes below this are rounding of the header, and are left as they are. */
const ROUNDING = 1e-6;
/** Axes further from a right angle than this are sheared, and no spacing describes them. */
const LARGEST_SHEAR = 1e-3;

/** Length of each column of a row-major 3 × 3 matrix. */
export const columnLengths = (matrix: ArrayLike<number>): [number, number, number] =>
  [0, 1, 2].map((axis) => Math.sqrt(matrix[axis] ** 2 + matrix[3 + axis] ** 2 + matrix[6 + axis] ** 2)) as [number, number, number];

/**
 * The columns of a matrix as unit vectors. Columns less than a thousandth from right angles are made orthogonal by Gram and Schmidt, the first kept; null when they are further off, or
 * when a column has no length. ITK refuses both; files written in single precision are off by about 1e-6.
 */
export function orthonormal(matrix: Float64Array, lengths: Triple): Float64Array | null {
  if (lengths.some((length) => !(length > 0 && Number.isFinite(length)))) return null;
  // + 0: headers write −0, which is no other direction but other bytes.
  const unit = matrix.map((x, i) => x / lengths[i % 3] + 0);
  const overlaps = [overlap(unit, 0, 1), overlap(unit, 0, 2), overlap(unit, 1, 2)].map(Math.abs);
  if (overlaps.some((x) => !(x < LARGEST_SHEAR))) return null;
  if (overlaps.every((x) => x < ROUNDING)) return unit;
  for (let axis = 1; axis < 3; axis++) {
    for (let other = 0; other < axis; other++) {
      const shared = overlap(unit, axis, other);
      for (let row = 0; row < 3; row++) unit[row * 3 + axis] -= shared * unit[row * 3 + other];
    }
    const length = columnLengths(unit)[axis];
    for (let row = 0; row < 3; row++) unit[row * 3 + axis] /= length;
  }
  return unit;
}

const overlap = (m: Float64Array, i: number, j: number): number => m[i] * m[j] + m[3 + i] * m[3 + j] + m[6 + i] * m[6 + j];

export const sheared = (): ImageFileError => new ImageFileError('direction', 'The axes of the file are not at right angles. Resample it to an upright grid.');
