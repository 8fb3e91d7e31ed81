import { ENTROPY_EPSILON, type Features } from './features.js';
import type { GreyLevels } from './discretise.js';
import { selectRanks } from './percentiles.js';

export interface FirstOrderOptions {
  /** Added to every value before energy and root mean square. */
  readonly voxelArrayShift: number;
  /** mm³ */
  readonly voxelVolume: number;
}

/**
 * The 19 first-order features of pyradiomics. Kurtosis is not excess. Percentiles interpolate linearly (type 7). Entropy and uniformity use the grey levels. A
 * constant region has skewness and kurtosis 0. Without grey levels (too many bins) entropy and uniformity are left out.
 */
export function firstOrderFeatures(values: Float64Array, levels: GreyLevels | null, { voxelArrayShift, voxelVolume }: FirstOrderOptions): Features {
  const n = values.length;
  const { minimum, maximum, ranks } = selectRanks(values, [0.1, 0.25, 0.5, 0.75, 0.9]);
  const mean = minimum === maximum ? minimum : meanOf(values);
  const [p10, p25, median, p75, p90] = ranks as [number, number, number, number, number];
  let [energy, absolute, m2, m3, m4] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const shifted = values[i] + voxelArrayShift;
    energy += shifted * shifted;
    const d = values[i] - mean;
    const d2 = d * d;
    absolute += Math.abs(d);
    m2 += d2;
    m3 += d2 * d;
    m4 += d2 * d2;
  }
  const variance = m2 / n;
  return {
    '10Percentile': p10,
    '90Percentile': p90,
    Energy: energy,
    ...(levels ? { Entropy: levelEntropy(levels) } : {}),
    InterquartileRange: p75 - p25,
    Kurtosis: variance === 0 ? 0 : m4 / n / (variance * variance),
    Maximum: maximum,
    Mean: mean,
    MeanAbsoluteDeviation: absolute / n,
    Median: median,
    Minimum: minimum,
    Range: maximum - minimum,
    RobustMeanAbsoluteDeviation: robustMeanAbsoluteDeviation(values, p10, p90),
    RootMeanSquared: Math.sqrt(energy / n),
    Skewness: variance === 0 ? 0 : m3 / n / variance ** 1.5,
    StandardDeviation: Math.sqrt(variance),
    TotalEnergy: voxelVolume * energy,
    ...(levels ? { Uniformity: levelUniformity(levels) } : {}),
    Variance: variance,
  };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function robustMeanAbsoluteDeviation(values: Float64Array, low: number, high: number): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (x < low || x > high) continue;
    sum += x;
    count++;
  }
  const mean = sum / count;
  let absolute = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (x >= low && x <= high) absolute += Math.abs(x - mean);
  }
  return absolute / count;
}

/** Voxels of each level that occurs. */
function occupancy({ indices, present }: GreyLevels): Float64Array {
  const counts = new Float64Array(present.length);
  for (let i = 0; i < indices.length; i++) counts[indices[i] - 1]++;
  return counts;
}

function levelEntropy(levels: GreyLevels): number {
  const n = levels.indices.length;
  return occupancy(levels).reduce((entropy, count) => entropy - (count / n) * Math.log2(count / n + ENTROPY_EPSILON), 0);
}

function levelUniformity(levels: GreyLevels): number {
  const n = levels.indices.length;
  return occupancy(levels).reduce((sum, count) => sum + (count / n) ** 2, 0);
}
