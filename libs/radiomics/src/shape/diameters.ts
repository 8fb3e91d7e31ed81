import type { Region } from '../features/region.js';
import type { Heap } from '../kernels/heap.js';
import type { MarkedRegion } from './mesh.js';

export interface Diameters {
  /** Largest distance between two vertices, and the largest within one x-y plane (slice), one x-z plane (column), one y-z plane (row); millimetres. */
  readonly maximum3d: number;
  readonly slice: number;
  readonly column: number;
  readonly row: number;
}

/**
 * Largest distances between the vertices of a region's mesh, which lie half-way between its voxels and face neighbours outside it. Only the first and last vertex on a line can be ends
 * of a diameter, and of those only corners of the convex hull of their plane; a few hundred points are left to be compared.
 */
export function diametersOf(heap: Heap, { inside, places, count }: MarkedRegion, { size, spacing }: Pick<Region, 'size' | 'spacing'>): Diameters {
  const { kernels } = heap;
  // In half voxels.
  const [nx, ny, nz] = size.map((length) => 2 * length) as [number, number, number];
  const [dx, dy, dz] = spacing.map((length) => length / 2) as [number, number, number];
  return heap.scoped(() => {
    const [alongX, alongZ] = [heap.zeros(8 * ny * nz), heap.zeros(8 * nx * ny)];
    kernels.surfaceLines(inside, places, count, size[0], size[1], alongX, alongZ);
    const hull = heap.take(8 * 2 * Math.max(nx, ny, nz));
    const corners = heap.take(12 * 2 * ny * nz);
    const found = heap.take(4);
    const slice = kernels.planeDiameter(alongX, nz, 2 * ny, ny, 2, dx, dy, hull, corners, found);
    const column = kernels.planeDiameter(alongX, ny, 2, nz, 2 * ny, dx, dz, hull, 0, 0);
    const row = kernels.planeDiameter(alongZ, nx, 2, ny, 2 * nx, dz, dy, hull, 0, 0);
    const kept = heap.words(found, 1)[0];
    const points = heap.take(32 * kept);
    const triples = heap.words(corners, 3 * kept);
    const doubles = heap.doubles(points, 4 * kept);
    for (let i = 0; i < kept; i++) doubles.set([triples[3 * i] * dx, triples[3 * i + 1] * dy, triples[3 * i + 2] * dz], 4 * i);
    return { maximum3d: Math.sqrt(kernels.largestDistance(points, kept)), slice: Math.sqrt(slice), column: Math.sqrt(column), row: Math.sqrt(row) };
  });
}
