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
  const select = Number.isFinite(scale) && scale > 0 ? selector(values, { minimum, scale, cells }) : () => minimum;
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

function selector(values: Float64Array, { minimum, scale, cells }: { minimum: number; scale: number; cells: number }): (rank: number) => number {
  // The first value of each cell in order, after all before it: starts[c] is the number of values in cells below c.
  const starts = new Int32Array(cells + 1);
  const cellOf = (x: number): number => {
    const cell = Math.floor((x - minimum) * scale);
    return cell < cells ? cell : cells - 1;
  };
  for (let i = 0; i < values.length; i++) starts[cellOf(values[i]) + 1]++;
  for (let cell = 0; cell < cells; cell++) starts[cell + 1] += starts[cell];
  const sorted = new Map<number, Float64Array>();
  const contents = (cell: number): Float64Array => {
    const known = sorted.get(cell);
    if (known) return known;
    const found = new Float64Array(starts[cell + 1] - starts[cell]);
    let at = 0;
    for (let i = 0; i < values.length; i++) if (cellOf(values[i]) === cell) found[at++] = values[i]!;
    sorted.set(cell, found.sort());
    return found;
  };
  return (rank) => {
    let [low, high] = [0, cells - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= rank) low = middle;
      else high = middle - 1;
    }
    return contents(low)[rank - starts[low]];
  };
}
