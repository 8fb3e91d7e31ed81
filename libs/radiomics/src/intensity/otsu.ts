/** Cells of the histogram in which the threshold is looked for. */
const CELLS = 256;

/**
 * Otsu's threshold: of the edges between 256 equal cells from minimum to maximum, the one for which the variance between the voxels below and above, w₀ w₁ (μ₁ − μ₀)², is largest. Voxels above
 * it are the brighter class. Of several such edges, as between two separate heaps, the middle one of the first run. NaN where all values are alike. Values that are no finite numbers are not counted.
 *
 * N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions on Systems, Man, and Cybernetics 9 (1979), 62-66.
 */
export function otsuThreshold(values: ArrayLike<number>): number {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (!Number.isFinite(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  if (!(high > low)) return NaN;
  const width = (high - low) / CELLS;
  const counts = new Float64Array(CELLS);
  const totals = new Float64Array(CELLS);
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (!Number.isFinite(x)) continue;
    const cell = Math.min(CELLS - 1, Math.floor((x - low) / width));
    counts[cell]++;
    totals[cell] += x - low;
  }
  const edge = bestEdge(counts, totals);
  return low + edge * width;
}

/** The number of cells below the edge; a half where the middle of a run of equal edges lies between two. */
function bestEdge(counts: Float64Array, totals: Float64Array): number {
  const n = counts.reduce((sum, count) => sum + count, 0);
  const all = totals.reduce((sum, total) => sum + total, 0);
  let [below, total, best, first, last] = [0, 0, -1, 0, 0];
  for (let edge = 1; edge < counts.length; edge++) {
    below += counts[edge - 1];
    total += totals[edge - 1];
    const between = below === 0 || below === n ? 0 : (total * n - all * below) ** 2 / (below * (n - below));
    if (between > best) [best, first, last] = [between, edge, edge];
    else if (between === best && last === edge - 1) last = edge;
  }
  return (first + last) / 2;
}
