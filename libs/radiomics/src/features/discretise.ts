import type { Region } from './region.js';
import { scratchOf } from './scratch.js';

/** How grey values become grey levels: bins of a fixed width, or a fixed number of bins. */
export type Discretisation = { readonly binWidth: number } | { readonly binCount: number };

/** A region with grey levels. One at a time: the box is the region's working memory, and the next image takes it over. */
export interface GreyLevels {
  readonly region: Region;
  /** 1 + index into `present` of each voxel, in the region's order. */
  readonly indices: Uint16Array;
  /** Levels that occur, ascending, 1-based. */
  readonly present: Int32Array;
  /** 1 + index into `present` in the padded box; 0 outside the region. */
  readonly box: Uint16Array;
  /** Highest level (pyradiomics' Ng). */
  readonly highest: number;
}

/** More bins than this are not counted: the bin width does not suit the image. */
export const MOST_BINS = 1 << 22;
/** Most levels that may occur, so that an index fits 16 bits. */
const MOST_LEVELS = 65_534;

/** Where bins begin: edge(i) for i = 0 … count − 1, as numpy makes them. */
interface Edges {
  readonly low: number;
  readonly step: number;
  readonly count: number;
  /** The last edge where it is not low + (count − 1) · step. */
  readonly last: number | null;
}

/**
 * Grey levels as pyradiomics 3.0.1 makes them. Fixed width W: the first edge is min − (min mod W), then every W; a value on an edge belongs to the bin above. Fixed
 * count: equal bins from min to max, the last edge raised by 1. A constant region has one level. Null when the bins or levels are too many to count.
 *
 * @param singlePrecision the image is float32, and so is pyradiomics' first edge
 */
export function discretise(values: Float64Array, region: Region, how: Discretisation, singlePrecision = false): GreyLevels | null {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (x < min) min = x;
    if (x > max) max = x;
  }
  const edges = 'binWidth' in how ? widthEdges(min, max, how.binWidth, singlePrecision) : countEdges(min, max, how.binCount);
  if (!(edges.count <= MOST_BINS)) return null;
  const levels = levelsOf(values, edges);
  const index = new Int32Array(edges.count + 1);
  for (let i = 0; i < levels.length; i++) index[levels[i]] = 1;
  const present: number[] = [];
  for (let level = 0; level < index.length; level++) if (index[level] === 1) index[level] = present.push(level);
  if (present.length > MOST_LEVELS) return null;
  return { region, highest: present.at(-1)!, present: Int32Array.from(present), ...placeIndices(levels, index, region) };
}

/** The level of a value is the number of edges at or below it: a guess, then corrected against the edges themselves. */
function levelsOf(values: Float64Array, { low, step, count, last }: Edges): Int32Array {
  const levels = new Int32Array(values.length);
  const scale = 1 / step;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    let level = Math.floor((x - low) * scale) + 1;
    if (level > count) level = count;
    if (level < 0) level = 0;
    while (level > 0 && (last !== null && level === count ? last : low + (level - 1) * step) > x) level--;
    while (level < count && (last !== null && level === count - 1 ? last : low + level * step) <= x) level++;
    levels[i] = level;
  }
  return levels;
}

function widthEdges(min: number, max: number, width: number, singlePrecision: boolean): Edges {
  const remainder = min % width;
  let modulo = remainder !== 0 && remainder < 0 !== width < 0 ? remainder + width : remainder;
  if (singlePrecision) modulo = Math.fround(modulo);
  const low = singlePrecision ? Math.fround(min - modulo) : min - modulo;
  const high = singlePrecision ? Math.fround(max + 2 * width) : max + 2 * width;
  // numpy's arange steps by the difference of its first two values.
  return { low, step: low + width - low, count: Math.max(1, Math.ceil((high - low) / width)), last: null };
}

function countEdges(min: number, max: number, count: number): Edges {
  const [low, high] = min === max ? [min - 0.5, max + 0.5] : [min, max];
  return { low, step: (high - low) / count, count: count + 1, last: high + 1 };
}

function placeIndices(levels: Int32Array, index: Int32Array, region: Region): Pick<GreyLevels, 'indices' | 'box'> {
  const { places } = region;
  const indices = new Uint16Array(levels.length);
  const box = scratchOf(region, 'levels', (cells) => new Uint16Array(cells));
  for (let i = 0; i < levels.length; i++) {
    const k = index[levels[i]];
    indices[i] = k;
    box[places[i]] = k;
  }
  return { indices, box };
}
