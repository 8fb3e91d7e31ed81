import type { WeightingNorm } from '../settings.js';
import type { GreyLevels } from './discretise.js';
import { ENTROPY_EPSILON, type Features } from './features.js';
import { averageFeatures } from './glrlm.js';
import { maximalCorrelationCoefficient } from './maximal-correlation.js';
import { directionLength, type Direction } from './neighbourhood.js';
import { pairScan } from './pair-scan.js';

export interface GlcmOptions {
  readonly symmetrical: boolean;
  /** The maximal correlation coefficient costs an eigenvalue problem a direction; left out when not wanted. */
  readonly maximalCorrelation: boolean;
  readonly norm: WeightingNorm | null;
  /** The directions are those of distance 1. */
  readonly adjacent: boolean;
}

/** More grey levels than this make matrices of a size that suits no image; the bin width does not suit it. */
export const MOST_GLCM_LEVELS = 2500;

/**
 * The 24 grey-level co-occurrence features of pyradiomics, averaged over directions, or with a norm of the sum of the matrices each times exp(−length²). A direction without
 * a pair is left out; a region without any pair gives null.
 */
export function glcmFeatures(greyLevels: GreyLevels, directions: readonly Direction[], options: GlcmOptions): Features | null {
  const { present, region } = greyLevels;
  const scan = options.adjacent ? pairScan(greyLevels, directions) : null;
  const total = options.norm && new Float64Array(present.length * present.length);
  const sets: Features[] = [];
  for (const [k, direction] of directions.entries()) {
    const counts = scan?.pairs[k] ?? countPairs(greyLevels, direction.offset);
    if (!counts.some((count) => count > 0)) continue;
    if (!total) sets.push(directionFeatures(probabilities(counts, present.length, options.symmetrical), greyLevels, options));
    else {
      const length = directionLength(direction, region.spacing, options.norm);
      const weight = length === null ? 1 : Math.exp(-(length ** 2));
      for (let i = 0; i < counts.length; i++) total[i] += weight * counts[i];
    }
  }
  if (!total) return sets.length === 0 ? null : averageFeatures(sets);
  const P = probabilities(total, present.length, options.symmetrical);
  return P.some(Number.isNaN) ? null : directionFeatures(P, greyLevels, options);
}

function countPairs({ box, present, region: { places } }: GreyLevels, step: number): Int32Array {
  const levels = present.length;
  const counts = new Int32Array(levels * levels);
  for (let v = 0; v < places.length; v++) {
    const at = places[v];
    const j = box[at + step];
    if (j !== 0) counts[(box[at] - 1) * levels + j - 1]++;
  }
  return counts;
}

/** Counts as shares; symmetrical: each pair is counted both ways. */
function probabilities(counts: ArrayLike<number>, levels: number, symmetrical: boolean): Float64Array {
  const P = Float64Array.from(counts);
  if (symmetrical) for (let i = 0; i < levels; i++) for (let j = 0; j < levels; j++) P[i * levels + j] = counts[i * levels + j] + counts[j * levels + i];
  let sum = 0;
  for (let i = 0; i < P.length; i++) sum += P[i];
  for (let i = 0; i < P.length; i++) P[i] /= sum;
  return P;
}

/** Marginals, and the distributions of i + j and |i − j|. */
interface Distributions {
  readonly px: Float64Array;
  readonly py: Float64Array;
  readonly sum: Float64Array;
  readonly difference: Float64Array;
  readonly ux: number;
  readonly uy: number;
}

function distributions(P: Float64Array, grey: Int32Array, highest: number): Distributions {
  const n = grey.length;
  const [px, py] = [new Float64Array(n), new Float64Array(n)];
  const [sum, difference] = [new Float64Array(2 * highest + 1), new Float64Array(highest)];
  let [ux, uy] = [0, 0];
  for (let i = 0, at = 0; i < n; i++) {
    const gi = grey[i];
    for (let j = 0; j < n; j++, at++) {
      const p = P[at];
      if (p === 0) continue;
      const gj = grey[j];
      px[i] += p;
      py[j] += p;
      sum[gi + gj] += p;
      difference[Math.abs(gi - gj)] += p;
      ux += gi * p;
      uy += gj * p;
    }
  }
  return { px, py, sum, difference, ux, uy };
}

