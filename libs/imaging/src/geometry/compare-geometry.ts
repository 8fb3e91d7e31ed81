import { indexOfPoint, indexToPhysical, inverse3, pointOfIndex, type Geometry, type Triple } from '../volume.js';

/** How two grids differ: of origins and spacings in millimetres, of directions in cosines, and the largest distance between corners in voxels. */
export interface GridDifference {
  readonly sameSize: boolean;
  readonly originVoxels: number;
  readonly originMillimetres: number;
  readonly spacingRelative: number;
  readonly direction: number;
  readonly cornerVoxels: number;
}

/** What still is one grid: files round to single precision. Proposed with these figures, never by a tolerance the user sets. */
const SAME = { originVoxels: 0.1, spacingRelative: 1e-3, direction: 1e-3, cornerVoxels: 0.5 } as const;

export function compareGeometry(image: Geometry, other: Geometry): GridDifference {
  const away = [0, 1, 2].map((axis) => Math.abs(image.origin[axis] - other.origin[axis]));
  return {
    sameSize: image.size.every((length, axis) => length === other.size[axis]),
    originVoxels: distanceInVoxels(image, other, [0, 0, 0]),
    originMillimetres: Math.hypot(...away),
    spacingRelative: Math.max(...image.spacing.map((length, axis) => Math.abs(length - other.spacing[axis]) / length)),
    direction: image.direction.reduce((most, cosine, i) => Math.max(most, Math.abs(cosine - other.direction[i])), 0),
    cornerVoxels: Math.max(...corners(image).map((corner) => distanceInVoxels(image, other, corner))),
  };
}

export const isSameGrid = (difference: GridDifference): boolean =>
  difference.sameSize && (Object.keys(SAME) as (keyof typeof SAME)[]).every((key) => difference[key] <= SAME[key]);

/** The eight outermost voxel centres, as indices. */
export const corners = ({ size }: Pick<Geometry, 'size'>): Triple[] =>
  Array.from({ length: 8 }, (_, i) => [i & 1 ? size[0] - 1 : 0, i & 2 ? size[1] - 1 : 0, i & 4 ? size[2] - 1 : 0] as const);

/** How far apart, along the worst axis, the two grids place one index. */
function distanceInVoxels(image: Geometry, other: Geometry, index: Triple): number {
  const there = indexOfPoint(image, inverse3(indexToPhysical(image)), pointOfIndex(other, index));
  return Math.max(...there.map((x, axis) => Math.abs(x - index[axis])));
}

/** Millimetres between the boxes around two grids, 0 where they meet. */
export function distanceBetween(a: Geometry, b: Geometry): number {
  const [boxA, boxB] = [boundsOf(a), boundsOf(b)];
  return Math.hypot(...[0, 1, 2].map((axis) => Math.max(0, boxA.low[axis] - boxB.high[axis], boxB.low[axis] - boxA.high[axis])));
}

function boundsOf(geometry: Geometry): { low: number[]; high: number[] } {
  const points = corners(geometry).map((corner) => pointOfIndex(geometry, corner));
  return { low: [0, 1, 2].map((axis) => Math.min(...points.map((p) => p[axis]))), high: [0, 1, 2].map((axis) => Math.max(...points.map((p) => p[axis]))) };
}

/** The place in `candidates` of the grid that fits the mask best: one it is drawn on, else the one with the most corners of the mask inside; null when none holds any. */
export function nearestMatch(mask: Geometry, candidates: readonly Geometry[]): number | null {
  const same = candidates.findIndex((candidate) => isSameGrid(compareGeometry(candidate, mask)));
  if (same >= 0) return same;
  const inside = candidates.map((candidate) => cornersInside(candidate, mask));
  const most = Math.max(0, ...inside);
  return most === 0 ? null : inside.indexOf(most);
}

function cornersInside(image: Geometry, mask: Geometry): number {
  const toIndex = inverse3(indexToPhysical(image));
  return corners(mask).filter((corner) => isInside(image, indexOfPoint(image, toIndex, pointOfIndex(mask, corner)))).length;
}

/** The index lies in a voxel of the grid. */
export const isInside = ({ size }: Pick<Geometry, 'size'>, index: Triple): boolean => index.every((x, axis) => x >= -0.5 && x <= size[axis] - 0.5);
