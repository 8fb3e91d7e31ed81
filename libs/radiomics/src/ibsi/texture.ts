import { zoneFigures, type ZoneFigures } from '../features/zone-matrix.js';
import { discretised, placesOf, type IbsiRegion, type IbsiSettings } from './ibsi-case.js';
import type { Tagged } from './intensity.js';
import { cooccurrenceFigures } from './cooccurrence.js';

type Step = readonly [number, number, number];

/** Half of all neighbours at distance 1: of each pair of opposite ones one. */
const HALF: readonly Step[] = Array.from({ length: 27 }, (_, i): Step => [(i % 3) - 1, (Math.floor(i / 3) % 3) - 1, Math.floor(i / 9) - 1]).slice(14);

interface Levels {
  readonly box: Int32Array;
  readonly places: Int32Array;
  readonly count: number;
  readonly region: IbsiRegion;
  /** Voxels of each slice. */
  readonly slices: readonly Int32Array[];
}

/** All texture figures of IBSI: by slice and direction, by slice, by direction, merged (2D and 2.5D); by direction and merged (3D). */
export function textureFigures(region: IbsiRegion, settings: IbsiSettings, dimensions: readonly ('2D' | '3D')[]): Tagged {
  const places = placesOf(region.intensity);
  const { levels, count } = discretised(Float64Array.from(places, (at) => region.values[at]), settings.discretisation, settings.range);
  const box = new Int32Array(region.values.length);
  places.forEach((at, i) => (box[at] = levels[i]!));
  const bySlice = new Map<number, number[]>();
  for (const at of places) {
    const z = Math.floor(at / region.strides[2]);
    const slice = bySlice.get(z) ?? [];
    bySlice.set(z, slice);
    slice.push(at);
  }
  const all: Levels = { box, places, count, region, slices: [...bySlice.values()].map((slice) => Int32Array.from(slice)) };
  const plane = HALF.filter(([, , z]) => z === 0);
  return {
    ...(dimensions.includes('2D') ? { ...directional(all, plane, '2D'), ...zonal(all, plane, '2D') } : {}),
    ...(dimensions.includes('3D') ? { ...directional(all, HALF, '3D'), ...zonal(all, HALF, '3D') } : {}),
  };
}

const offsetOf = ([x, y, z]: Step, { strides }: IbsiRegion): number => x + y * strides[1] + z * strides[2];

/** A matrix with as many columns as it needs. */
interface Matrix {
  readonly counts: Float64Array;
  readonly columns: number;
  /** Voxels behind it, counted once a matrix merged. */
  readonly voxels: number;
}

function merged(matrices: readonly Matrix[], rows: number): Matrix {
  const columns = Math.max(...matrices.map((matrix) => matrix.columns));
  const counts = new Float64Array(rows * columns);
  for (const matrix of matrices) for (let i = 0; i < rows; i++) for (let j = 0; j < matrix.columns; j++) counts[i * columns + j] += matrix.counts[i * matrix.columns + j];
  return { counts, columns, voxels: matrices.reduce((total, { voxels }) => total + voxels, 0) };
}

