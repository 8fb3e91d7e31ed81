import type { GreyLevels } from './discretise.js';
import type { Features } from './features.js';
import type { Direction } from './neighbourhood.js';
import type { Region } from './region.js';
import { scratchOf } from './scratch.js';

/**
 * The 5 neighbouring grey-tone difference features of pyradiomics. For grey level i: p_i its share of voxels, s_i the sum of |i − mean of the neighbours in the region|; a
 * voxel without a neighbour adds 0. With `cube` the directions are those of distance 1. A region without differences has coarseness 10⁶ and 0 elsewhere.
 */
export function ngtdmFeatures({ box, present, region }: GreyLevels, directions: readonly Direction[], cube: NeighbourCube | null): Features {
  const { places } = region;
  const p = new Float64Array(present.length);
  const s = new Float64Array(present.length);
  // Grey value of an index; 0 for none.
  const grey = new Int32Array(present.length + 1);
  grey.set(present, 1);
  const values = scratchOf(region, 'grey values', (cells) => new Int32Array(cells));
  for (let v = 0; v < places.length; v++) values[places[v]] = grey[box[places[v]]]!;
  const [sums, counts] = cube ? [cubeSums(values, region, cube), neighbourCounts(region, cube)] : neighbourSums(values, region, directions);
  for (let v = 0; v < places.length; v++) {
    const index = box[places[v]] - 1;
    p[index]++;
    if (counts[v] > 0) s[index] += Math.abs(present[index] - sums[v] / counts[v]);
  }
  for (let i = 0; i < p.length; i++) p[i] /= places.length;
  return figures(p, s, present, places.length);
}

/** Neighbours at distance 1 along all axes but a flat one: their sums are taken axis by axis. */
export interface NeighbourCube {
  readonly flatAxis: number | null;
}

const countsOfRegions = new WeakMap<Region, Map<number | null, Int32Array>>();

/** How many neighbours each voxel has in the region; the same for every image of it. */
function neighbourCounts(region: Region, cube: NeighbourCube): Int32Array {
  const known = countsOfRegions.get(region) ?? new Map<number | null, Int32Array>();
  countsOfRegions.set(region, known);
  const found = known.get(cube.flatAxis);
  if (found) return found;
  const ones = new Int32Array(region.size[0] * region.size[1] * region.size[2]);
  for (const place of region.places) ones[place] = 1;
  const counts = cubeSums(ones, region, cube);
  known.set(cube.flatAxis, counts);
  return counts;
}

/** For each voxel the sum over its 3 × 3 × 3 neighbours (3 × 3 in a plane), itself left out. The empty layer around the box keeps rows from reaching into each other. */
function cubeSums(values: Int32Array, region: Region, { flatAxis }: NeighbourCube): Int32Array {
  const { places, strides } = region;
  const axes = [0, 1, 2].filter((axis) => axis !== flatAxis);
  let sums = values;
  for (const axis of axes.slice(0, -1)) {
    const step = strides[axis];
    const next = scratchOf(region, `sums along ${axis}`, (cells) => new Int32Array(cells));
    for (let at = step; at < sums.length - step; at++) next[at] = sums[at - step] + sums[at] + sums[at + step];
    sums = next;
  }
  const step = strides[axes.at(-1)!];
  const result = new Int32Array(places.length);
  for (let v = 0; v < places.length; v++) {
    const at = places[v];
    result[v] = sums[at - step] + sums[at] + sums[at + step] - values[at];
  }
  return result;
}

/** Sums and counts over any neighbourhood. */
function neighbourSums(values: Int32Array, { places }: Region, directions: readonly Direction[]): [Float64Array, Int32Array] {
  const neighbours = Int32Array.from(directions.flatMap(({ offset }) => [offset, -offset]));
  const [sums, counts] = [new Float64Array(places.length), new Int32Array(places.length)];
  for (let v = 0; v < places.length; v++) {
    for (let k = 0; k < neighbours.length; k++) {
      const other = values[places[v] + neighbours[k]];
      sums[v] += other;
      counts[v] += other === 0 ? 0 : 1;
    }
  }
  return [sums, counts];
}

function figures(p: Float64Array, s: Float64Array, grey: Int32Array, n: number): Features {
  const levels = grey.length;
  let [weighted, sumS, contrast, absolute, complexity, strength] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < levels; i++) {
    weighted += p[i] * s[i];
    sumS += s[i];
    for (let j = 0; j < levels; j++) {
      const d = grey[i] - grey[j];
      contrast += p[i] * p[j] * d * d;
      absolute += Math.abs(grey[i] * p[i] - grey[j] * p[j]);
      complexity += (Math.abs(d) * (p[i] * s[i] + p[j] * s[j])) / (p[i] + p[j]);
      strength += (p[i] + p[j]) * d * d;
    }
  }
  const pairs = levels * (levels - 1);
  return {
    Busyness: absolute === 0 ? 0 : weighted / absolute,
    Coarseness: weighted === 0 ? 1e6 : 1 / weighted,
    Complexity: complexity / n,
    Contrast: pairs === 0 ? 0 : (contrast * sumS) / (pairs * n),
    Strength: sumS === 0 ? 0 : strength / sumS,
  };
}
