import type { GreyLevels } from './discretise.js';
import { holdsSeveral, type Direction } from './neighbourhood.js';
import { scratchOf } from './scratch.js';

/** What one pass over all pairs of neighbours finds: the matrices of three classes at once, which otherwise each read the same voxels. */
export interface PairScan {
  /** Co-occurrences (i, j) of each direction, level by level. */
  readonly pairs: readonly Int32Array[];
  /** Runs of each direction, level × length − 1; null for a direction no line of which holds two voxels. */
  readonly runs: readonly (Int32Array | null)[];
  readonly longest: number;
  /** Neighbours of the same level, level × number; the voxel itself is not among them. */
  readonly equals: Int32Array;
}

/** A scan keeps the co-occurrences of all directions: for more levels the classes count for themselves. */
const MOST_LEVELS = 512;

const scans = new WeakMap<GreyLevels, PairScan>();

/** The scan of a region's grey levels at distance 1, made once; null with too many levels for it. */
export function pairScan(levels: GreyLevels, directions: readonly Direction[]): PairScan | null {
  if (levels.present.length > MOST_LEVELS) return null;
  const known = scans.get(levels);
  if (known) return known;
  const made = scan(levels, directions);
  scans.set(levels, made);
  return made;
}

function scan({ box, present, region }: GreyLevels, directions: readonly Direction[]): PairScan {
  const { places, size, margin } = region;
  const n = present.length;
  const longest = Math.max(...size.map((length) => length - 2 * margin));
  // Length so far of the run that ends at a voxel, and its neighbours of the same level.
  const lengths = scratchOf(region, 'run lengths', (cells) => new Uint16Array(cells));
  const equal = scratchOf(region, 'equal neighbours', (cells) => new Uint8Array(cells)).fill(0);
  const results = directions.map(({ offset }) => {
    const [pairs, runs] = [new Int32Array(n * n), new Int32Array(n * longest)];
    scanDirection({ box, places, offset, lengths, equal, pairs, runs, n, longest });
    return { pairs, runs };
  });
  const columns = 2 * directions.length + 1;
  const equals = new Int32Array(n * columns);
  for (let v = 0; v < places.length; v++) equals[(box[places[v]] - 1) * columns + equal[places[v]]]++;
  return { pairs: results.map(({ pairs }) => pairs), runs: results.map(({ runs }, k) => (holdsSeveral(region, directions[k]) ? runs : null)), longest, equals };
}

interface DirectionScan {
  readonly box: Uint16Array;
  readonly places: Int32Array;
  readonly offset: number;
  readonly lengths: Uint16Array;
  readonly equal: Uint8Array;
  readonly pairs: Int32Array;
  readonly runs: Int32Array;
  readonly n: number;
  readonly longest: number;
}

function scanDirection({ box, places, offset, lengths, equal, pairs, runs, n, longest }: DirectionScan): void {
  for (let v = 0; v < places.length; v++) {
    const at = places[v];
    const next = at + offset;
    const level = box[at];
    const other = box[next];
    const length = lengths[at];
    // Left clean for the next direction.
    lengths[at] = 0;
    if (other === level) {
      lengths[next] = length + 1;
      equal[at]++;
      equal[next]++;
      pairs[(level - 1) * (n + 1)]++;
    } else {
      runs[(level - 1) * longest + length]++;
      if (other !== 0) pairs[(level - 1) * n + other - 1]++;
    }
  }
}
