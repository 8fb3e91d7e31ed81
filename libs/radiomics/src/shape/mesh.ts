import type { Triple } from '@consilium/imaging';
import type { Region } from '../features/region.js';
import { CORNERS, EDGE_MIDDLES, triangleRows } from './marching-cubes-table.js';

/** Surface of a region by marching cubes on its 0/1 mask, corners at voxel centres, cuts half-way. */
export interface Mesh {
  /** mm³ */
  readonly volume: number;
  /** mm² */
  readonly surfaceArea: number;
  /** Vertices in half voxels: [x, y, z] one after another, each once. */
  readonly vertices: Int32Array;
}

/** The mesh of a region whose padded box has at least one empty layer on each side. */
export function meshOf({ size, strides, places, spacing }: Region): Mesh {
  const inside = new Uint8Array(size[0] * size[1] * size[2]);
  for (const place of places) inside[place] = 1;
  const steps = Int32Array.from(CORNERS, ([z, y, x]) => z * strides[2] + y * strides[1] + x);
  let [volume, surfaceArea] = [0, 0];
  const triangles = trianglesOf(spacing);
  for (let z = 0; z < size[2] - 1; z++) {
    for (let y = 0; y < size[1] - 1; y++) {
      const row = z * strides[2] + y * strides[1];
      for (let x = 0; x < size[0] - 1; x++) {
        let cube = 0;
        for (let corner = 0; corner < 8; corner++) cube |= inside[row + x + steps[corner]] << corner;
        if (cube === 0 || cube === 255) continue;
        const turned = cube >= 128;
        const { area, flux, doubleNormal } = triangles[turned ? 255 - cube : cube];
        surfaceArea += area;
        // Six times the signed volume under the triangles: their own, and the shift of the cube's origin along the summed normal.
        const moved = flux + x * spacing[0] * doubleNormal[0] + y * spacing[1] * doubleNormal[1] + z * spacing[2] * doubleNormal[2];
        volume += turned ? -moved : moved;
      }
    }
  }
  return { volume: volume / 6, surfaceArea, vertices: verticesOf(inside, size, places, strides) };
}

interface CubeTriangles {
  readonly area: number;
  /** Σ a · (b × c) with the cube's origin at 0. */
  readonly flux: number;
  /** Σ (a × b + b × c + c × a), twice the vector area. */
  readonly doubleNormal: Triple;
}

/** Area, flux and summed normal of the triangles of each of the 128 cubes, in millimetres. */
function trianglesOf(spacing: Triple): readonly CubeTriangles[] {
  const point = (edge: number): Triple => [EDGE_MIDDLES[edge][2] * spacing[0], EDGE_MIDDLES[edge][1] * spacing[1], EDGE_MIDDLES[edge][0] * spacing[2]];
  return triangleRows.map((row) => {
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
  });
}

const subtract = (a: Triple, b: Triple): Triple => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

const crossProduct = (a: Triple, b: Triple): [number, number, number] => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

/** A vertex lies half-way between each voxel of the region and each face neighbour outside it. */
function verticesOf(inside: Uint8Array, size: Triple, places: Int32Array, strides: Triple): Int32Array {
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
