import type { GreyLevels } from './discretise.js';
import type { Features } from './features.js';
import type { Direction } from './neighbourhood.js';
import { pairScan } from './pair-scan.js';
import { consecutive, zoneFigures } from './zone-matrix.js';

/** The 14 grey-level dependence features of pyradiomics: a neighbour depends when its grey level differs by at most alpha; the voxel itself counts 1. `adjacent` says that the directions are those of distance 1. */
export function gldmFeatures(greyLevels: GreyLevels, directions: readonly Direction[], { alpha, adjacent }: { alpha: number; adjacent: boolean }): Features {
  const neighbours = Int32Array.from(directions.flatMap(({ offset }) => [offset, -offset]));
  const columns = neighbours.length + 1;
  const scan = adjacent && alpha === 0 ? pairScan(greyLevels, directions) : null;
  const counts = scan ? scan.equals : alpha === 0 ? equalNeighbours(greyLevels, neighbours) : nearNeighbours(greyLevels, neighbours, alpha);
  const figures = zoneFigures({ greyValues: greyLevels.present, sizes: consecutive(columns), counts })!;
  const { bySize, byGrey, entropy, smallLow, smallHigh, largeLow, largeHigh } = figures;
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

function equalNeighbours({ box, present, region: { places } }: GreyLevels, neighbours: Int32Array): Int32Array {
  const reach = neighbours.length;
  const counts = new Int32Array(present.length * (reach + 1));
  for (let v = 0; v < places.length; v++) {
    const at = places[v];
    const index = box[at];
    let dependent = 0;
    for (let k = 0; k < reach; k++) dependent += box[at + neighbours[k]] === index ? 1 : 0;
    counts[(index - 1) * (reach + 1) + dependent]++;
  }
  return counts;
}

function nearNeighbours({ box, present, region: { places } }: GreyLevels, neighbours: Int32Array, alpha: number): Int32Array {
  const counts = new Int32Array(present.length * (neighbours.length + 1));
  for (let v = 0; v < places.length; v++) {
    const at = places[v];
    const index = box[at];
    let dependent = 0;
    for (let k = 0; k < neighbours.length; k++) {
      const other = box[at + neighbours[k]];
      if (other !== 0 && Math.abs(present[other - 1] - present[index - 1]) <= alpha) dependent++;
    }
    counts[(index - 1) * (neighbours.length + 1) + dependent]++;
  }
  return counts;
}
