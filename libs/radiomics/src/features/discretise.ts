import type { Region } from './region.js';

/** How grey values become grey levels: bins of a fixed width, or a fixed number of bins. */
export type Discretisation = { readonly binWidth: number } | { readonly binCount: number };

/** A region with grey levels. */
export interface GreyLevels {
  readonly region: Region;
  /** 1-based level of each voxel, in the region's order. */
  readonly levels: Int32Array;
  /** Levels that occur, ascending; `index` of a voxel points here. */
  readonly present: Int32Array;
  /** 1 + index into `present` in the padded box; 0 outside the region. */
  readonly box: Int32Array;
  /** Highest level (pyradiomics' Ng). */
  readonly highest: number;
}

/**
 * Grey levels as pyradiomics 3.0.1 makes them. Fixed width W: the first edge is min − (min mod W), then every W; a value on an edge belongs to the bin above. Fixed
 * count: equal bins from min to max, the last edge raised by 1. A constant region has one level.
 *
 * @param singlePrecision the image is float32, and so is pyradiomics' first edge
 */
export function discretise(values: Float64Array, region: Region, how: Discretisation, singlePrecision = false): GreyLevels {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  const edges = 'binWidth' in how ? widthEdges(min, max, how.binWidth, singlePrecision) : countEdges(min, max, how.binCount);
  const levels = new Int32Array(values.length);
  const seen = new Uint8Array(edges.length + 1);
  const scale = edges.length > 1 ? 1 / (edges[1]! - edges[0]!) : 0;
  let highest = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    // The level is the number of edges at or below the value: a guess, then corrected against the edges themselves.
    let level = Math.min(edges.length, Math.max(0, Math.floor((x - edges[0]!) * scale) + 1));
    while (level > 0 && edges[level - 1]! > x) level--;
    while (level < edges.length && edges[level]! <= x) level++;
    levels[i] = level;
    seen[level] = 1;
    if (level > highest) highest = level;
  }
  return { region, levels, highest, ...indexLevels(levels, seen, region) };
}

function widthEdges(min: number, max: number, width: number, singlePrecision: boolean): Float64Array {
  const remainder = min % width;
  let modulo = remainder !== 0 && remainder < 0 !== width < 0 ? remainder + width : remainder;
  if (singlePrecision) modulo = Math.fround(modulo);
  const low = singlePrecision ? Math.fround(min - modulo) : min - modulo;
  const high = singlePrecision ? Math.fround(max + 2 * width) : max + 2 * width;
  const count = Math.max(1, Math.ceil((high - low) / width));
  return Float64Array.from({ length: count }, (_, i) => low + i * width);
}

function countEdges(min: number, max: number, count: number): Float64Array {
  const [low, high] = min === max ? [min - 0.5, max + 0.5] : [min, max];
  const step = (high - low) / count;
  const edges = Float64Array.from({ length: count + 1 }, (_, i) => (i === count ? high : i * step + low));
  edges[count] = edges[count]! + 1;
  return edges;
}

function indexLevels(levels: Int32Array, seen: Uint8Array, { size, places }: Region): Pick<GreyLevels, 'present' | 'box'> {
  const present: number[] = [];
  const index = new Int32Array(seen.length);
  for (let level = 0; level < seen.length; level++) if (seen[level] === 1) index[level] = present.push(level);
  const box = new Int32Array(size[0] * size[1] * size[2]);
  for (let i = 0; i < levels.length; i++) box[places[i]!] = index[levels[i]!]!;
  return { present: Int32Array.from(present), box };
}
