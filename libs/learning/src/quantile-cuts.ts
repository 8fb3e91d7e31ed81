/**
 * Cut points at quantiles, found from counts alone. All edges are multiples of a power of two that depends on the spread only, never on a
 * patient's value, so that an edge may be told to everybody and is the same however the patients are split over hospitals.
 */

/** Half the width of the grid in standard deviations. By Chebyshev at most 1 in 64 values lies outside. */
const REACH = 8;

/**
 * The first grid: 128 to 256 cells of equal width over mean ± 8 sd, the width a power of two between sd/16 and sd/8. What lies outside is
 * counted below the first or above the last edge. Empty for a feature without spread.
 */
export function outerEdges(mean: number, sd: number): Float64Array {
  if (!(sd > 0)) return new Float64Array(0);
  const width = 2 ** (Math.ceil(Math.log2(sd)) - 4);
  const first = Math.floor((mean - REACH * sd) / width);
  const cells = Math.ceil((mean + REACH * sd) / width) - first;
  return ascending(Float64Array.from({ length: cells + 1 }, (_, i) => (first + i) * width));
}

/** Where a width is below the spacing of doubles near the mean, edges fall together; each is kept once. */
const ascending = (edges: Float64Array): Float64Array => edges.filter((edge, i) => i === 0 || edge > edges[i - 1]);

/** Cells that a cell is divided into when it is looked at more closely. */
const FINER = 64;

/**
 * The edges with every closed cell that holds a wanted rank inside it, not at one of its ends, divided into 64.
 *
 * @param counts values of each cell: below the first edge, between edges, at or above the last
 * @param ranks how many values should lie below a cut, ascending
 * @returns the finer edges, or null where no cell needs division
 */
export function finerEdges(edges: Float64Array, counts: Float64Array, ranks: readonly number[]): Float64Array | null {
  const finer: number[] = [];
  let below = counts[0] ?? 0;
  let next = 0;
  for (let e = 0; e < edges.length; e++) {
    finer.push(edges[e]);
    const inside = counts[e + 1];
    // A rank less than half a value from an end of the cell is met there already.
    while (next < ranks.length && ranks[next] < below + 0.5) next++;
    if (e + 1 < edges.length && next < ranks.length && ranks[next] <= below + inside - 0.5) {
      const width = (edges[e + 1] - edges[e]) / FINER;
      for (let i = 1; i < FINER; i++) finer.push(edges[e] + i * width);
    }
    below += inside;
  }
  const result = ascending(Float64Array.from(finer));
  return result.length > edges.length ? result : null;
}

/**
 * For each wanted rank the edge with the nearest number of values below it (the lower of two equally near); of edges with the same number the one
 * nearest to the middle of their run, which lies between two neighbouring values of the feature. Edges with nobody on one side are no cuts. Ascending, each once.
 *
 * @example quantileCuts(Float64Array.of(1, 2, 3), Float64Array.of(5, 0, 0, 5), [5]) // 2: all three edges have five values below, 2 is their middle
 */
export function quantileCuts(edges: Float64Array, counts: Float64Array, ranks: readonly number[]): Float64Array {
  const runs = runsOfEdges(edges, counts);
  const cuts: number[] = [];
  let at = 0;
  for (const rank of ranks) {
    if (runs.length === 0) break;
    while (at + 1 < runs.length && Math.abs(runs[at + 1].below - rank) < Math.abs(runs[at].below - rank)) at++;
    if (cuts.at(-1) !== runs[at].cut) cuts.push(runs[at].cut);
  }
  return Float64Array.from(cuts);
}

interface Run {
  readonly below: number;
  readonly cut: number;
}

/** Neighbouring edges with as many values below, as one, without those that have none below or none above. */
function runsOfEdges(edges: Float64Array, counts: Float64Array): Run[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const runs: Run[] = [];
  let below = 0;
  for (let from = 0; from < edges.length; ) {
    below += counts[from];
    let to = from;
    while (to + 1 < edges.length && counts[to + 1] === 0) to++;
    if (below > 0 && below < total) runs.push({ below, cut: middleOf(edges, from, to) });
    from = to + 1;
  }
  return runs;
}

function middleOf(edges: Float64Array, from: number, to: number): number {
  const middle = edges[from] + (edges[to] - edges[from]) / 2;
  let nearest = from;
  for (let e = from + 1; e <= to; e++) if (Math.abs(edges[e] - middle) < Math.abs(edges[nearest] - middle)) nearest = e;
  return edges[nearest];
}

/**
 * Values by cell: the number of edges at or below a value.
 *
 * @param edges ascending
 */
export function countByCell(values: Float64Array, edges: Float64Array): Float64Array {
  const counts = new Float64Array(edges.length + 1);
  if (edges.length === 0) {
    counts[0] = values.length;
    return counts;
  }
  // A table of equal steps says between which edges to search: few, wherever edges are about evenly spaced. `place` never falls where x grows, whatever it rounds:
  // edges of lower steps are at or below x, those of higher steps above it.
  const from = edges[0];
  const steps = 4 * edges.length;
  const perUnit = steps / (edges[edges.length - 1] - from);
  const table = new Int32Array(steps + 2);
  for (let s = 0, e = 0; s <= steps; s++) {
    while (e < edges.length && (edges[e] - from) * perUnit < s) e++;
    table[s] = e;
  }
  table[steps + 1] = edges.length;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (!(x >= from)) {
      counts[0]++;
      continue;
    }
    const place = (x - from) * perUnit;
    const step = place < steps ? place | 0 : steps;
    let low = table[step];
    let high = table[step + 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (edges[middle] <= x) low = middle + 1;
      else high = middle;
    }
    counts[low]++;
  }
  return counts;
}

/** How many of the ascending edges are at or below x. */
export function cellOf(x: number, edges: Float64Array): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
