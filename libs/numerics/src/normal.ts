/**
 * The standard normal distribution and the error functions, to 4e-15 relative wherever the result is a normal double, tails included.
 */

const rootTwoPi = 2.506628274631000502415765;
/** Beyond this point the upper tail is density × Mills' ratio by continued fraction; below it, ½ minus the central area. */
const tailFrom = 1;

/** φ(z) = e^{-z²/2} / √(2π). The square is taken in two parts so that its rounding does not reach the exponent. */
export function normalDensity(z: number): number {
  return gaussian(z) / rootTwoPi;
}

/**
 * Φ(z), the probability below z.
 *
 * @example normalCdf(-1.96) // 0.024997895148220435
 */
export function normalCdf(z: number): number {
  return normalUpperTail(-z);
}

/**
 * 1 - Φ(z), the probability above z, not computed as a difference from 1.
 *
 * @example normalUpperTail(20) // 2.7536241186062337e-89
 */
export function normalUpperTail(z: number): number {
  if (Number.isNaN(z)) return NaN;
  if (z <= -tailFrom) return 1 - normalUpperTail(-z);
  return z < tailFrom ? 0.5 - centralArea(z) : normalDensity(z) * millsRatio(z);
}

/** 2 (1 - Φ(|z|)): the two-sided p value of a z statistic. */
export function normalTwoSidedP(z: number): number {
  return Math.min(1, 2 * normalUpperTail(Math.abs(z)));
}

/** erf(x) = 2 Φ(x √2) - 1, with full relative accuracy near 0. */
export function erf(x: number): number {
  const z = x * Math.SQRT2;
  if (Math.abs(z) < tailFrom) return ((2 * gaussianOfSquare(x)) / rootTwoPi) * centralSeries(z);
  return x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
}

/** erfc(x) = 1 - erf(x), with full relative accuracy for large x. */
export function erfc(x: number): number {
  const z = x * Math.SQRT2;
  if (z < tailFrom) return 1 - erf(x);
  return ((2 * gaussianOfSquare(x)) / rootTwoPi) * millsRatio(z);
}

/**
 * The z with Φ(z) = p, for 0 ≤ p ≤ 1: -∞ at 0, ∞ at 1; NaN outside. Halley steps on the exact tail from a rational approximation
 * (Abramowitz, Stegun 1964, 26.2.23, |error| < 4.5e-4); two settle it, the third is for the far tail. Odd about ½ to the last bit.
 * For p close to 1 use `-normalQuantile(1 - p)` with 1 - p known to full accuracy.
 *
 * @example normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0) return -Infinity;
  if (p === 0.5) return 0;
  return p < 0.5 ? -upperQuantile(p) : upperQuantile(1 - p);
}

/** z ≥ 0 with 1 - Φ(z) = q, 0 ≤ q < ½. */
function upperQuantile(q: number): number {
  if (q === 0) return Infinity;
  const t = Math.sqrt(-2 * Math.log(q));
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  let z = t - numerator / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step++) {
    const density = normalDensity(z);
    const excess = Math.abs(z) < tailFrom ? 0.5 - q - centralArea(z) : normalUpperTail(z) - q;
    const newton = excess / density;
    z += newton / (1 + (z * newton) / 2);
  }
  return z;
}

/** Φ(z) - ½ for |z| < 1. */
function centralArea(z: number): number {
  return normalDensity(z) * centralSeries(z);
}

/** Σ_{n≥0} z^{2n+1} / (1·3·…·(2n+1)) (Abramowitz, Stegun 1964, 26.2.11). */
function centralSeries(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 1; n < 200; n++) {
    term *= (z * z) / (2 * n + 1);
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** (1 - Φ(z)) / φ(z) for z ≥ 1: 1/(z + 1/(z + 2/(z + 3/(z + …)))), from the inside out (Abramowitz, Stegun 1964, 26.2.14). */
function millsRatio(z: number): number {
  if (z === Infinity) return 0;
  const depth = Math.ceil(12 + 300 / (z * z));
  let tail = z;
  for (let k = depth; k >= 1; k--) tail = z + k / tail;
  return 1 / tail;
}

/** e^{-z²/2}, z² split into an exact part and a small rest. */
function gaussian(z: number): number {
  if (Math.abs(z) > 40) return 0;
  const head = Math.round(z * 64) / 64;
  return Math.exp((-head * head) / 2) * Math.exp((-(z - head) * (z + head)) / 2);
}

/** e^{-x²} in the same way. */
function gaussianOfSquare(x: number): number {
  if (Math.abs(x) > 28) return 0;
  const head = Math.round(x * 64) / 64;
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}
