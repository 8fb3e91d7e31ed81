import type { Geometry, Triple } from '../volume.js';

export type Plane = 'axial' | 'coronal' | 'sagittal';
export const planes: readonly Plane[] = ['axial', 'coronal', 'sagittal'];

/** Patient axes of a picture as radiologists hold it: left to right of the picture, top to bottom; -1 against the LPS axis. */
const views: Readonly<Record<Plane, { readonly across: readonly [number, 1 | -1]; readonly down: readonly [number, 1 | -1]; readonly through: number }>> = {
  axial: { across: [0, 1], down: [1, 1], through: 2 },
  coronal: { across: [0, 1], down: [2, -1], through: 1 },
  sagittal: { across: [1, 1], down: [2, -1], through: 0 },
};

interface Axis {
  /** Of the voxel grid. */
  readonly axis: number;
  /** Whether the index falls where the picture goes on. */
  readonly reversed: boolean;
}

/** Which axes of the voxel grid a plane's picture is made of. */
export interface PlaneAxes {
  readonly across: Axis;
  readonly down: Axis;
  readonly through: number;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  /** Millimetres of a pixel. */
  readonly pixel: readonly [number, number];
}

/**
 * The voxel axis nearest to each patient axis: the largest remaining component of the direction matrix is taken first, so that oblique grids get one
 * axis each. An oblique picture is the grid's own plane, not a cut through it.
 */
function nearestAxes(direction: Float64Array): readonly (readonly [axis: number, sign: 1 | -1])[] {
  const found: (readonly [number, 1 | -1])[] = [];
  const free = { patient: new Set([0, 1, 2]), voxel: new Set([0, 1, 2]) };
  while (free.patient.size > 0) {
    let best: readonly [number, number, number] = [-1, -1, -1];
    for (const patient of free.patient) for (const voxel of free.voxel) if (Math.abs(direction[patient * 3 + voxel]) > best[2]) best = [patient, voxel, Math.abs(direction[patient * 3 + voxel])];
    const [patient, voxel] = best;
    found[patient] = [voxel, direction[patient * 3 + voxel] < 0 ? -1 : 1];
    free.patient.delete(patient);
    free.voxel.delete(voxel);
  }
  return found;
}

export function planeAxes({ size, spacing, direction }: Pick<Geometry, 'size' | 'spacing' | 'direction'>, plane: Plane): PlaneAxes {
  const nearest = nearestAxes(direction);
  const { across, down, through } = views[plane];
  const axisOf = ([patient, sign]: readonly [number, 1 | -1]): Axis => ({ axis: nearest[patient][0], reversed: nearest[patient][1] !== sign });
  const [a, d] = [axisOf(across), axisOf(down)];
  const t = nearest[through][0];
  return { across: a, down: d, through: t, width: size[a.axis], height: size[d.axis], count: size[t], pixel: [spacing[a.axis], spacing[d.axis]] };
}

/** Calls back with the place of each pixel of a slice in the voxels, row by row. */
export function eachPixel(size: Triple, { across, down, through, width, height }: PlaneAxes, slice: number, visit: (pixel: number, voxel: number) => void): void {
  const strides = [1, size[0], size[0] * size[1]];
  const step = (axis: Axis, at: number, length: number): number => strides[axis.axis] * (axis.reversed ? length - 1 - at : at);
  const base = strides[through] * slice;
  for (let y = 0; y < height; y++) {
    const row = base + step(down, y, height);
    for (let x = 0; x < width; x++) visit(y * width + x, row + step(across, x, width));
  }
}
