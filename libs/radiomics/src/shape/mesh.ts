import type { Triple } from '@consilium/imaging';
import type { Region } from '../features/region.js';
import type { Heap } from '../kernels/heap.js';
import { CORNERS, EDGE_MIDDLES, triangleRow } from './marching-cubes-table.js';

/** Surface of a region by marching cubes on its 0/1 mask, corners at voxel centres, cuts half-way. */
export interface Mesh {
  /** mm³ */
  readonly volume: number;
  /** mm² */
  readonly surfaceArea: number;
}

/** A region marked in its padded box, in the kernels' memory: a byte a voxel, and the voxels' places (words). */
export interface MarkedRegion {
  readonly inside: number;
  readonly places: number;
  readonly count: number;
}

export function markRegion(heap: Heap, { size, places }: Pick<Region, 'size' | 'places'>): MarkedRegion {
  const marked = { inside: heap.zeros(size[0] * size[1] * size[2]), places: heap.putWords(places), count: places.length };
  heap.kernels.placeInside(marked.places, marked.count, marked.inside);
  return marked;
}

/** The mesh of a region whose padded box has at least one empty layer on each side: cubes are counted by kind, and each kind has its triangles. */
export function meshOf(heap: Heap, { inside }: MarkedRegion, { size, strides, spacing }: Pick<Region, 'size' | 'strides' | 'spacing'>): Mesh {
  return heap.scoped(() => {
    const steps = heap.putWords(CORNERS.map(([z, y, x]) => z * strides[2] + y * strides[1] + x));
    const at = heap.zeros(8 * 4 * 256);
    heap.kernels.countCubes(inside, ...size, steps, at);
    const cubes = heap.doubles(at, 4 * 256);
    let [volume, surfaceArea] = [0, 0];
    for (let cube = 1; cube < 255; cube++) {
      const [count, x, y, z] = cubes.subarray(4 * cube, 4 * cube + 4) as unknown as [number, number, number, number];
      if (count === 0) continue;
      const turned = cube >= 128;
      const { area, flux, doubleNormal } = trianglesOf(turned ? 255 - cube : cube, spacing);
      surfaceArea += count * area;
      // Six times the signed volume under the triangles: their own, and the shift of the cubes' origins along the summed normal.
      const moved = count * flux + x * spacing[0] * doubleNormal[0] + y * spacing[1] * doubleNormal[1] + z * spacing[2] * doubleNormal[2];
      volume += turned ? -moved : moved;
    }
    return { volume: volume / 6, surfaceArea };
  });
}

interface CubeTriangles {
  readonly area: number;
  /** Σ a · (b × c) with the cube's origin at 0. */
  readonly flux: number;
  /** Σ (a × b + b × c + c × a), twice the vector area. */
  readonly doubleNormal: Triple;
}

/** Area, flux and summed normal of the triangles of one of the first 128 kinds of cube, in millimetres. */
function trianglesOf(cube: number, spacing: Triple): CubeTriangles {
  const point = (edge: number): Triple => [EDGE_MIDDLES[edge][2] * spacing[0], EDGE_MIDDLES[edge][1] * spacing[1], EDGE_MIDDLES[edge][0] * spacing[2]];
  const row = triangleRow(cube);
  let [area, flux] = [0, 0];
  const normal: [number, number, number] = [0, 0, 0];
  for (let t = 0; t < row.length; t += 3) {
    const [a, b, c] = [point(row[t]), point(row[t + 1]), point(row[t + 2])];
    // The table turns about (z, y, x); seen in (x, y, z) the handedness is the other one.
    const cross = crossProduct(subtract(b, a), subtract(c, a)).map((v) => -v) as [number, number, number];
    area += Math.hypot(...cross) / 2;
    flux += a[0] * cross[0] + a[1] * cross[1] + a[2] * cross[2];
    for (let axis = 0; axis < 3; axis++) normal[axis] += cross[axis];
  }
  return { area, flux, doubleNormal: normal };
}

const subtract = (a: Triple, b: Triple): Triple => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

const crossProduct = (a: Triple, b: Triple): [number, number, number] => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

/** The mesh's vertices in half voxels, [x, y, z] one after another, each once: one lies half-way between each voxel of the region and each face neighbour outside it. */
export function verticesOf({ size, places, strides }: Pick<Region, 'size' | 'places' | 'strides'>): Int32Array {
  const inside = new Uint8Array(size[0] * size[1] * size[2]);
  for (const place of places) inside[place] = 1;
  const vertices: number[] = [];
  for (const place of places) {
    const x = place % size[0];
    const y = Math.floor(place / size[0]) % size[1];
    const z = Math.floor(place / strides[2]);
    for (let axis = 0; axis < 3; axis++) {
      for (const side of [-1, 1]) {
        if (inside[place + side * strides[axis]] === 1) continue;
        vertices.push(2 * x + (axis === 0 ? side : 0), 2 * y + (axis === 1 ? side : 0), 2 * z + (axis === 2 ? side : 0));
      }
    }
  }
  return Int32Array.from(vertices);
}
