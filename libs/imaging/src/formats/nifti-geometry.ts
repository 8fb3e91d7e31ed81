import { identityDirection, type Triple } from '../volume.js';
import { columnLengths, orthonormal, sheared } from './direction.js';

/** The fields of a NIfTI header that place it: in millimetres but for `scale`, which the rows and offsets are still to be multiplied by. */
export interface NiftiFrame {
  readonly spacing: Triple;
  /** Sign of the third axis (pixdim[0], "qfac"). */
  readonly handedness: 1 | -1;
  /** b, c, d of the unit quaternion, or null when the file has no qform. */
  readonly quaternion: Triple | null;
  readonly offset: Triple;
  /** The three rows of the affine matrix, or null when the file has no sform. */
  readonly rows: readonly (readonly [number, number, number, number])[] | null;
  readonly scale: number;
}

export interface NiftiGeometry {
  readonly spacing: Triple;
  readonly origin: Triple;
  readonly direction: Float64Array;
  readonly notes: readonly string[];
}

interface Placement {
  /** Row-major matrix from index to millimetres, and the place of index 0; RAS. */
  readonly matrix: Float64Array;
  readonly origin: Triple;
}

/**
 * Spacing, origin and direction in LPS. The sform counts where it is orthogonal to a thousandth, else the qform; axes that are off by less are made orthogonal
 * again. A file with neither keeps the axes it is stored in, and a note says so.
 */
export function niftiGeometry(frame: NiftiFrame): NiftiGeometry {
  const affine = frame.rows && placementOfRows(frame.rows, frame.scale);
  const rigid = frame.quaternion && placementOfQuaternion(frame);
  const notes: string[] = [];
  if (affine && rigid && disagree(affine, rigid, frame.spacing)) notes.push('The file’s sform and qform place it differently; the sform counts.');
  const candidates = [affine, rigid].filter((placement) => placement !== null);
  if (candidates.length === 0) {
    notes.push('The file states no place in the patient; its own axes count.');
    return { spacing: positive(frame.spacing), origin: [0, 0, 0], direction: identityDirection(), notes };
  }
  for (const { matrix, origin } of candidates) {
    const spacing = columnLengths(matrix);
    const direction = orthonormal(matrix, spacing);
    if (!direction) continue;
    // The header's own spacing has no rounding from the matrix.
    const stated = frame.spacing.every((length, axis) => Math.abs(length - spacing[axis]) <= 1e-3 * spacing[axis]) ? frame.spacing : spacing;
    for (let i = 0; i < 6; i++) direction[i] = -direction[i] + 0;
    return { spacing: stated, origin: [-origin[0] + 0, -origin[1] + 0, origin[2]], direction, notes };
  }
  throw sheared();
}

function placementOfRows(rows: NonNullable<NiftiFrame['rows']>, scale: number): Placement {
  const matrix = Float64Array.from(rows.flatMap((row) => [row[0] * scale, row[1] * scale, row[2] * scale]));
  return { matrix, origin: rows.map((row) => row[3] * scale) as [number, number, number] };
}

/** R(a, b, c, d) · diag(spacing), the third axis times the handedness. */
function placementOfQuaternion({ quaternion, offset, spacing, handedness, scale }: NiftiFrame): Placement {
  let [b, c, d] = quaternion!;
  let a = 1 - (b * b + c * c + d * d);
  if (a < 1e-7) {
    const length = Math.sqrt(b * b + c * c + d * d);
    [b, c, d, a] = [b / length, c / length, d / length, 0];
  } else a = Math.sqrt(a);
  const rotation = [
    a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c),
    2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b),
    2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b,
  ];
  const lengths = [spacing[0], spacing[1], spacing[2] * handedness];
  return { matrix: Float64Array.from(rotation, (x, i) => x * lengths[i % 3]), origin: offset.map((x) => x * scale) as [number, number, number] };
}

function disagree(a: Placement, b: Placement, spacing: Triple): boolean {
  const tolerance = 0.1 * Math.min(...spacing);
  return a.matrix.some((x, i) => Math.abs(x - b.matrix[i]) > 1e-3 * spacing[i % 3]) || a.origin.some((x, i) => Math.abs(x - b.origin[i]) > tolerance);
}

function positive(spacing: Triple): Triple {
  return spacing.map((length) => (length > 0 && Number.isFinite(length) ? length : 1)) as [number, number, number];
}
