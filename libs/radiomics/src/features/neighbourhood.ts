import type { Triple } from '@consilium/imaging';

/**
 * One direction of each pair of opposite neighbours at the given distances (largest coordinate), as (x, y, z) steps. Distance 1 gives 13 directions in a volume, 4 in a
 * plane. Directions along which the region's box is too short to hold a pair are left out.
 *
 * @param flat axis (0 x, 1 y, 2 z) along which neighbours are not sought, or null
 * @param boxSize size of the region's bounding box
 */
export function directions(distances: readonly number[], flat: number | null, boxSize: Triple): readonly Triple[] {
  const found: Triple[] = [];
  const reach = Math.max(...distances);
  for (let z = -reach; z <= reach; z++) {
    for (let y = -reach; y <= reach; y++) {
      for (let x = -reach; x <= reach; x++) {
        const step: Triple = [x, y, z];
        const forward = z > 0 || (z === 0 && (y > 0 || (y === 0 && x > 0)));
        if (!forward || !distances.includes(Math.max(Math.abs(x), Math.abs(y), Math.abs(z)))) continue;
        if (flat !== null && step[flat] !== 0) continue;
        if (step.some((length, axis) => Math.abs(length) >= boxSize[axis]!)) continue;
        found.push(step);
      }
    }
  }
  return found;
}
