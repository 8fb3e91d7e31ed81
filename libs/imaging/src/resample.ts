import { placeCoefficients, type CoefficientWindow } from './b-spline.js';
import type { KernelHeap } from '@consilium/numerics';
import { withSplineKernels, type SplineKernels } from './spline-kernels.js';
import { allocateVoxels, indexOfPoint, indexToPhysical, inverse3, isInteger, pixelRange, type PixelType, type Triple, type Volume, type VoxelArray } from './volume.js';

export type Grid = Pick<Volume, 'size' | 'spacing' | 'origin' | 'direction'>;

export type Interpolator = 'nearest' | 'linear' | 'b-spline';

export interface ResampleOptions {
  readonly interpolator: Interpolator;
  /** The voxels lie in memory that threads can share. */
  readonly shared?: boolean;
  /** Default: that of the volume. Integers are clamped to their range and truncated towards zero, as ITK's static_cast does. */
  readonly pixelType?: PixelType;
  /** A memory to work in, of a module that has the kernels; else their own. Memory that is used again costs less than new memory. */
  readonly heap?: KernelHeap<SplineKernels>;
}

/**
 * The volume on another grid, as ITK's ResampleImageFilter with an identity transform: output index → millimetres → continuous input index; 0 where the
 * centre of the output voxel lies outside the input's voxels. Along a row of the output the input index is interpolated between the row's ends (also as
 * ITK), so that ties of nearest-neighbour reading fall on the same side.
 */
export function resample(volume: Volume, grid: Grid, { interpolator, pixelType = volume.pixelType, shared = false, heap }: ResampleOptions): Volume {
  const data = allocateVoxels(pixelType, grid.size[0] * grid.size[1] * grid.size[2], shared);
  const read = { 'b-spline': readSpline, nearest: readNearest, linear: readLinear }[interpolator];
  read(volume, { grid, pixelType, data, heap });
  return { ...grid, pixelType, data };
}

interface Target {
  readonly grid: Grid;
  readonly pixelType: PixelType;
  readonly data: VoxelArray;
  readonly heap: KernelHeap<SplineKernels> | undefined;
}

/** Of each row of the grid the input index of its first point and of the one after its last: x, y, z, x, y, z. */
function placeRowEnds(heap: KernelHeap<SplineKernels>, volume: Volume, grid: Grid): number {
  const ends = heap.take(48 * grid.size[1] * grid.size[2]);
  const frames = heap.putDoubles([...indexToPhysical(grid), ...grid.origin, ...volume.origin, ...inverse3(indexToPhysical(volume))]);
  heap.kernels.rowEnds(frames, ...grid.size, ends);
  return ends;
}

function readSpline(volume: Volume, { grid, pixelType, data, heap: given }: Target): void {
  const [width, ny, nz] = grid.size;
  const [low, high] = pixelRange(pixelType);
  withSplineKernels((heap) => {
    const window = supportOf(volume, grid);
    const coefficients = placeCoefficients(heap, volume, window);
    const ends = placeRowEnds(heap, volume, grid);
    // Slice by slice: what lies in the kernels' memory is small, and touched again and again.
    const slice = width * ny;
    const target = heap.take(8 * slice);
    const scratch = heap.take(128 + (width + 1) * 64);
    const [columns, lines] = [window.high[0] - window.low[0] + 1, window.high[1] - window.low[1] + 1];
    for (let z = 0; z < nz; z++) {
      heap.kernels.splineGrid(coefficients, ...volume.size, ...window.low, columns, lines, ends + 48 * ny * z, ny, width, isInteger(pixelType), low, high, target, scratch);
      data.set(heap.doubles(target, slice), z * slice);
    }
  }, given);
}

function readNearest(volume: Volume, { grid, pixelType, data, heap: given }: Target): void {
  withSplineKernels((heap) => {
    const ends = placeRowEnds(heap, volume, grid);
    const [width, ny, nz] = grid.size;
    const slice = width * ny;
    const at = heap.take(4 * slice);
    for (let z = 0; z < nz; z++) {
      heap.kernels.nearestPlaces(...volume.size, ends + 48 * ny * z, ny, width, at);
      gather(volume, heap.words(at, slice), pixelType, data.subarray(z * slice, (z + 1) * slice));
    }
  }, given);
}

function gather({ data: source, pixelType: stored }: Volume, places: Int32Array, pixelType: PixelType, data: VoxelArray): void {
  if (pixelType === stored) for (let i = 0; i < places.length; i++) data[i] = places[i] < 0 ? 0 : source[places[i]];
  else {
    const store = storeInto(data, pixelType);
    for (let i = 0; i < places.length; i++) store(i, places[i] < 0 ? 0 : source[places[i]]);
  }
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
  return { low: [bound(0, Math.min, -3), bound(1, Math.min, -3)], high: [bound(0, Math.max, 4), bound(1, Math.max, 4)] };
}

function readLinear(volume: Volume, { grid, pixelType, data, heap: given }: Target): void {
  const ends = withSplineKernels((heap) => heap.doubles(placeRowEnds(heap, volume, grid), 6 * grid.size[1] * grid.size[2]).slice(), given);
  const store = storeInto(data, pixelType);
  const read = linearReader(volume);
  const width = grid.size[0];
  const [endX, endY, endZ] = volume.size.map((length) => length - 1 + 0.5) as [number, number, number];
  for (let row = 0, at = 0; row < ends.length; row += 6) {
    const [sx, sy, sz] = [ends[row], ends[row + 1], ends[row + 2]];
    const [dx, dy, dz] = [ends[row + 3] - sx, ends[row + 4] - sy, ends[row + 5] - sz];
    for (let x = 0; x < width; x++, at++) {
      const alpha = x / width;
      const px = sx + alpha * dx;
      const py = sy + alpha * dy;
      const pz = sz + alpha * dz;
      if (px >= -0.5 && px < endX && py >= -0.5 && py < endY && pz >= -0.5 && pz < endZ) store(at, read(px, py, pz));
    }
  }
}

function linearReader({ data, size }: Volume): (x: number, y: number, z: number) => number {
  const [nx, ny, nz] = size;
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
