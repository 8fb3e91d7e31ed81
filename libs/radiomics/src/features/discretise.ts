import type { Workspace } from '../kernels/workspace.js';

/** How grey values become grey levels: bins of a fixed width, or a fixed number of bins. */
export type Discretisation = { readonly binWidth: number } | { readonly binCount: number };

/** A region with grey levels, in its workspace: one at a time, because the box is the region's working memory and the next image takes it over. */
export interface GreyLevels {
  readonly space: Workspace;
  /** Levels that occur, ascending, 1-based. */
  readonly present: Int32Array;
  /** The same in the kernels' memory, as words and as doubles. */
  readonly presentAt: number;
  readonly greyAt: number;
  /** 1 + index into `present` of each voxel, in the region's order; shorts in the kernels' memory. */
  readonly indices: number;
  /** Highest level (pyradiomics' Ng). */
  readonly highest: number;
}

/** More bins than this are not counted: the bin width does not suit the image. */
export const MOST_BINS = 1 << 22;
/** Most levels that may occur, so that an index fits 16 bits. */
const MOST_LEVELS = 65_534;

/** Where bins begin: edge(i) for i = 0 … count − 1, as numpy makes them. */
interface Edges {
  readonly low: number;
  readonly step: number;
  readonly count: number;
  /** The last edge where it is not low + (count − 1) · step; else NaN. */
  readonly last: number;
}

/** Values of a region's voxels in the kernels' memory, with their range. */
export interface RegionValues {
  readonly at: number;
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * Grey levels as pyradiomics 3.0.1 makes them. Fixed width W: the first edge is min − (min mod W), then every W; a value on an edge belongs to the bin above. Fixed
 * count: equal bins from min to max, the last edge raised by 1. A constant region has one level. Null when the bins or levels are too many to count.
 *
 * @param singlePrecision the image is float32, and so is pyradiomics' first edge
 */
export function discretise(space: Workspace, { at, minimum, maximum }: RegionValues, how: Discretisation, singlePrecision = false): GreyLevels | null {
  const edges = 'binWidth' in how ? widthEdges(minimum, maximum, how.binWidth, singlePrecision) : countEdges(minimum, maximum, how.binCount);
  if (!(edges.count <= MOST_BINS)) return null;
  const { heap, count } = space;
  const indices = heap.take(2 * count);
  const present = heap.scoped(() => {
    const seen = heap.zeros(4 * (edges.count + 1));
    const levels = heap.take(4 * count);
    heap.kernels.levelsOf(at, count, edges.low, edges.step, edges.count, edges.last, levels, seen);
    const found = heap.take(4 * MOST_LEVELS);
    const total = heap.kernels.numberLevels(seen, edges.count + 1, found, MOST_LEVELS);
    if (total > MOST_LEVELS) return null;
    heap.kernels.placeNumbers(levels, count, seen, space.places, indices, space.box);
    return heap.words(found, total).slice();
  });
  return present && { space, present, presentAt: heap.putWords(present), greyAt: heap.putDoubles(present), indices, highest: present.at(-1)! };
}

function widthEdges(min: number, max: number, width: number, singlePrecision: boolean): Edges {
  const remainder = min % width;
  let modulo = remainder !== 0 && remainder < 0 !== width < 0 ? remainder + width : remainder;
  if (singlePrecision) modulo = Math.fround(modulo);
  const low = singlePrecision ? Math.fround(min - modulo) : min - modulo;
  const high = singlePrecision ? Math.fround(max + 2 * width) : max + 2 * width;
  // numpy's arange steps by the difference of its first two values.
  return { low, step: low + width - low, count: Math.max(1, Math.ceil((high - low) / width)), last: NaN };
}

function countEdges(min: number, max: number, count: number): Edges {
  const [low, high] = min === max ? [min - 0.5, max + 0.5] : [min, max];
  return { low, step: (high - low) / count, count: count + 1, last: high + 1 };
}
