import type { Region } from './region.js';

type Scratch = Int32Array | Uint16Array | Uint8Array;

const kept = new WeakMap<Region, Map<string, Scratch>>();

/**
 * Working memory of a region, made once and used again for every image of it: arrays as large as its box would otherwise be made some hundred times a case. It holds what the last
 * user left; each name has one user.
 */
export function scratchOf<T extends Scratch>(region: Region, name: string, make: (cells: number) => T): T {
  const own = kept.get(region) ?? new Map<string, Scratch>();
  kept.set(region, own);
  const found = own.get(name) ?? make(region.size[0] * region.size[1] * region.size[2]);
  own.set(name, found);
  return found as T;
}
