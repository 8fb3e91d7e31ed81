import type { GreyLevels } from './discretise.js';
import type { WeightingNorm } from '../settings.js';
import type { Features } from './features.js';
import { directionLength, holdsSeveral, type Direction } from './neighbourhood.js';
import { pairScan } from './pair-scan.js';
import { consecutive, zoneFigures, type ZoneFigures } from './zone-matrix.js';

/**
 * The 16 grey-level run-length features of pyradiomics, averaged over directions; with a norm, of the sum of the matrices, each times the direction's length in millimetres
 * (not a falling weight as for co-occurrences). A direction along which no line holds two voxels is left out; when that leaves none, null.
 */
export function glrlmFeatures(greyLevels: GreyLevels, directions: readonly Direction[], norm: WeightingNorm | null): Features | null {
  const { region, present } = greyLevels;
  const used = directions.filter((direction) => holdsSeveral(region, direction));
  if (used.length === 0) return null;
  const scan = pairScan(greyLevels, directions);
  const longest = Math.max(...region.size.map((length) => length - 2 * region.margin));
  const scratch = scan ? null : new Uint16Array(greyLevels.box.length);
  const runsOf = (direction: Direction) => scan?.runs[directions.indexOf(direction)] ?? runsAlong(greyLevels, direction.offset, longest, scratch!);
  const sizes = consecutive(longest);
  const figuresOf = (counts: ArrayLike<number>) => named(zoneFigures({ greyValues: present, sizes, counts })!);
  if (norm === null) return averageFeatures(used.map((direction) => figuresOf(runsOf(direction))));
  const total = new Float64Array(present.length * longest);
  for (const direction of used) {
    const weight = directionLength(direction, region.spacing, norm) ?? 1;
    runsOf(direction).forEach((count, i) => (total[i] += weight * count));
  }
  return figuresOf(total);
}

/** The mean of each feature over several sets that have the same names. */
export function averageFeatures(sets: readonly Features[]): Features {
  const names = Object.keys(sets[0]);
  return Object.fromEntries(names.map((name) => [name, sets.reduce((sum, features) => sum + features[name], 0) / sets.length]));
}

/** Runs of each level and length. The length of the run up to a voxel is kept in `scratch`; where the next voxel differs the run is counted, without branches. */
 
function runsAlong({ box, present, region: { places } }: GreyLevels, step: number, longest: number, scratch: Uint16Array): Int32Array {
  const counts = new Int32Array(present.length * longest);
  for (let v = 0; v < places.length; v++) {
    const at = places[v];
    const level = box[at];
    const length = box[at - step] === level ? scratch[at - step] + 1 : 1;
    scratch[at] = length;
    counts[(level - 1) * longest + length - 1] += box[at + step] === level ? 0 : 1;
  }
  return counts;
}

function named({ count, voxels, bySize, byGrey, entropy, smallLow, smallHigh, largeLow, largeHigh }: ZoneFigures): Features {
  return {
    GrayLevelNonUniformity: byGrey.nonUniformity,
    GrayLevelNonUniformityNormalized: byGrey.nonUniformityNormalised,
    GrayLevelVariance: byGrey.variance,
    HighGrayLevelRunEmphasis: byGrey.emphasisLarge,
    LongRunEmphasis: bySize.emphasisLarge,
    LongRunHighGrayLevelEmphasis: largeHigh,
    LongRunLowGrayLevelEmphasis: largeLow,
    LowGrayLevelRunEmphasis: byGrey.emphasisSmall,
    RunEntropy: entropy,
    RunLengthNonUniformity: bySize.nonUniformity,
    RunLengthNonUniformityNormalized: bySize.nonUniformityNormalised,
    RunPercentage: count / voxels,
    RunVariance: bySize.variance,
    ShortRunEmphasis: bySize.emphasisSmall,
    ShortRunHighGrayLevelEmphasis: smallHigh,
    ShortRunLowGrayLevelEmphasis: smallLow,
  };
}