const tagged = (figures: Tagged, prefix: string, suffix: string): Tagged => Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}_${name}_${suffix}`, value]));

function averaged(sets: readonly (Tagged | null)[]): Tagged {
  const present = sets.filter((set) => set !== null);
  return Object.fromEntries(Object.keys(present[0] ?? {}).map((name) => [name, present.reduce((total, set) => total + set[name], 0) / present.length]));
}

/** Classes with one matrix a direction. */
function directional(levels: Levels, steps: readonly Step[], dimension: '2D' | '3D'): Tagged {
  const kinds = [
    { prefix: 'cm', matrix: cooccurrences, figures: ({ counts }: Matrix) => cooccurrenceFigures(counts, levels.count) },
    { prefix: 'rlm', matrix: runs, figures: (matrix: Matrix) => named(matrix, levels.count, RUN_NAMES) },
  ];
  return Object.assign({}, ...kinds.map(({ prefix, matrix, figures }) => {
    const parts = dimension === '3D' ? [levels.places] : levels.slices;
    const table = parts.map((places) => steps.map((step) => matrix(levels, places, offsetOf(step, levels.region))));
    const byDirection = steps.map((_, d) => merged(table.map((row) => row[d]), levels.count));
    const merge = (matrices: readonly Matrix[]) => figures(merged(matrices, levels.count))!;
    if (dimension === '3D') return { ...tagged(averaged(byDirection.map(figures)), prefix, '3D_avg'), ...tagged(merge(byDirection), prefix, '3D_comb') };
    return {
      ...tagged(averaged(table.flat().map(figures)), prefix, '2D_avg'),
      ...tagged(averaged(table.map((row) => figures(merged(row, levels.count)))), prefix, '2D_comb'),
      ...tagged(averaged(byDirection.map(figures)), prefix, '2_5D_avg'),
      ...tagged(merge(byDirection), prefix, '2_5D_comb'),
    };
  })) as Tagged;
}

/** Classes with one matrix a slice or a volume. */
function zonal(levels: Levels, steps: readonly Step[], dimension: '2D' | '3D'): Tagged {
  const offsets = steps.map((step) => offsetOf(step, levels.region)).flatMap((offset) => [offset, -offset]);
  const distances = borderDistances(levels.region, dimension);
  const parts = dimension === '3D' ? [levels.places] : levels.slices;
  const figuresOf = (prefix: string, matrices: readonly Matrix[], names: Names): Tagged =>
    dimension === '3D'
      ? tagged(named(matrices[0], levels.count, names)!, prefix, '3D')
      : { ...tagged(averaged(matrices.map((matrix) => named(matrix, levels.count, names))), prefix, '2D'), ...tagged(named(merged(matrices, levels.count), levels.count, names)!, prefix, '2_5D') };
  const zones = parts.map((places) => zonesOf(levels, places, offsets, distances));
  const differences = parts.map((places) => greyDifferences(levels, places, offsets));
  return {
    ...figuresOf('szm', zones.map(({ sizes }) => sizes), SIZE_NAMES),
    ...figuresOf('dzm', zones.map(({ byDistance }) => byDistance), DISTANCE_NAMES),
    ...figuresOf('ngl', parts.map((places) => dependences(levels, places, offsets)), DEPENDENCE_NAMES),
    ...(dimension === '3D'
      ? tagged(differenceFigures(differences[0]), 'ngt', '3D')
      : { ...tagged(averaged(differences.map(differenceFigures)), 'ngt', '2D'), ...tagged(differenceFigures(joined(differences)), 'ngt', '2_5D') }),
  };
}

function cooccurrences({ box, count }: Levels, places: Int32Array, offset: number): Matrix {
  const counts = new Float64Array(count * count);
  for (const at of places) {
    const [i, j] = [box[at] - 1, box[at + offset] - 1];
    if (j < 0) continue;
    counts[i * count + j]++;
    counts[j * count + i]++;
  }
  return { counts, columns: count, voxels: places.length };
}

function runs({ box, count, region: { size } }: Levels, places: Int32Array, offset: number): Matrix {
  const columns = Math.max(...size);
  const counts = new Float64Array(count * columns);
  for (const at of places) {
    const level = box[at];
    if (box[at - offset] === level) continue;
    let length = 1;
    while (box[at + length * offset] === level) length++;
    counts[(level - 1) * columns + length - 1]++;
  }
  return { counts, columns, voxels: places.length };
}

function dependences({ box, count }: Levels, places: Int32Array, offsets: readonly number[]): Matrix {
  const columns = offsets.length + 1;
  const counts = new Float64Array(count * columns);
  for (const at of places) counts[(box[at] - 1) * columns + offsets.filter((offset) => box[at + offset] === box[at]).length]++;
  return { counts, columns, voxels: places.length };
}

/** Zones by their number of voxels, and by the least distance of a voxel to the region's border. */
function zonesOf({ box, count }: Levels, places: Int32Array, offsets: readonly number[], distances: Int32Array): { sizes: Matrix; byDistance: Matrix } {
  const left = new Set(places);
  const zones: { level: number; size: number; distance: number }[] = [];
  for (const seed of places) {
    if (!left.delete(seed)) continue;
    const level = box[seed];
    const stack = [seed];
    let [size, distance] = [0, Infinity];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      size++;
      distance = Math.min(distance, distances[at]);
      for (const offset of offsets) if (box[at + offset] === level && left.delete(at + offset)) stack.push(at + offset);
    }
    zones.push({ level, size, distance });
  }
  const matrix = (figure: 'size' | 'distance'): Matrix => {
    const columns = zones.reduce((most, zone) => Math.max(most, zone[figure]), 1);
    const counts = new Float64Array(count * columns);
    for (const zone of zones) counts[(zone.level - 1) * columns + zone[figure] - 1]++;
    return { counts, columns, voxels: places.length };
  };
  return { sizes: matrix('size'), byDistance: matrix('distance') };
}

/** Steps over faces (edges in a plane) from each voxel of the region as drawn to the first outside it; 1 at the border. */
function borderDistances({ morphological, strides }: IbsiRegion, dimension: '2D' | '3D'): Int32Array {
  const distances = new Int32Array(morphological.length);
  const offsets = (dimension === '3D' ? strides : strides.slice(0, 2)).flatMap((stride) => [stride, -stride]);
  let front = [...placesOf(morphological)].filter((at) => offsets.some((offset) => morphological[at + offset] === 0));
  for (let distance = 1; front.length > 0; distance++) {
    for (const at of front) distances[at] = distance;
    front = [...new Set(front.flatMap((at) => offsets.map((offset) => at + offset)))].filter((at) => morphological[at] === 1 && distances[at] === 0);
  }
  return distances;
}

type Names = Readonly<Record<string, (figures: ZoneFigures, matrix: Matrix) => number>>;

const common = (small: string, large: string): Names => ({
  [`${small}e`]: ({ bySize }) => bySize.emphasisSmall,
  [`${large}e`]: ({ bySize }) => bySize.emphasisLarge,
});

const sizeFigures = (nonUniformity: string, variance: string, entropy: string): Names => ({
  glnu: ({ byGrey }) => byGrey.nonUniformity,
  glnu_norm: ({ byGrey }) => byGrey.nonUniformityNormalised,
  [nonUniformity]: ({ bySize }) => bySize.nonUniformity,
  [`${nonUniformity}_norm`]: ({ bySize }) => bySize.nonUniformityNormalised,
  gl_var: ({ byGrey }) => byGrey.variance,
  [variance]: ({ bySize }) => bySize.variance,
  [entropy]: (figures) => figures.entropy,
});

const greyFigures = (low: string, high: string, joint: readonly [string, string, string, string]): Names => ({
  [low]: ({ byGrey }) => byGrey.emphasisSmall,
  [high]: ({ byGrey }) => byGrey.emphasisLarge,
  [joint[0]]: ({ smallLow }) => smallLow,
  [joint[1]]: ({ smallHigh }) => smallHigh,
  [joint[2]]: ({ largeLow }) => largeLow,
  [joint[3]]: ({ largeHigh }) => largeHigh,
});

const perVoxel = ({ count }: ZoneFigures, { voxels }: Matrix): number => count / voxels;

const RUN_NAMES: Names = { ...common('sr', 'lr'), ...greyFigures('lgre', 'hgre', ['srlge', 'srhge', 'lrlge', 'lrhge']), ...sizeFigures('rlnu', 'rl_var', 'rl_entr'), r_perc: perVoxel };
const SIZE_NAMES: Names = { ...common('sz', 'lz'), ...greyFigures('lgze', 'hgze', ['szlge', 'szhge', 'lzlge', 'lzhge']), ...sizeFigures('zsnu', 'zs_var', 'zs_entr'), z_perc: perVoxel };
const DISTANCE_NAMES: Names = { ...common('sd', 'ld'), ...greyFigures('lgze', 'hgze', ['sdlge', 'sdhge', 'ldlge', 'ldhge']), ...sizeFigures('zdnu', 'zd_var', 'zd_entr'), z_perc: perVoxel };
const DEPENDENCE_NAMES: Names = {
  ...common('ld', 'hd'), ...greyFigures('lgce', 'hgce', ['ldlge', 'ldhge', 'hdlge', 'hdhge']), ...sizeFigures('dcnu', 'dc_var', 'dc_entr'), dc_perc: perVoxel,
  dc_energy: ({ count }, { counts }) => counts.reduce((total, c) => total + (c / count) ** 2, 0),
};

function named(matrix: Matrix, rows: number, names: Names): Tagged | null {
  const range = (length: number) => Float64Array.from({ length }, (_, i) => i + 1);
  const figures = zoneFigures({ greyValues: range(rows), sizes: range(matrix.columns), counts: matrix.counts });
  return figures && Object.fromEntries(Object.entries(names).map(([name, of]) => [name, of(figures, matrix)]));
}

/** Voxels with a neighbour, by level, and their summed difference from the mean of their neighbours. */
interface GreyDifferences {
  readonly voxels: Float64Array;
  readonly differences: Float64Array;
}

function greyDifferences({ box, count }: Levels, places: Int32Array, offsets: readonly number[]): GreyDifferences {
  const [voxels, differences] = [new Float64Array(count), new Float64Array(count)];
  for (const at of places) {
    let [total, neighbours] = [0, 0];
    for (const offset of offsets) {
      const other = box[at + offset];
      if (other === 0) continue;
      total += other;
      neighbours++;
    }
    if (neighbours === 0) continue;
    voxels[box[at] - 1]++;
    differences[box[at] - 1] += Math.abs(box[at] - total / neighbours);
  }
  return { voxels, differences };
}

function joined(parts: readonly GreyDifferences[]): GreyDifferences {
  const add = (key: keyof GreyDifferences) => parts[0][key].map((_, i) => parts.reduce((total, part) => total + part[key][i], 0));
  return { voxels: add('voxels'), differences: add('differences') };
}

function differenceFigures({ voxels, differences }: GreyDifferences): Tagged {
  const n = voxels.reduce((a, b) => a + b, 0);
  const present = Array.from(voxels, (count, i) => ({ level: i + 1, p: count / n, s: differences[i] })).filter(({ p }) => p > 0);
  const pairs = present.flatMap((a) => present.map((b) => [a, b] as const));
  const sumOf = (f: (a: (typeof present)[number], b: (typeof present)[number]) => number) => pairs.reduce((total, [a, b]) => total + f(a, b), 0);
  const weighted = present.reduce((total, { p, s }) => total + p * s, 0);
  const totalS = present.reduce((total, { s }) => total + s, 0);
  const busy = sumOf((a, b) => Math.abs(a.level * a.p - b.level * b.p));
  const k = present.length;
  return {
    coarseness: weighted === 0 ? 1e6 : 1 / weighted,
    contrast: k < 2 ? 0 : (sumOf((a, b) => a.p * b.p * (a.level - b.level) ** 2) / (k * (k - 1))) * (totalS / n),
    busyness: k < 2 || busy === 0 ? 0 : weighted / busy,
    complexity: sumOf((a, b) => (Math.abs(a.level - b.level) * (a.p * a.s + b.p * b.s)) / (a.p + b.p)) / n,
    strength: totalS === 0 ? 0 : sumOf((a, b) => (a.p + b.p) * (a.level - b.level) ** 2) / totalS,
  };
}
