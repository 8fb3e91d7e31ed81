/**
 * A three-dimensional image or mask with its place in the patient.
 *
 * Coordinates are LPS millimetres as in DICOM and ITK. `direction` is row-major 3 × 3; column i is the unit vector along which index i grows:
 * point = origin + direction · diag(spacing) · index. Voxels lie x fastest: data[x + nx · (y + ny · z)].
 */
export interface Volume {
  readonly size: Triple;
  readonly spacing: Triple;
  readonly origin: Triple;
  readonly direction: Float64Array;
  readonly pixelType: PixelType;
  readonly data: VoxelArray;
  /** What the reader of its file found worth telling, in sentences without data. */
  readonly notes?: readonly string[];
  /** Where a DICOM image comes from, for masks that name their image. Never in messages. */
  readonly source?: VolumeSource;
}

export interface VolumeSource {
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string | null;
}

/** The place of a volume without its voxels. */
export type Geometry = Pick<Volume, 'size' | 'spacing' | 'origin' | 'direction'>;

export type Triple = readonly [number, number, number];

export type PixelType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64';

export type VoxelArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

const constructors = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export const bytesPerVoxel = (pixelType: PixelType): number => constructors[pixelType].BYTES_PER_ELEMENT;

export const isInteger = (pixelType: PixelType): boolean => !pixelType.startsWith('float');

/** Voxels of 0; `shared` in memory that threads can share. */
export function allocateVoxels(pixelType: PixelType, count: number, shared = false): VoxelArray {
  const kind = constructors[pixelType];
  return shared ? new kind(new SharedArrayBuffer(count * kind.BYTES_PER_ELEMENT) as unknown as ArrayBuffer) : new kind(count);
}

/** The smallest and largest value of an integer pixel type. */
export function pixelRange(pixelType: PixelType): readonly [number, number] {
  if (!isInteger(pixelType)) return [-Infinity, Infinity];
  const bits = bytesPerVoxel(pixelType) * 8;
  return pixelType.startsWith('u') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

export const identityDirection = (): Float64Array => new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]);

export const voxelCount = ({ size }: Pick<Volume, 'size'>): number => size[0] * size[1] * size[2];

/** Row-major 3 × 3 matrix that takes an index to millimetres relative to the origin. */
export function indexToPhysical({ spacing, direction }: Pick<Volume, 'spacing' | 'direction'>): Float64Array {
  const matrix = new Float64Array(9);
  for (let row = 0; row < 3; row++) for (let column = 0; column < 3; column++) matrix[row * 3 + column] = direction[row * 3 + column] * spacing[column];
  return matrix;
}

/** Inverse of a 3 × 3 matrix by cofactors. Throws RangeError when it is singular. */
export function inverse3(m: Float64Array): Float64Array {
  const [a, b, c, d, e, f, g, h, i] = m as unknown as [number, number, number, number, number, number, number, number, number];
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!(Math.abs(determinant) > 0)) throw new RangeError('the direction matrix is singular');
  return Float64Array.of(e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d).map(
    (x) => x / determinant,
  );
}

const transform = (matrix: Float64Array, x: Triple): [number, number, number] => [
  matrix[0] * x[0] + matrix[1] * x[1] + matrix[2] * x[2],
  matrix[3] * x[0] + matrix[4] * x[1] + matrix[5] * x[2],
  matrix[6] * x[0] + matrix[7] * x[1] + matrix[8] * x[2],
];

/** The point, in millimetres, of a (continuous) index. */
export function pointOfIndex(volume: Pick<Volume, 'spacing' | 'direction' | 'origin'>, index: Triple): [number, number, number] {
  const [x, y, z] = transform(indexToPhysical(volume), index);
  return [x + volume.origin[0], y + volume.origin[1], z + volume.origin[2]];
}

/** The continuous index of a point. `toIndex` is the inverse of indexToPhysical(volume): callers in loops compute it once. */
export function indexOfPoint(volume: Pick<Volume, 'origin'>, toIndex: Float64Array, point: Triple): [number, number, number] {
  return transform(toIndex, [point[0] - volume.origin[0], point[1] - volume.origin[1], point[2] - volume.origin[2]]);
}
