import { ENTROPY_EPSILON, type Features } from './features.js';
import type { GreyLevels } from './discretise.js';

export interface FirstOrderOptions {
  /** Added to every value before energy and root mean square. */
  readonly voxelArrayShift: number;
  /** mm³ */
  readonly voxelVolume: number;
}

/**
 * The 19 first-order features of pyradiomics. Kurtosis is not excess. Percentiles interpolate linearly (type 7). Entropy and uniformity use the grey levels. A
 * constant region has skewness and kurtosis 0.
 */
export function firstOrderFeatures(values: Float64Array, { levels, highest }: GreyLevels, { voxelArrayShift, voxelVolume }: FirstOrderOptions): Features {
  const n = values.length;
  const sorted = values.slice().sort();
  const mean = meanOf(values);
  const [p10, p25, median, p75, p90] = [0.1, 0.25, 0.5, 0.75, 0.9].map((q) => percentile(sorted, q)) as [number, number, number, number, number];
  let [energy, absolute, m2, m3, m4] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const shifted = values[i]! + voxelArrayShift;
    energy += shifted * shifted;
    const d = values[i]! - mean;
    absolute += Math.abs(d);
    m2 += d * d;
    m3 += d * d * d;
    m4 += d * d * d * d;
  }
  const variance = m2 / n;
  const { entropy, uniformity } = levelEntropy(levels, highest);
  return {
    '10Percentile': p10,
    '90Percentile': p90,
    Energy: energy,
    Entropy: entropy,
    InterquartileRange: p75 - p25,
    Kurtosis: variance === 0 ? 0 : m4 / n / (variance * variance),
    Maximum: sorted[n - 1]!,
    MeanAbsoluteDeviation: absolute / n,
    Mean: mean,
    Median: median,
    Minimum: sorted[0]!,
    Range: sorted[n - 1]! - sorted[0]!,
    RobustMeanAbsoluteDeviation: robustMeanAbsoluteDeviation(sorted, p10, p90),
    RootMeanSquared: Math.sqrt(energy / n),
    Skewness: variance === 0 ? 0 : m3 / n / variance ** 1.5,
    StandardDeviation: Math.sqrt(variance),
    TotalEnergy: voxelVolume * energy,
    Uniformity: uniformity,
    Variance: variance,
  };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function percentile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const t = position - below;
  // As numpy interpolates: from the nearer end.
  return t >= 0.5 ? high - (high - low) * (1 - t) : low + (high - low) * t;
}

function robustMeanAbsoluteDeviation(sorted: Float64Array, low: number, high: number): number {
  let first = 0;
  let last = sorted.length;
  while (sorted[first]! < low) first++;
  while (sorted[last - 1]! > high) last--;
  const inner = sorted.subarray(first, last);
  const mean = meanOf(inner);
  let sum = 0;
  for (let i = 0; i < inner.length; i++) sum += Math.abs(inner[i]! - mean);
  return sum / inner.length;
}

function levelEntropy(levels: Int32Array, highest: number): { entropy: number; uniformity: number } {
  const counts = new Float64Array(highest + 1);
  for (let i = 0; i < levels.length; i++) counts[levels[i]!]!++;
  let [entropy, uniformity] = [0, 0];
  for (const count of counts) {
    if (count === 0) continue;
    const p = count / levels.length;
    entropy -= p * Math.log2(p + ENTROPY_EPSILON);
    uniformity += p * p;
  }
  return { entropy, uniformity };
}
