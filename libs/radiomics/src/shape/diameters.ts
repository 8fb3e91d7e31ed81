import type { Triple } from '@consilium/imaging';

export interface Diameters {
  /** Largest distance between two vertices, and the largest within one x-y plane (slice), one x-z plane (column), one y-z plane (row); millimetres. */
  readonly maximum3d: number;
  readonly slice: number;
  readonly column: number;
  readonly row: number;
}

/**
 * Largest distances between vertices given in half voxels. Only vertices that are the first or last on every axis-parallel line through them can be ends of a diameter; that leaves a
 * few per cent, which are compared in the order of their distance from the centre so that most pairs are never looked at.
 */
export function diametersOf(vertices: Int32Array, spacing: Triple): Diameters {
  const half: Triple = [spacing[0] / 2, spacing[1] / 2, spacing[2] / 2];
  const all = Array.from({ length: vertices.length / 3 }, (_, i) => i);
  const corners = [0, 1, 2].reduce((left, axis) => endsAlong(left, vertices, axis), all);
  const planar = (fixed: number) => {
    const inPlane = [0, 1, 2].filter((axis) => axis !== fixed).reduce((left, axis) => endsAlong(left, vertices, axis), all);
    return [...grouped(inPlane, vertices, fixed).values()].reduce((best, plane) => farthest(plane, vertices, half, best), 0);
  };
  return { maximum3d: Math.sqrt(farthest(corners, vertices, half, 0)), slice: Math.sqrt(planar(2)), column: Math.sqrt(planar(1)), row: Math.sqrt(planar(0)) };
}

/** The vertices that are first or last along an axis among those with the same other two coordinates. */
function endsAlong(indices: readonly number[], vertices: Int32Array, axis: number): number[] {
  const [a, b] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
  const ends = new Map<number, [number, number]>();
  for (const i of indices) {
    const key = vertices[3 * i + a] * 65536 + vertices[3 * i + b];
    const line = ends.get(key);
    if (!line) ends.set(key, [i, i]);
    else if (vertices[3 * i + axis] < vertices[3 * line[0] + axis]) line[0] = i;
    else if (vertices[3 * i + axis] > vertices[3 * line[1] + axis]) line[1] = i;
  }
  return [...new Set([...ends.values()].flat())];
}

function grouped(indices: readonly number[], vertices: Int32Array, axis: number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const i of indices) {
    const key = vertices[3 * i + axis];
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  return groups;
}

/** The largest squared distance between two of the vertices, if above `best`. */
function farthest(indices: readonly number[], vertices: Int32Array, half: Triple, best: number): number {
  const points = indices.map((i) => [0, 1, 2].map((axis) => vertices[3 * i + axis] * half[axis]) as [number, number, number]);
  const centre = [0, 1, 2].map((axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length);
  const radius = (p: readonly number[]) => Math.hypot(p[0] - centre[0], p[1] - centre[1], p[2] - centre[2]);
  const sorted = points.map((p) => ({ p, r: radius(p) })).sort((a, b) => b.r - a.r);
  for (let i = 0; i < sorted.length; i++) {
    const { p, r } = sorted[i];
    if ((2 * r) ** 2 < best) break;
    for (let j = i + 1; j < sorted.length; j++) {
      const { p: q, r: s } = sorted[j];
      if ((r + s) ** 2 < best) break;
      const squared = (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2;
      if (squared > best) best = squared;
    }
  }
  return best;
}
