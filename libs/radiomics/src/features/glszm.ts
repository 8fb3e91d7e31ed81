import type { GreyLevels } from './discretise.js';
import type { Features } from './features.js';
import type { Direction } from './neighbourhood.js';
import { scratchOf } from './scratch.js';
import { zoneFigures, type ZoneFigures } from './zone-matrix.js';

/** The 16 grey-level size-zone features of pyradiomics: zones are 26-connected (8-connected in a plane) voxels of one grey level. */
export function glszmFeatures(greyLevels: GreyLevels, directions: readonly Direction[]): Features {
  const zones = zonesOf(greyLevels, directions);
  const column = new Int32Array(greyLevels.indices.length + 1);
  for (let zone = 0; zone < zones.count; zone++) column[zones.sizes[zone]] = 1;
  const sizes: number[] = [];
  for (let size = 1; size < column.length; size++) if (column[size] === 1) column[size] = sizes.push(size) - 1;
  const counts = new Int32Array(greyLevels.present.length * sizes.length);
  for (let zone = 0; zone < zones.count; zone++) counts[(zones.levels[zone] - 1) * sizes.length + column[zones.sizes[zone]]]++;
  return named(zoneFigures({ greyValues: greyLevels.present, sizes, counts })!, greyLevels.indices.length);
}

/** Level and size of each zone: voxels are joined with their earlier neighbours, sets kept as trees. */
function zonesOf({ box, indices, region }: GreyLevels, directions: readonly Direction[]): { count: number; levels: Uint16Array; sizes: Int32Array } {
  // The set a voxel belongs to, by its place; a set's parent is an earlier set or itself.
  const { places, strides } = region;
  const setOf = scratchOf(region, 'sets', (cells) => new Int32Array(cells));
  const parent = scratchOf(region, 'parents', (cells) => new Int32Array(cells));
  // All 26 neighbours: the voxel below touches every other earlier one, so that it answers for them.
  const below = directions.length === 13 ? strides[2] : 0;
  const earlier = Int32Array.from(directions, ({ offset }) => -offset).sort();
  const rootOf = (set: number): number => {
    let root = set;
    while (parent[root] !== root) root = parent[root] = parent[parent[root]]!;
    return root;
  };
  let made = 0;
  for (let v = 0; v < places.length; v++) {
    const at = places[v];
    const level = box[at];
    if (below !== 0 && box[at - below] === level) {
      setOf[at] = rootOf(setOf[at - below]);
      continue;
    }
    let own = -1;
    for (let k = 0; k < earlier.length; k++) {
      const neighbour = at + earlier[k];
      if (box[neighbour] !== level) continue;
      const other = rootOf(setOf[neighbour]);
      if (own < 0) own = other;
      else if (other < own) own = parent[own] = other;
      else parent[other] = own;
    }
    if (own < 0) {
      own = made;
      parent[made] = made++;
    }
    setOf[at] = own;
  }
  return gathered({ made, parent, setOf, places, indices });
}

interface Sets {
  readonly made: number;
  readonly parent: Int32Array;
  readonly setOf: Int32Array;
  readonly places: Int32Array;
  readonly indices: Uint16Array;
}

function gathered({ made, parent, setOf, places, indices }: Sets): { count: number; levels: Uint16Array; sizes: Int32Array } {
  const zoneOf = new Int32Array(made);
  let count = 0;
  // A parent is never later than its child, so that one pass resolves all.
  for (let set = 0; set < made; set++) zoneOf[set] = parent[set] === set ? count++ : zoneOf[parent[set]];
  const sizes = new Int32Array(count);
  const levels = new Uint16Array(count);
  for (let v = 0; v < places.length; v++) {
    const zone = zoneOf[setOf[places[v]]];
    sizes[zone]++;
    levels[zone] = indices[v]!;
  }
  return { count, levels, sizes };
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
