import type { Triple } from '@consilium/imaging';
import type { WeightingNorm } from '../settings.js';
import type { Region } from './region.js';

/** One direction of a pair of opposite neighbours. */
export interface Direction {
  /** Steps along x, y, z. */
  readonly step: Triple;
  /** The same in the region's padded box. */
  readonly offset: number;
}

/**
 * One direction of each pair of opposite neighbours at the given distances (largest coordinate). Distance 1 gives 13 directions in a volume, 4 in a
 * plane. Directions along which the region's box is too short to hold a pair are left out.
 *
 * @param flat axis (0 x, 1 y, 2 z) along which neighbours are not sought, or null
 */
export function directions({ size, strides, margin }: Region, distances: readonly number[], flat: number | null): readonly Direction[] {
  const found: Direction[] = [];
  const reach = Math.max(...distances);
  for (let z = -reach; z <= reach; z++) {
    for (let y = -reach; y <= reach; y++) {
      for (let x = -reach; x <= reach; x++) {
        const step: Triple = [x, y, z];
        const forward = z > 0 || (z === 0 && (y > 0 || (y === 0 && x > 0)));
        if (!forward || !distances.includes(Math.max(Math.abs(x), Math.abs(y), Math.abs(z)))) continue;
        if (flat !== null && step[flat] !== 0) continue;
        if (step.some((length, axis) => Math.abs(length) >= size[axis] - 2 * margin)) continue;
        found.push({ step, offset: x * strides[0] + y * strides[1] + z * strides[2] });
      }
    }
  }
  return found;
}

/** The offsets of both neighbours of each direction. */
export const opposites = (directions: readonly Direction[]): number[] => directions.flatMap(({ offset }) => [offset, -offset]);

/** Length of a direction in millimetres by the norm; 'no_weighting' has none (null). */
export function directionLength({ step }: Direction, spacing: Triple, norm: WeightingNorm): number | null {
  const [x, y, z] = step.map((length, axis) => Math.abs(length) * spacing[axis]) as [number, number, number];
  if (norm === 'infinity') return Math.max(x, y, z);
  if (norm === 'euclidean') return Math.sqrt(z * z + y * y + x * x);
  return norm === 'manhattan' ? z + y + x : null;
}

const lines = new WeakMap<Region, Map<number, boolean>>();

/** Whether two voxels of the region lie on one line along the direction, with or without voxels between them. Kept per region: it does not depend on the image. */
export function holdsSeveral(region: Region, { step, offset }: Direction): boolean {
  const known = lines.get(region) ?? new Map<number, boolean>();
  lines.set(region, known);
  const found = known.get(offset) ?? searchLines(region, step, offset);
  known.set(offset, found);
  return found;
}

function searchLines({ size, strides, places }: Region, step: Triple, offset: number): boolean {
  const inside = new Uint8Array(size[0] * size[1] * size[2]);
  for (let v = 0; v < places.length; v++) {
    inside[places[v]] = 1;
    if (inside[places[v] - offset] === 1) return true;
  }
  for (const place of places) {
    let [x, y, z] = [(place % strides[1]) + step[0], (Math.floor(place / strides[1]) % size[1]) + step[1], Math.floor(place / strides[2]) + step[2]];
    for (; x >= 0 && x < size[0] && y >= 0 && y < size[1] && z < size[2]; x += step[0], y += step[1], z += step[2]) if (inside[x + strides[1] * y + strides[2] * z] === 1) return true;
  }
  return false;
}
