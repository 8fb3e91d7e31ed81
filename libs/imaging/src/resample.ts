import { BSplineReader, bSplineCoefficients, type CoefficientWindow } from './b-spline.js';
import { allocateVoxels, indexOfPoint, indexToPhysical, inverse3, isInteger, pixelRange, type PixelType, type Triple, type Volume, type VoxelArray } from './volume.js';

export type Grid = Pick<Volume, 'size' | 'spacing' | 'origin' | 'direction'>;

export type Interpolator = 'nearest' | 'linear' | 'b-spline';

export interface ResampleOptions {
  readonly interpolator: Interpolator;
  /** Default: that of the volume. Integers are clamped to their range and truncated towards zero, as ITK's static_cast does. */
  readonly pixelType?: PixelType;
}

/** The value at a continuous index; `slot` is the voxel's place in its output row. */
type Reader = (x: number, y: number, z: number, slot: number) => number;

/**
 * The volume on another grid, as ITK's ResampleImageFilter with an identity transform: output index → millimetres → continuous input index; 0 where the
 * centre of the output voxel lies outside the input's voxels. Along a row of the output the input index is interpolated between the row's ends (also as
 * ITK), so that ties of nearest-neighbour reading fall on the same side.
 */
export function resample(volume: Volume, grid: Grid, { interpolator, pixelType = volume.pixelType }: ResampleOptions): Volume {
  const [nx, ny, nz] = grid.size;
  const data = allocateVoxels(pixelType, nx * ny * nz);
  const read = readerOf(volume, interpolator, grid);
  const store = storeInto(data, pixelType);
  const toPhysical = indexToPhysical(grid);
  const toIndex = inverse3(indexToPhysical(volume));
  const inputIndex = (x: number, y: number, z: number) => indexOfPoint(volume, toIndex, pointOfGrid(grid, toPhysical, [x, y, z]));
  const [endX, endY, endZ] = volume.size.map((length) => length - 1 + 0.5) as [number, number, number];
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const start = inputIndex(0, y, z);
      const end = inputIndex(nx, y, z);
      const [dx, dy, dz] = [end[0] - start[0], end[1] - start[1], end[2] - start[2]];
      for (let x = 0; x < nx; x++, at++) {
        const alpha = x / nx;
        const px = start[0] + alpha * dx;
        const py = start[1] + alpha * dy;
        const pz = start[2] + alpha * dz;
        if (px >= -0.5 && px < endX && py >= -0.5 && py < endY && pz >= -0.5 && pz < endZ) store(at, read(px, py, pz, x));
      }
    }
  }
  return { ...grid, pixelType, data };
}

function pointOfGrid(grid: Grid, m: Float64Array, [x, y, z]: Triple): [number, number, number] {
  const [ox, oy, oz] = grid.origin;
  return [ox + m[0] * x + m[1] * y + m[2] * z, oy + m[3] * x + m[4] * y + m[5] * z, oz + m[6] * x + m[7] * y + m[8] * z];
}

function storeInto(data: VoxelArray, pixelType: PixelType): (at: number, value: number) => void {
  if (!isInteger(pixelType)) return (at, value) => void (data[at] = value);
  const [low, high] = pixelRange(pixelType);
  return (at, value) => void (data[at] = value < low ? low : value > high ? high : Math.trunc(value));
}

/** The input indices the grid's voxels lie between, and the support of a cubic spline around them. */
function supportOf(volume: Volume, grid: Grid): CoefficientWindow {
  const toPhysical = indexToPhysical(grid);
  const toIndex = inverse3(indexToPhysical(volume));
  const corners = Array.from({ length: 8 }, (_, i) =>
    indexOfPoint(volume, toIndex, pointOfGrid(grid, toPhysical, [i & 1 ? grid.size[0] - 1 : 0, i & 2 ? grid.size[1] - 1 : 0, i & 4 ? grid.size[2] - 1 : 0])),
  );
  const within = (axis: number, index: number) => Math.max(0, Math.min(volume.size[axis] - 1, index));
  const bound = (axis: number, pick: (...values: number[]) => number, shift: number) => within(axis, Math.floor(pick(...corners.map((corner) => corner[axis]))) + shift);
  return {
    low: [bound(0, Math.min, -3), bound(1, Math.min, -3), bound(2, Math.min, -3)],
    high: [bound(0, Math.max, 4), bound(1, Math.max, 4), bound(2, Math.max, 4)],
  };
}

function readerOf(volume: Volume, interpolator: Interpolator, grid: Grid): Reader {
  if (interpolator === 'b-spline') {
    const spline = new BSplineReader(bSplineCoefficients(volume, supportOf(volume, grid)), volume.size, grid.size[0]);
    return (x, y, z, slot) => spline.at(slot, x, y, z);
  }
  const { data, size } = volume;
  const [nx, ny, nz] = size;
  if (interpolator === 'nearest') {
    return (x, y, z) => data[roundHalfUp(x) + nx * (roundHalfUp(y) + ny * roundHalfUp(z))];
  }
  const clamp = (index: number, length: number) => (index < 0 ? 0 : index > length - 1 ? length - 1 : index);
  return (x, y, z) => {
    const [x0, y0, z0] = [Math.floor(x), Math.floor(y), Math.floor(z)];
    const [fx, fy, fz] = [x - x0, y - y0, z - z0];
    const [xa, xb] = [clamp(x0, nx), clamp(x0 + 1, nx)];
    const [ya, yb] = [nx * clamp(y0, ny), nx * clamp(y0 + 1, ny)];
    const [za, zb] = [nx * ny * clamp(z0, nz), nx * ny * clamp(z0 + 1, nz)];
    const between = (row: number) => data[row + xa] + (data[row + xb] - data[row + xa]) * fx;
    const near = between(ya + za) + (between(yb + za) - between(ya + za)) * fy;
    const far = between(ya + zb) + (between(yb + zb) - between(ya + zb)) * fy;
    return near + (far - near) * fz;
  };
}

const roundHalfUp = (x: number): number => Math.floor(x + 0.5);
