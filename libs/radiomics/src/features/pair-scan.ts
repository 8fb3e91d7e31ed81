import type { GreyLevels } from './discretise.js';
import type { Direction } from './neighbourhood.js';

/** What one pass over all pairs of neighbours finds: the matrices of three classes at once, which otherwise each read the same voxels. Places in the kernels' memory, words. */
export interface PairScan {
  /** Co-occurrences (i, j) of each direction, level by level. */
  readonly pairs: readonly number[];
  /** Runs of each direction, level × length − 1. */
  readonly runs: readonly number[];
  /** Neighbours of the same level, level × number; the voxel itself is not among them. */
  readonly equals: number;
}

/** A scan keeps the co-occurrences of all directions: for more levels the classes count for themselves. */
const MOST_LEVELS = 512;

/** Voxels of the longest line of the region's box. */
export const longestLine = ({ space: { region } }: GreyLevels): number => Math.max(...region.size.map((length) => length - 2 * region.margin));

/** The scan of a region's grey levels at distance 1; null with too many levels for it. It stays on the kernels' stack. */
export function pairScan(levels: GreyLevels, directions: readonly Direction[]): PairScan | null {
  const { present, space } = levels;
  const { heap, places, count, box, lengths } = space;
  const n = present.length;
  if (n > MOST_LEVELS) return null;
  const longest = longestLine(levels);
  const columns = 2 * directions.length + 1;
  const pairs = directions.map(() => heap.zeros(4 * n * n));
  const runs = directions.map(() => heap.zeros(4 * n * longest));
  const equals = heap.zeros(4 * n * columns);
  heap.scoped(() => {
    const equal = heap.zeros(space.cells);
    directions.forEach(({ offset }, k) => heap.kernels.scanDirection(box, places, count, offset, lengths, equal, pairs[k], n, runs[k], longest));
    heap.kernels.countEquals(box, places, count, equal, equals, columns);
  });
  return { pairs, runs, equals };
}
