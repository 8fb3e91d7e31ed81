import type { GreyLevels } from './discretise.js';
import type { Features } from './features.js';
import { ZoneMatrix, type ZoneFigures } from './zone-matrix.js';

/** The 16 grey-level size-zone features of pyradiomics: zones are 26-connected (8-connected in a plane) voxels of one grey level. */
export function glszmFeatures(greyLevels: GreyLevels, steps: readonly number[]): Features {
  const { box, present, region } = greyLevels;
  const matrix = new ZoneMatrix(present);
  const left = box.slice();
  const stack = new Int32Array(region.places.length);
  const neighbours = Int32Array.from(steps.flatMap((step) => [step, -step]));
  for (let v = 0; v < region.places.length; v++) {
    const seed = region.places[v]!;
    const level = left[seed]!;
    if (level === 0) continue;
    let size = 0;
    let top = 0;
    stack[top++] = seed;
    left[seed] = 0;
    while (top > 0) {
      const at = stack[--top]!;
      size++;
      for (let k = 0; k < neighbours.length; k++) {
        const neighbour = at + neighbours[k]!;
        if (left[neighbour] === level) {
          left[neighbour] = 0;
          stack[top++] = neighbour;
        }
      }
    }
    matrix.add(level - 1, size);
  }
  return named(matrix.figures()!, region.places.length);
}

function named({ count, bySize, byGrey, entropy, smallLow, smallHigh, largeLow, largeHigh }: ZoneFigures, voxels: number): Features {
  return {
    GrayLevelNonUniformity: byGrey.nonUniformity,
    GrayLevelNonUniformityNormalized: byGrey.nonUniformityNormalised,
    GrayLevelVariance: byGrey.variance,
    HighGrayLevelZoneEmphasis: byGrey.emphasisLarge,
    LargeAreaEmphasis: bySize.emphasisLarge,
    LargeAreaHighGrayLevelEmphasis: largeHigh,
    LargeAreaLowGrayLevelEmphasis: largeLow,
    LowGrayLevelZoneEmphasis: byGrey.emphasisSmall,
    SizeZoneNonUniformity: bySize.nonUniformity,
    SizeZoneNonUniformityNormalized: bySize.nonUniformityNormalised,
    SmallAreaEmphasis: bySize.emphasisSmall,
    SmallAreaHighGrayLevelEmphasis: smallHigh,
    SmallAreaLowGrayLevelEmphasis: smallLow,
    ZoneEntropy: entropy,
    ZonePercentage: count / voxels,
    ZoneVariance: bySize.variance,
  };
}
