import type { GreyLevels } from './discretise.js';
import type { Features } from './features.js';
import { ZoneMatrix } from './zone-matrix.js';

/** The 14 grey-level dependence features of pyradiomics: a neighbour depends when its grey level differs by at most alpha; the voxel itself counts 1. */
export function gldmFeatures({ box, present, region }: GreyLevels, steps: readonly number[], alpha: number): Features {
  const matrix = new ZoneMatrix(present);
  const neighbours = Int32Array.from(steps.flatMap((step) => [step, -step]));
  for (let v = 0; v < region.places.length; v++) {
    const at = region.places[v]!;
    const index = box[at]!;
    let dependent = 1;
    for (let k = 0; k < neighbours.length; k++) {
      const other = box[at + neighbours[k]!]!;
      if (other === index || (alpha > 0 && other !== 0 && Math.abs(present[other - 1]! - present[index - 1]!) <= alpha)) dependent++;
    }
    matrix.add(index - 1, dependent);
  }
  const { bySize, byGrey, entropy, smallLow, smallHigh, largeLow, largeHigh } = matrix.figures()!;
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
}
