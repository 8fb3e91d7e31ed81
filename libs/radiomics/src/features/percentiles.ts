/**
 * Percentiles without sorting all values: values are counted in cells of equal width, and only the cells that hold a wanted rank are sorted.
 *
 * @param values finite numbers, at least one
 * @param quantiles in [0, 1]; the value at rank q (n − 1), interpolated linearly between its neighbours as numpy does (type 7)
 */
export function selectRanks(values: Float64Array, quantiles: readonly number[]): { minimum: number; maximum: number; ranks: readonly number[] } {
  const n = values.length;
  let [minimum, maximum] = [Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    const x = values[i];
    if (x < minimum) minimum = x;
    if (x > maximum) maximum = x;
  }
  const cells = Math.min(4096, Math.max(16, n >> 3));
  const scale = maximum > minimum ? cells / (maximum - minimum) : 0;
  const ranks = quantiles.map((q) => Math.floor(q * (n - 1))).flatMap((rank) => [rank, Math.min(rank + 1, n - 1)]);
  const select = Number.isFinite(scale) && scale > 0 ? selector(values, { minimum, scale, cells }, ranks) : () => minimum;
  return { minimum, maximum, ranks: quantiles.map((q) => interpolated(select, q * (n - 1), n)) };
}

function interpolated(select: (rank: number) => number, position: number, n: number): number {
  const below = Math.floor(position);
  const low = select(below);
  const high = select(Math.min(below + 1, n - 1));
  const t = position - below;
  // As numpy interpolates: from the nearer end.
  return t >= 0.5 ? high - (high - low) * (1 - t) : low + (high - low) * t;
}

function selector(values: Float64Array, { minimum, scale, cells }: { minimum: number; scale: number; cells: number }, ranks: readonly number[]): (rank: number) => number {
  // The first value of each cell in order, after all before it: starts[c] is the number of values in cells below c.
  const starts = new Int32Array(cells + 1);
  const cellOf = (x: number): number => {
    const cell = Math.floor((x - minimum) * scale);
    return cell < cells ? cell : cells - 1;
  };
  for (let i = 0; i < values.length; i++) starts[cellOf(values[i]) + 1]++;
  for (let cell = 0; cell < cells; cell++) starts[cell + 1] += starts[cell];
  const cellOfRank = (rank: number): number => {
    let [low, high] = [0, cells - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= rank) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  // The cells that hold a wanted rank are filled in one pass.
  const filled = new Uint8Array(cells);
  const contents = new Map<number, Float64Array>();
  for (const cell of ranks.map(cellOfRank)) {
    filled[cell] = 1;
    contents.set(cell, new Float64Array(starts[cell + 1] - starts[cell]));
  }
  const ends = new Int32Array(cells);
  for (let i = 0; i < values.length; i++) {
    const cell = cellOf(values[i]);
    if (filled[cell] === 1) contents.get(cell)![ends[cell]++] = values[i];
  }
  for (const found of contents.values()) found.sort();
  return (rank) => {
    const cell = cellOfRank(rank);
    return contents.get(cell)![rank - starts[cell]];
  };
}
