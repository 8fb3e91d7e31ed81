import { discretised, placesOf, type IbsiRegion, type IbsiSettings } from './ibsi-case.js';

export type Tagged = Record<string, number>;

const sum = (values: ArrayLike<number>, f: (x: number) => number): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += f(values[i]);
  return total;
};

/** Linear between neighbouring ranks. */
function percentile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const high = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (high - sorted[below]) * (position - below);
}

function describe(values: Float64Array, prefix: string): Tagged {
  const n = values.length;
  const sorted = values.slice().sort();
  const mean = sum(values, (x) => x) / n;
  const moment = (k: number) => sum(values, (x) => (x - mean) ** k) / n;
  const variance = moment(2);
  const [p10, p25, median, p75, p90] = [0.1, 0.25, 0.5, 0.75, 0.9].map((q) => percentile(sorted, q)) as [number, number, number, number, number];
  const inner = values.filter((x) => x >= p10 && x <= p90);
  const innerMean = sum(inner, (x) => x) / inner.length;
  const figures: Tagged = {
    mean, var: variance, skew: variance === 0 ? 0 : moment(3) / variance ** 1.5, kurt: variance === 0 ? 0 : moment(4) / variance ** 2 - 3, median,
    min: sorted[0], p10, p90, max: sorted[n - 1], iqr: p75 - p25, range: sorted[n - 1] - sorted[0],
    mad: sum(values, (x) => Math.abs(x - mean)) / n, rmad: sum(inner, (x) => Math.abs(x - innerMean)) / inner.length, medad: sum(values, (x) => Math.abs(x - median)) / n,
    cov: Math.sqrt(variance) / mean, qcod: (p75 - p25) / (p75 + p25),
  };
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}_${name}`, value]));
}

/** Statistics (18), the intensity histogram (23) and the intensity-volume histogram (7) of IBSI. */
export function intensityFigures(region: IbsiRegion, settings: IbsiSettings): Tagged {
  const places = placesOf(region.intensity);
  const values = Float64Array.from(places, (at) => region.values[at]);
  const energy = sum(values, (x) => x * x);
  const { levels, count } = discretised(values, settings.discretisation, settings.range);
  return {
    ...describe(values, 'stat'), stat_energy: energy, stat_rms: Math.sqrt(energy / values.length),
    ...describe(Float64Array.from(levels), 'ih'), ...histogramFigures(levels, count),
    ...volumeHistogram(values, settings),
  };
}

function histogramFigures(levels: Int32Array, count: number): Tagged {
  const n = levels.length;
  const counts = new Float64Array(count);
  for (const level of levels) counts[level - 1]++;
  const mean = sum(levels, (x) => x) / n;
  const most = Math.max(...counts);
  const modes = Array.from(counts, (c, i) => ({ c, level: i + 1 })).filter(({ c }) => c === most).sort((a, b) => Math.abs(a.level - mean) - Math.abs(b.level - mean));
  const gradient = Array.from(counts, (c, i) => (count === 1 ? 0 : i === 0 ? counts[1] - c : i === count - 1 ? c - counts[i - 1] : (counts[i + 1] - counts[i - 1]) / 2));
  const [steepest, deepest] = [Math.max(...gradient), Math.min(...gradient)];
  return {
    ih_mode: modes[0].level, ih_entropy: sum(counts, (c) => (c === 0 ? 0 : (-c / n) * Math.log2(c / n))), ih_uniformity: sum(counts, (c) => (c / n) ** 2),
    ih_max_grad: steepest, ih_max_grad_g: gradient.indexOf(steepest) + 1, ih_min_grad: deepest, ih_min_grad_g: gradient.indexOf(deepest) + 1,
  };
}

/** Of each grey value the share of the range below it, and the share of voxels at or above it. */
function volumeHistogram(values: Float64Array, { histogram, range, discretisation }: IbsiSettings): Tagged {
  const how = discretisation === 'as-is' ? 'as-is' : histogram;
  const steps: Float64Array = how && how !== 'as-is' ? Float64Array.from(discretised(values, how, range).levels) : values;
  let [low, high] = [steps.reduce((a, b) => Math.min(a, b), Infinity), steps.reduce((a, b) => Math.max(a, b), -Infinity)];
  let step = 1;
  let levels: ArrayLike<number> = steps;
  if (how && how !== 'as-is') {
    if ('binWidth' in how) {
      const start = range ? range[0] : values.reduce((a, b) => Math.min(a, b), Infinity);
      levels = Float64Array.from(steps, (level) => start + (level - 0.5) * how.binWidth);
      step = how.binWidth;
      [low, high] = range ? [range[0] + 0.5 * step, range[1] - 0.5 * step] : [start + (low - 0.5) * step, start + (high - 0.5) * step];
    } else [low, high] = [1, how.binCount];
  } else if (how === null && range) [low, high] = range;
  const n = values.length;
  const sorted = Float64Array.from(levels).sort();
  const bins = Math.round((high - low) / step) + 1;
  const grid = Array.from({ length: bins }, (_, i) => {
    const value = low + i * step;
    return { value, share: (value - low) / (high - low), volume: 1 - lowerBound(sorted, value - step * 1e-6) / n };
  });
  const volumeAt = (share: number) => grid.find((bin) => bin.share >= share - 1e-12)!.volume;
  const valueAt = (volume: number) => (grid.find((bin) => bin.volume <= volume) ?? { value: high + step }).value;
  const [v10, v90, i10, i90] = [volumeAt(0.1), volumeAt(0.9), valueAt(0.1), valueAt(0.9)];
  return { ivh_v10: v10, ivh_v90: v90, ivh_i10: i10, ivh_i90: i90, ivh_diff_v10_v90: v10 - v90, ivh_diff_i10_i90: i10 - i90 };
}

/** How many sorted values are below x. */
function lowerBound(sorted: Float64Array, x: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mean grey value of spheres of 1 cm³, inside and outside the region alike: around its brightest voxel, and the largest around any of its voxels. */
export function localIntensity({ size, strides, spacing, values, known, intensity }: IbsiRegion): Tagged {
  const radius = Math.cbrt(3000 / (4 * Math.PI));
  const reach = spacing.map((length) => Math.floor(radius / length));
  const offsets: number[] = [];
  for (let z = -reach[2]; z <= reach[2]; z++) {
    for (let y = -reach[1]; y <= reach[1]; y++) {
      for (let x = -reach[0]; x <= reach[0]; x++) if (Math.hypot(x * spacing[0], y * spacing[1], z * spacing[2]) <= radius) offsets.push(x + strides[1] * y + strides[2] * z);
    }
  }
  const peakAt = (at: number) => {
    let [total, count] = [0, 0];
    for (const offset of offsets) {
      const other = at + offset;
      if (other < 0 || other >= size[0] * size[1] * size[2] || known[other] === 0) continue;
      total += values[other];
      count++;
    }
    return total / count;
  };
  let [brightest, local, global] = [-Infinity, -Infinity, -Infinity];
  for (const at of placesOf(intensity)) {
    const peak = peakAt(at);
    global = Math.max(global, peak);
    if (values[at] > brightest) [brightest, local] = [values[at], peak];
    else if (values[at] === brightest) local = Math.max(local, peak);
  }
  return { loc_peak_loc: local, loc_peak_glob: global };
}
