import { ENTROPY_EPSILON, type Features } from './features.js';
import type { GreyLevels, RegionValues } from './discretise.js';
import { percentilesOf } from './percentiles.js';
import type { Workspace } from '../kernels/workspace.js';

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
export function firstOrderFeatures(space: Workspace, values: RegionValues, levels: GreyLevels | null, { voxelArrayShift, voxelVolume }: FirstOrderOptions): Features {
  const { heap, count: n } = space;
  const { at, minimum, maximum } = values;
  const [p10, p25, median, p75, p90] = percentilesOf(space, values, [0.1, 0.25, 0.5, 0.75, 0.9]) as [number, number, number, number, number];
  const mean = minimum === maximum ? minimum : heap.kernels.sumOf(at, n) / n;
  const [energy, absolute, m2, m3, m4] = heap.scoped(() => {
    const out = heap.take(40);
    heap.kernels.momentSums(at, n, voxelArrayShift, mean, out);
    return Array.from(heap.doubles(out, 5)) as [number, number, number, number, number];
  });
  const variance = m2 / n;
  const shares = levels && occupancy(levels);
  return {
    '10Percentile': p10,
    '90Percentile': p90,
    Energy: energy,
    ...(shares ? { Entropy: shares.reduce((entropy, p) => entropy - p * Math.log2(p + ENTROPY_EPSILON), 0) } : {}),
    InterquartileRange: p75 - p25,
    Kurtosis: variance === 0 ? 0 : m4 / n / (variance * variance),
    Maximum: maximum,
    Mean: mean,
    MeanAbsoluteDeviation: absolute / n,
    Median: median,
    Minimum: minimum,
    Range: maximum - minimum,
    RobustMeanAbsoluteDeviation: heap.kernels.robustDeviation(at, n, p10, p90),
    RootMeanSquared: Math.sqrt(energy / n),
    Skewness: variance === 0 ? 0 : m3 / n / variance ** 1.5,
    StandardDeviation: Math.sqrt(variance),
    TotalEnergy: voxelVolume * energy,
    ...(shares ? { Uniformity: shares.reduce((sum, p) => sum + p ** 2, 0) } : {}),
    Variance: variance,
  };
}

/** The share of the voxels of each level that occurs. */
function occupancy({ space: { heap, count }, indices, present }: GreyLevels): Float64Array {
  return heap.scoped(() => {
    const counts = heap.zeros(4 * present.length);
    heap.kernels.occupancy(indices, count, counts);
    return Float64Array.from(heap.words(counts, present.length), (voxels) => voxels / count);
  });
}
