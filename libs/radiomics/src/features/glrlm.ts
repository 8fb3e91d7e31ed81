import type { GreyLevels } from './discretise.js';
import type { WeightingNorm } from '../settings.js';
import type { Features } from './features.js';
import { directionLength, holdsSeveral, type Direction } from './neighbourhood.js';
import { longestLine, type PairScan } from './pair-scan.js';
import { consecutive, figuresOfMatrix, type ZoneFigures } from './zone-matrix.js';

/**
 * The 16 grey-level run-length features of pyradiomics, averaged over directions; with a norm, of the sum of the matrices, each times the direction's length in millimetres
 * (not a falling weight as for co-occurrences). A direction along which no line holds two voxels is left out; when that leaves none, null.
 */
export function glrlmFeatures(levels: GreyLevels, directions: readonly Direction[], { norm, scan }: { norm: WeightingNorm | null; scan: PairScan | null }): Features | null {
  const { space, present } = levels;
  const { heap, region } = space;
  const used = directions.filter((direction) => holdsSeveral(region, direction));
  if (used.length === 0) return null;
  return heap.scoped(() => {
    const columns = longestLine(levels);
    const sizes = heap.putDoubles(consecutive(columns));
    const cells = present.length * columns;
    const runsOf = (direction: Direction) => scan?.runs[directions.indexOf(direction)] ?? runsAlong(levels, direction.offset, columns);
    const figuresOf = (counts: number, words: boolean) => named(figuresOfMatrix(levels, { counts, words, sizes, columns })!);
    if (norm === null) return averageFeatures(used.map((direction) => heap.scoped(() => figuresOf(runsOf(direction), true))));
    const total = heap.zeros(8 * cells);
    for (const direction of used) heap.scoped(() => heap.kernels.addWeighted(total, runsOf(direction), cells, directionLength(direction, region.spacing, norm) ?? 1));
    return figuresOf(total, false);
  });
}

/** The mean of each feature over several sets that have the same names. */
export function averageFeatures(sets: readonly Features[]): Features {
  const names = Object.keys(sets[0]);
  return Object.fromEntries(names.map((name) => [name, sets.reduce((sum, features) => sum + features[name], 0) / sets.length]));
}

function runsAlong({ space: { heap, box, places, count, lengths }, present }: GreyLevels, offset: number, longest: number): number {
  const runs = heap.zeros(4 * present.length * longest);
  heap.kernels.countRuns(box, places, count, offset, lengths, runs, longest);
  return runs;
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
