import { doubleAt, setDouble, wordAt } from './memory';

const EPSILON: f64 = 2.220446049250313e-16;

// @ts-ignore: decorator
@inline function add(base: usize, i: i32, value: f64): void { setDouble(base, i, doubleAt(base, i) + value); }

/** Counts as shares; symmetrical: each pair is counted both ways. Returns the sum of the counts, 0 when there is none. */
export function shares(counts: usize, single: bool, levels: i32, symmetrical: bool, P: usize): f64 {
  const n = levels * levels;
  let sum: f64 = 0;
  for (let i = 0, at = 0; i < levels; i++) {
    for (let j = 0; j < levels; j++, at++) {
      const turned = j * levels + i;
      let count = single ? <f64>wordAt(counts, at) : doubleAt(counts, at);
      if (symmetrical) count += single ? <f64>wordAt(counts, turned) : doubleAt(counts, turned);
      setDouble(P, at, count);
      sum += count;
    }
  }
  if (sum == 0) return 0;
  for (let i = 0; i < n; i++) setDouble(P, i, doubleAt(P, i) / sum);
  return sum;
}

/** total += weight · counts. */
export function addWeighted(total: usize, counts: usize, n: i32, weight: f64): void {
  for (let i = 0; i < n; i++) add(total, i, weight * <f64>wordAt(counts, i));
}

/** −Σ p log2(p + ε). */
function entropyOf(p: usize, n: i32): f64 {
  let entropy: f64 = 0;
  for (let i = 0; i < n; i++) {
    const x = doubleAt(p, i);
    if (x > 0) entropy -= x * NativeMath.log2(x + EPSILON);
  }
  return entropy;
}

/** Marginals px and py, and the distributions of i + j and |i − j|, all 0 at first; the means of i and j at out. */
export function distributions(P: usize, grey: usize, levels: i32, px: usize, py: usize, sum: usize, difference: usize, out: usize): void {
  let ux: f64 = 0, uy: f64 = 0;
  for (let i = 0, at = 0; i < levels; i++) {
    const gi = wordAt(grey, i);
    for (let j = 0; j < levels; j++, at++) {
      const p = doubleAt(P, at);
      if (p == 0) continue;
      const gj = wordAt(grey, j);
      add(px, i, p);
      add(py, j, p);
      add(sum, gi + gj, p);
      add(difference, abs(gi - gj), p);
      ux += <f64>gi * p;
      uy += <f64>gj * p;
    }
  }
  setDouble(out, 0, ux);
  setDouble(out, 1, uy);
}

/**
 * Σ p times: i j; (a + b)^4, ^3, ^2 with a = i − ux, b = j − uy; (i − j)²; a b; a²; b²; p; and the largest p. At out, in this order.
 */
export function momentFigures(P: usize, grey: usize, levels: i32, ux: f64, uy: f64, out: usize): void {
  let autocorrelation: f64 = 0, prominence: f64 = 0, shade: f64 = 0, tendency: f64 = 0, contrast: f64 = 0;
  let covariance: f64 = 0, varianceX: f64 = 0, varianceY: f64 = 0, energy: f64 = 0, maximum: f64 = 0;
  for (let i = 0, at = 0; i < levels; i++) {
    const gi = <f64>wordAt(grey, i);
    for (let j = 0; j < levels; j++, at++) {
      const p = doubleAt(P, at);
      if (p == 0) continue;
      const gj = <f64>wordAt(grey, j);
      const a = gi - ux, b = gj - uy;
      const c2 = (a + b) * (a + b);
      autocorrelation += p * gi * gj;
      tendency += p * c2;
      shade += p * c2 * (a + b);
      prominence += p * c2 * c2;
      contrast += p * (gi - gj) * (gi - gj);
      covariance += p * a * b;
      varianceX += p * a * a;
      varianceY += p * b * b;
      energy += p * p;
      if (p > maximum) maximum = p;
    }
  }
  setDouble(out, 0, autocorrelation);
  setDouble(out, 1, prominence);
  setDouble(out, 2, shade);
  setDouble(out, 3, tendency);
  setDouble(out, 4, contrast);
  setDouble(out, 5, covariance);
  setDouble(out, 6, varianceX);
  setDouble(out, 7, varianceY);
  setDouble(out, 8, energy);
  setDouble(out, 9, maximum);
}

/** Of the distribution of |i − j|: mean, variance, entropy; Σ p / (1 + k), / (1 + k²), / (1 + k²/N²), / (1 + k/N); Σ p / k² over k > 0. */
export function differenceFigures(difference: usize, highest: i32, out: usize): void {
  let mean: f64 = 0, variance: f64 = 0, id: f64 = 0, idm: f64 = 0, idmn: f64 = 0, idn: f64 = 0, inverse: f64 = 0;
  const N = <f64>highest;
  for (let k = 0; k < highest; k++) mean += <f64>k * doubleAt(difference, k);
  for (let d = 0; d < highest; d++) {
    const p = doubleAt(difference, d);
    if (p == 0) continue;
    const k = <f64>d;
    variance += p * (k - mean) * (k - mean);
    id += p / (1 + k);
    idm += p / (1 + k * k);
    idmn += p / (1 + (k * k) / (N * N));
    idn += p / (1 + k / N);
    if (d > 0) inverse += p / (k * k);
  }
  setDouble(out, 0, mean);
  setDouble(out, 1, variance);
  setDouble(out, 2, entropyOf(difference, highest));
  setDouble(out, 3, id);
  setDouble(out, 4, idm);
  setDouble(out, 5, idmn);
  setDouble(out, 6, idn);
  setDouble(out, 7, inverse);
}

/** HXY, HXY1, HXY2, the larger of HX and HY; then mean and entropy of the distribution of i + j. */
export function informationFigures(P: usize, px: usize, py: usize, levels: i32, sum: usize, sums: i32, out: usize): void {
  let hxy: f64 = 0, hxy1: f64 = 0, hxy2: f64 = 0, average: f64 = 0;
  for (let i = 0, at = 0; i < levels; i++) {
    const x = doubleAt(px, i);
    for (let j = 0; j < levels; j++, at++) {
      const product = x * doubleAt(py, j);
      if (product == 0) continue;
      const p = doubleAt(P, at);
      const log = NativeMath.log2(product + EPSILON);
      hxy2 -= product * log;
      if (p > 0) {
        hxy1 -= p * log;
        hxy -= p * NativeMath.log2(p + EPSILON);
      }
    }
  }
  for (let k = 0; k < sums; k++) average += doubleAt(sum, k) * <f64>k;
  setDouble(out, 0, hxy);
  setDouble(out, 1, hxy1);
  setDouble(out, 2, hxy2);
  setDouble(out, 3, max(entropyOf(px, levels), entropyOf(py, levels)));
  setDouble(out, 4, average);
  setDouble(out, 5, entropyOf(sum, sums));
}
