import type { GreyLevels } from './discretise.js';
import type { Features } from './features.js';
import { opposites, type Direction } from './neighbourhood.js';
import type { Workspace } from '../kernels/workspace.js';

/**
 * The 5 neighbouring grey-tone difference features of pyradiomics. For grey level i: p_i its share of voxels, s_i the sum of |i − mean of the neighbours in the region|; a
 * voxel without a neighbour adds 0. With `cube` the directions are those of distance 1. A region without differences has coarseness 10⁶ and 0 elsewhere.
 */
export function ngtdmFeatures(levels: GreyLevels, directions: readonly Direction[], cube: NeighbourCube | null): Features {
  const { space, present, presentAt } = levels;
  const { heap, count, cells, places, box } = space;
  return heap.scoped(() => {
    const [p, s] = [heap.zeros(8 * present.length), heap.zeros(8 * present.length)];
    const values = heap.zeros(4 * cells);
    const sums = heap.take(4 * count);
    heap.kernels.placeGreys(box, places, count, presentAt, values, sums);
    let counts = space.neighbours;
    if (cube) {
      countNeighbours(space, cube);
      cubeSums(space, values, cube, sums);
    } else {
      counts = heap.take(4 * count);
      const offsets = opposites(directions);
      heap.kernels.neighbourSums(values, places, count, heap.putWords(offsets), offsets.length, sums, counts);
    }
    heap.kernels.differencesByLevel(box, places, count, presentAt, sums, counts, present.length, p, s);
    const out = heap.take(48);
    heap.kernels.differenceSums(p, s, presentAt, present.length, out);
    return figures(heap.doubles(out, 6), present.length, count);
  });
}

/** Neighbours at distance 1 along all axes but a flat one: their sums are taken axis by axis. */
export interface NeighbourCube {
  readonly flatAxis: number | null;
}

/** How many neighbours each voxel has in the region; the same for every image of it. */
function countNeighbours(space: Workspace, cube: NeighbourCube): void {
  const { heap, cells, places, count, known } = space;
  if (known.neighboursAcross === cube.flatAxis) return;
  heap.scoped(() => {
    const ones = heap.zeros(4 * cells);
    heap.kernels.placeOnes(places, count, ones, space.neighbours);
    cubeSums(space, ones, cube, space.neighbours);
  });
  known.neighboursAcross = cube.flatAxis;
}

/**
 * For each voxel the sum over its 3 × 3 × 3 neighbours (3 × 3 in a plane), itself left out; `result` holds the voxels themselves at first, and `values` is used up. The empty layer around the box keeps
 * rows from reaching into each other.
 */
function cubeSums({ heap, places, count, region: { size, strides } }: Workspace, values: number, { flatAxis }: NeighbourCube, result: number): void {
  const axes = [0, 1, 2].filter((axis) => axis !== flatAxis);
  const [last, first, second] = [axes.at(-1)!, axes[0], axes.length === 3 ? axes[1] : null];
  heap.scoped(() => heap.kernels.sumSlices(values, strides[2], size[2], strides[first], second === null ? 0 : strides[second], heap.zeros(4 * strides[2])));
  heap.kernels.gatherSums(values, strides[last], places, count, result);
}

function figures([weighted, sumS, contrast, absolute, complexity, strength]: Float64Array, levels: number, n: number): Features {
  const pairs = levels * (levels - 1);
  return {
    Busyness: absolute === 0 ? 0 : weighted / absolute,
    Coarseness: weighted === 0 ? 1e6 : 1 / weighted,
    Complexity: complexity / n,
    Contrast: pairs === 0 ? 0 : (contrast * sumS) / (pairs * n),
    Strength: sumS === 0 ? 0 : strength / sumS,
  };
}
