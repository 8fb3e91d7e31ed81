import type { GreyLevels } from './discretise.js';
import type { Features } from './features.js';
import type { Direction } from './neighbourhood.js';
import { figuresOfMatrix, type ZoneFigures } from './zone-matrix.js';

/** The 16 grey-level size-zone features of pyradiomics: zones are 26-connected (8-connected in a plane) voxels of one grey level. */
export function glszmFeatures(levels: GreyLevels, directions: readonly Direction[]): Features {
  const { space, present } = levels;
  const { heap, count, cells, places, box, region } = space;
  return heap.scoped(() => {
    const [sizes, zoneLevels] = [heap.zeros(4 * count), heap.take(4 * count)];
    const zones = heap.scoped(() => {
      const [setOf, parent, zoneOf] = [heap.take(4 * cells), heap.take(4 * count), heap.take(4 * count)];
      const earlier = heap.putWords(directions.map(({ offset }) => offset));
      // All 26 neighbours: the voxel below touches every other earlier one, so that it answers for them.
      const below = directions.length === 13 ? region.strides[2] : 0;
      const made = heap.kernels.joinZones(box, places, count, earlier, directions.length, below, setOf, parent);
      return heap.kernels.gatherZones(made, parent, setOf, box, places, count, zoneOf, sizes, zoneLevels);
    });
    const column = heap.zeros(4 * (count + 1));
    // Zones of all different sizes have at least 1 + 2 + 3 + … voxels.
    const distinct = heap.take(8 * Math.ceil(Math.sqrt(2 * count) + 1));
    const columns = heap.kernels.distinctSizes(sizes, zones, column, count, distinct);
    const counts = heap.zeros(4 * present.length * columns);
    heap.kernels.countZones(sizes, zoneLevels, zones, column, columns, counts);
    return named(figuresOfMatrix(levels, { counts, words: true, sizes: distinct, columns })!, count);
  });
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
