import type { Federation } from '../federation.js';
import { scoreCounts } from '../validation/exchange.js';
import type { ViewSpec } from '../view.js';

/** The grid of logit p: the clipped logit lies within. */
const EDGE = 28;
const COARSE = 256;
const FINE = 64;
const MOST_PASSES = 5;

/** Edges in ascending order, and how many patients lie below each. */
interface Counted {
  readonly edges: Float64Array;
  readonly below: Float64Array;
}

/**
 * Cuts of logit p with a wanted number of patients below each, for every model, in a few rounds: counts on a public grid, then finer where a cut
 * must lie, until an edge has exactly the number below it or the cell is narrower than 1e-6 (equal scores: all of them go below). No score leaves.
 *
 * @param wanted for n patients, lists of numbers of patients below the cuts
 * @returns for every model its cuts, list by list
 */
export async function scoreCuts(federation: Federation, view: ViewSpec, models: readonly string[], wanted: (n: number) => readonly (readonly number[])[]): Promise<Float64Array[][]> {
  let grids: Float64Array[] = models.map(() => grid(-EDGE, EDGE, COARSE));
  for (let pass = 1; ; pass++) {
    const { sums } = await federation.sum(scoreCounts, { view, parameters: { models: [...models], cuts: grids } });
    let at = 0;
    const counted = grids.map((edges): Counted => {
      const counts = sums.counts.subarray(at, (at += edges.length + 1));
      let below = 0;
      return { edges, below: edges.map((_, e) => (below += counts[e]!)) };
    });
    const lists = wanted(sums.counts.subarray(0, grids[0]!.length + 1).reduce((sum, count) => sum + count, 0));
    const finer = counted.map((own) => refined(own, lists.flat()));
    if (pass === MOST_PASSES || finer.every((edges) => edges === null)) return counted.map((own) => lists.map((list) => chosen(own, list)));
    grids = counted.map(({ edges }, m) => finer[m] ?? edges);
  }
}

const grid = (from: number, to: number, cells: number) => Float64Array.from({ length: cells - 1 }, (_, i) => from + ((to - from) * (i + 1)) / cells);

/** The grid with every cell divided that must be, or null where none must. */
function refined({ edges, below }: Counted, wanted: readonly number[]): Float64Array | null {
  const divided = new Set<number>();
  for (const count of wanted) {
    const e = below.findIndex((n) => n >= count);
    if (e < 0 || below[e] === count) continue;
    const low = e === 0 ? -EDGE : edges[e - 1]!;
    if (edges[e]! - low > 1e-6) divided.add(e);
  }
  if (divided.size === 0) return null;
  return Float64Array.from([...edges].flatMap((edge, e) => (divided.has(e) ? [...grid(e === 0 ? -EDGE : edges[e - 1]!, edge, FINE), edge] : [edge])));
}

/** For each wanted number the first edge with as many below it, equal ones once. */
function chosen({ edges, below }: Counted, wanted: readonly number[]): Float64Array {
  const cuts = wanted.flatMap((count) => {
    const e = below.findIndex((n) => n >= count);
    return e < 0 || below[e] === 0 ? [] : [edges[e]!];
  });
  return Float64Array.from(new Set(cuts));
}