/** −Σ p log2(p + ε). */
function entropyOf(p: Float64Array): number {
  let entropy = 0;
  for (let i = 0; i < p.length; i++) if (p[i] > 0) entropy -= p[i] * Math.log2(p[i] + ENTROPY_EPSILON);
  return entropy;
}

function directionFeatures(P: Float64Array, { present: grey, highest }: GreyLevels, { maximalCorrelation }: GlcmOptions): Features {
  const d = distributions(P, grey, highest);
  const m = momentFigures(P, grey, d);
  return {
    Autocorrelation: m.autocorrelation,
    ClusterProminence: m.prominence,
    ClusterShade: m.shade,
    ClusterTendency: m.tendency,
    Contrast: m.contrast,
    Correlation: m.sigma === 0 ? 1 : m.covariance / (m.sigma + ENTROPY_EPSILON),
    ...differenceFigures(d.difference, highest),
    ...informationFigures(P, d),
    JointAverage: d.ux,
    JointEnergy: m.energy,
    ...(maximalCorrelation ? { MCC: maximalCorrelationCoefficient(P, d.px, d.py) } : {}),
    MaximumProbability: m.maximum,
    SumAverage: d.sum.reduce((total, p, k) => total + p * k, 0),
    SumEntropy: entropyOf(d.sum),
    SumSquares: m.varianceX,
  };
}

function momentFigures(P: Float64Array, grey: Int32Array, { ux, uy }: Distributions) {
  const n = grey.length;
  const f = { autocorrelation: 0, prominence: 0, shade: 0, tendency: 0, contrast: 0, covariance: 0, energy: 0, maximum: 0, varianceX: 0, varianceY: 0, sigma: 0 };
  for (let i = 0, at = 0; i < n; i++) {
    const gi = grey[i];
    for (let j = 0; j < n; j++, at++) {
      const p = P[at];
      if (p === 0) continue;
      const gj = grey[j];
      const [a, b] = [gi - ux, gj - uy];
      const c2 = (a + b) * (a + b);
      f.autocorrelation += p * gi * gj;
      f.tendency += p * c2;
      f.shade += p * c2 * (a + b);
      f.prominence += p * c2 * c2;
      f.contrast += p * (gi - gj) * (gi - gj);
      f.covariance += p * a * b;
      f.varianceX += p * a * a;
      f.varianceY += p * b * b;
      f.energy += p * p;
      if (p > f.maximum) f.maximum = p;
    }
  }
  f.sigma = Math.sqrt(f.varianceX) * Math.sqrt(f.varianceY);
  return f;
}

function differenceFigures(difference: Float64Array, highest: number) {
  const f = { DifferenceAverage: 0, DifferenceEntropy: entropyOf(difference), DifferenceVariance: 0, Id: 0, Idm: 0, Idmn: 0, Idn: 0, InverseVariance: 0 };
  for (let k = 0; k < difference.length; k++) f.DifferenceAverage += k * difference[k];
  for (let k = 0; k < difference.length; k++) {
    const p = difference[k];
    f.DifferenceVariance += p * (k - f.DifferenceAverage) ** 2;
    f.Id += p / (1 + k);
    f.Idm += p / (1 + k * k);
    f.Idmn += p / (1 + (k * k) / (highest * highest));
    f.Idn += p / (1 + k / highest);
    if (k > 0) f.InverseVariance += p / (k * k);
  }
  return f;
}

function informationFigures(P: Float64Array, { px, py }: Distributions) {
  const n = px.length;
  let [hxy, hxy1, hxy2] = [0, 0, 0];
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j < n; j++, at++) {
      const p = P[at];
      const product = px[i] * py[j];
      if (product === 0) continue;
      const log = Math.log2(product + ENTROPY_EPSILON);
      hxy2 -= product * log;
      if (p > 0) {
        hxy1 -= p * log;
        hxy -= p * Math.log2(p + ENTROPY_EPSILON);
      }
    }
  }
  const larger = Math.max(entropyOf(px), entropyOf(py));
  return {
    Imc1: larger === 0 ? 0 : (hxy - hxy1) / larger,
    Imc2: Math.sqrt(Math.max(0, 1 - Math.exp(-2 * (hxy2 - hxy)))),
    JointEntropy: hxy,
  };
}
