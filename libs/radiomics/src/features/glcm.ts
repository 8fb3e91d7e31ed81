import type { WeightingNorm } from '../settings.js';
import type { GreyLevels } from './discretise.js';
import { ENTROPY_EPSILON, type Features } from './features.js';
import { averageFeatures } from './glrlm.js';
import { maximalCorrelationCoefficient } from './maximal-correlation.js';
import { directionLength, type Direction } from './neighbourhood.js';
import type { PairScan } from './pair-scan.js';

export interface GlcmOptions {
  readonly symmetrical: boolean;
  /** The maximal correlation coefficient costs an eigenvalue problem a direction; left out when not wanted. */
  readonly maximalCorrelation: boolean;
  readonly norm: WeightingNorm | null;
  /** Of the same directions. */
  readonly scan: PairScan | null;
}

/** More grey levels than this make matrices of a size that suits no image; the bin width does not suit it. */
export const MOST_GLCM_LEVELS = 2500;

/**
 * The 24 grey-level co-occurrence features of pyradiomics, averaged over directions, or with a norm of the sum of the matrices each times exp(−length²). A direction without
 * a pair is left out; a region without any pair gives null.
 */
export function glcmFeatures(levels: GreyLevels, directions: readonly Direction[], options: GlcmOptions): Features | null {
  const { space, present } = levels;
  const { heap } = space;
  const cells = present.length * present.length;
  return heap.scoped(() => {
    const P = heap.take(8 * cells);
    const pairsOf = (k: number) => options.scan?.pairs[k] ?? countPairs(levels, directions[k].offset);
    const figuresOf = (counts: number, words: boolean) => (heap.kernels.shares(counts, words, present.length, options.symmetrical, P) > 0 ? directionFeatures(P, levels, options) : null);
    if (options.norm) {
      const total = heap.zeros(8 * cells);
      for (const [k, direction] of directions.entries()) {
        const length = directionLength(direction, space.region.spacing, options.norm);
        heap.scoped(() => heap.kernels.addWeighted(total, pairsOf(k), cells, length === null ? 1 : Math.exp(-(length ** 2))));
      }
      return figuresOf(total, false);
    }
    const sets = directions.map((_, k) => heap.scoped(() => figuresOf(pairsOf(k), true))).filter((set) => set !== null);
    return sets.length === 0 ? null : averageFeatures(sets);
  });
}

function countPairs({ space: { heap, box, places, count }, present }: GreyLevels, offset: number): number {
  const pairs = heap.zeros(4 * present.length * present.length);
  heap.kernels.countPairs(box, places, count, offset, pairs, present.length);
  return pairs;
}

/** @param P shares of the pairs of levels */
function directionFeatures(P: number, { space: { heap }, present, presentAt, highest }: GreyLevels, { maximalCorrelation }: GlcmOptions): Features {
  const { kernels } = heap;
  const n = present.length;
  return heap.scoped(() => {
    const [px, py, sum, difference, out] = [heap.zeros(8 * n), heap.zeros(8 * n), heap.zeros(8 * (2 * highest + 1)), heap.zeros(8 * highest), heap.take(26 * 8)];
    kernels.distributions(P, presentAt, n, px, py, sum, difference, out);
    const [ux, uy] = heap.doubles(out, 2) as unknown as [number, number];
    kernels.momentFigures(P, presentAt, n, ux, uy, out + 16);
    kernels.differenceFigures(difference, highest, out + 96);
    kernels.informationFigures(P, px, py, n, sum, 2 * highest + 1, out + 160);
    const mcc: Features = maximalCorrelation ? { MCC: maximalCorrelationCoefficient(heap.doubles(P, n * n), heap.doubles(px, n), heap.doubles(py, n)) } : {};
    return { ...named(heap.doubles(out, 26)), ...mcc };
  });
}

/** Figures in the order the kernels leave them. */
function named(f: Float64Array): Features {
  const sigma = Math.sqrt(f[8]) * Math.sqrt(f[9]);
  const [hxy, hxy1, hxy2, larger] = f.subarray(20) as unknown as [number, number, number, number];
  return {
    Autocorrelation: f[2], ClusterProminence: f[3], ClusterShade: f[4], ClusterTendency: f[5], Contrast: f[6],
    Correlation: sigma === 0 ? 1 : f[7] / (sigma + ENTROPY_EPSILON),
    DifferenceAverage: f[12], DifferenceVariance: f[13], DifferenceEntropy: f[14], Id: f[15], Idm: f[16], Idmn: f[17], Idn: f[18], InverseVariance: f[19],
    Imc1: larger === 0 ? 0 : (hxy - hxy1) / larger,
    Imc2: Math.sqrt(Math.max(0, 1 - Math.exp(-2 * (hxy2 - hxy)))),
    JointEntropy: hxy, JointAverage: f[0], JointEnergy: f[10], MaximumProbability: f[11], SumAverage: f[24], SumEntropy: f[25], SumSquares: f[8],
  };
}
