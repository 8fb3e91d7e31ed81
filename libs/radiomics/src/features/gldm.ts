import type { GreyLevels } from './discretise.js';
import type { Features } from './features.js';
import { opposites, type Direction } from './neighbourhood.js';
import type { PairScan } from './pair-scan.js';
import { consecutive, figuresOfMatrix } from './zone-matrix.js';

/** The 14 grey-level dependence features of pyradiomics: a neighbour depends when its grey level differs by at most alpha; the voxel itself counts 1. A scan serves when alpha is 0. */
export function gldmFeatures(levels: GreyLevels, directions: readonly Direction[], { alpha, scan }: { alpha: number; scan: PairScan | null }): Features {
  const { heap } = levels.space;
  return heap.scoped(() => {
    const columns = 2 * directions.length + 1;
    const counts = scan && alpha === 0 ? scan.equals : nearNeighbours(levels, directions, alpha);
    const { bySize, byGrey, entropy, smallLow, smallHigh, largeLow, largeHigh } = figuresOfMatrix(levels, { counts, words: true, sizes: heap.putDoubles(consecutive(columns)), columns })!;
    return {
      DependenceEntropy: entropy,
      DependenceNonUniformity: bySize.nonUniformity,
      DependenceNonUniformityNormalized: bySize.nonUniformityNormalised,
      DependenceVariance: bySize.variance,
      GrayLevelNonUniformity: byGrey.nonUniformity,
      GrayLevelVariance: byGrey.variance,
      HighGrayLevelEmphasis: byGrey.emphasisLarge,
      LargeDependenceEmphasis: bySize.emphasisLarge,
      LargeDependenceHighGrayLevelEmphasis: largeHigh,
      LargeDependenceLowGrayLevelEmphasis: largeLow,
      LowGrayLevelEmphasis: byGrey.emphasisSmall,
      SmallDependenceEmphasis: bySize.emphasisSmall,
      SmallDependenceHighGrayLevelEmphasis: smallHigh,
      SmallDependenceLowGrayLevelEmphasis: smallLow,
    };
  });
}

function nearNeighbours({ space, present, presentAt }: GreyLevels, directions: readonly Direction[], alpha: number): number {
  const { heap, box, places, count } = space;
  const offsets = opposites(directions);
  const counts = heap.zeros(4 * present.length * (offsets.length + 1));
  heap.kernels.countNear(box, places, count, heap.putWords(offsets), offsets.length, presentAt, alpha, counts);
  return counts;
}
