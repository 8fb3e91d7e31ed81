import type { Workspace } from '../kernels/workspace.js';
import type { RegionValues } from './discretise.js';

/**
 * Percentiles without sorting all values: values are counted in cells of equal width, and only the cells that hold a wanted rank are sorted.
 *
 * @param quantiles in [0, 1], ascending; the value at rank q (n − 1), interpolated linearly between its neighbours as numpy does (type 7)
 */
export function percentilesOf({ heap, count: n }: Workspace, { at, minimum, maximum }: RegionValues, quantiles: readonly number[]): readonly number[] {
  const cells = Math.min(4096, Math.max(16, n >> 3));
  const scale = maximum > minimum ? cells / (maximum - minimum) : 0;
  if (!(Number.isFinite(scale) && scale > 0)) return quantiles.map(() => minimum);
  return heap.scoped(() => {
    const ranks = quantiles.map((q) => Math.floor(q * (n - 1))).flatMap((rank) => [rank, Math.min(rank + 1, n - 1)]);
    const found = heap.take(8 * ranks.length);
    const wanted = heap.putWords(ranks);
    const counts = 4 * (cells + 1) + 8 * ranks.length + cells;
    const scratch = heap.zeros(counts);
    heap.take(8 * n + 16);
    heap.kernels.selectRanks(at, n, minimum, scale, cells, wanted, ranks.length, found, scratch);
    const values = heap.doubles(found, ranks.length);
    return quantiles.map((q, i) => {
      const [low, high] = [values[2 * i], values[2 * i + 1]];
      const t = q * (n - 1) - Math.floor(q * (n - 1));
      // As numpy interpolates: from the nearer end.
      return t >= 0.5 ? high - (high - low) * (1 - t) : low + (high - low) * t;
    });
  });
}
