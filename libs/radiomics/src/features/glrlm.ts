import type { GreyLevels } from './discretise.js';
import type { Features } from './features.js';
import { ZoneMatrix, type ZoneFigures } from './zone-matrix.js';

/**
 * The 16 grey-level run-length features of pyradiomics, averaged over directions. A direction in which no two voxels of the region follow each other is left out;
 * when that leaves none, the figures of one direction (all runs of length 1) stand.
 *
 * @param weights per direction, or null for the plain average; with weights the matrices are summed instead
 */
export function glrlmFeatures(greyLevels: GreyLevels, steps: readonly number[]): Features {
  const sets: Features[] = [];
  for (const step of steps) {
    const { matrix, several } = runsAlong(greyLevels, step);
    if (several) sets.push(named(matrix.figures()!));
  }
  if (sets.length === 0) sets.push(named(runsAlong(greyLevels, greyLevels.box.length).matrix.figures()!));
  return averageFeatures(sets);
}

/** The mean of each feature over several sets that have the same names. */
export function averageFeatures(sets: readonly Features[]): Features {
  const names = Object.keys(sets[0]!);
  return Object.fromEntries(names.map((name) => [name, sets.reduce((sum, features) => sum + features[name]!, 0) / sets.length]));
}

function runsAlong({ box, present, region }: GreyLevels, step: number): { matrix: ZoneMatrix; several: boolean } {
  const matrix = new ZoneMatrix(present);
  let several = false;
  for (let v = 0; v < region.places.length; v++) {
    const start = region.places[v]!;
    const level = box[start]!;
    const before = box[start - step] ?? 0;
    if (before !== 0) several = true;
    if (before === level) continue;
    let length = 1;
    for (let at = start + step; box[at] === level; at += step) length++;
    matrix.add(level - 1, length);
  }
  return { matrix, several };
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
