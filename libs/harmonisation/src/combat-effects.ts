/** Σ and Σ² of the standardised residuals of one batch, one a feature, over its n rows. */
export interface BatchSums {
  readonly n: number;
  readonly sum: Float64Array;
  readonly square: Float64Array;
}

export interface CombatOptions {
  /** Shrink a batch's effects towards what its other features show; otherwise they are its own mean and variance. */
  readonly empiricalBayes: boolean;
  /** Only shift, never rescale. */
  readonly meanOnly: boolean;
}

/** Shift and scale of one batch, one a feature, in standard deviations of the residuals. */
export interface BatchEffects {
  readonly gamma: Float64Array;
  readonly delta: Float64Array;
  /** Moments of the priors over the features; null without empirical Bayes. */
  readonly priors: { readonly gammaBar: number; readonly t2: number; readonly a: number; readonly b: number } | null;
}

/** Beyond this the fixed point moves less than rounding does. */
const TOLERANCE = 1e-15;
const MOST_ITERATIONS = 1000;

/**
 * The effects of one batch in ComBat (Johnson, Li, Rabinovic 2007), from the sums of its standardised residuals z alone:
 *
 *   ĝ = mean z,  d̂ = variance of z (ddof 1)
 *   ḡ, t² mean and variance (ddof 1) of ĝ over the features;  a = (2v + m²)/v,  b = (mv + m³)/v,  m, v mean and variance of d̂
 *   g* = (n t² ĝ + d* ḡ)/(n t² + d*),  d* = (b + ½ Σ(z - g*)²)/(a + n/2 - 1),  Σ(z - g)² = Σz² - 2g Σz + n g²
 *
 * iterated to the fixed point (R's sva stops at a relative change of 1e-4, which moves values by up to 2e-6 standard deviations). With
 * `meanOnly` d = 1 and, as sva does it, g* = (t² ĝ + ḡ)/(t² + 1). One feature has no prior: its own mean and variance are used.
 * The sums may come from any rows; which features stand together matters, since they share the prior. n must be 2 or more.
 */
export function batchEffects({ n, sum, square }: BatchSums, { empiricalBayes, meanOnly }: CombatOptions): BatchEffects {
  const means = sum.map((total) => total / n);
  const variances = square.map((total, j) => (meanOnly ? 1 : varianceOf(total, n, means[j])));
  if (!empiricalBayes || means.length < 2) return { gamma: means, delta: variances, priors: null };
  const { mean: gammaBar, variance: t2 } = momentsOf(means);
  if (meanOnly) {
    return { gamma: means.map((g) => (t2 * g + gammaBar) / (t2 + 1)), delta: variances, priors: { gammaBar, t2, a: NaN, b: NaN } };
  }
  const { mean: m, variance: v } = momentsOf(variances);
  const [a, b] = [(2 * v + m * m) / v, (m * v + m ** 3) / v];
  const gamma = new Float64Array(means.length);
  const delta = new Float64Array(means.length);
  for (let j = 0; j < means.length; j++) {
    [gamma[j], delta[j]] = fixedPoint({ n, sum: sum[j], square: square[j], mean: means[j], variance: variances[j] }, { gammaBar, t2, a, b, m, v });
  }
  return { gamma, delta, priors: { gammaBar, t2, a, b } };
}

/** Below this share of the squares what is left about the mean is rounding: the feature is constant in the batch, and its values become the grand mean where they are not shrunk. */
const CONSTANT = 1e-13;

function varianceOf(square: number, n: number, mean: number): number {
  const about = square - n * mean * mean;
  return about > CONSTANT * square ? about / (n - 1) : 0;
}

interface Feature {
  readonly n: number;
  readonly sum: number;
  readonly square: number;
  readonly mean: number;
  readonly variance: number;
}

interface Priors {
  readonly gammaBar: number;
  readonly t2: number;
  readonly a: number;
  readonly b: number;
  readonly m: number;
  readonly v: number;
}

function fixedPoint({ n, sum, square, mean, variance }: Feature, { gammaBar, t2, a, b, m, v }: Priors): [number, number] {
  let [g, d] = [mean, variance];
  for (let i = 0; i < MOST_ITERATIONS; i++) {
    const weight = n * t2 + d;
    const nextG = weight > 0 ? (n * t2 * mean + d * gammaBar) / weight : mean;
    const about = Math.max(0, square - 2 * nextG * sum + n * nextG * nextG);
    // Features of one variance have an inverse gamma prior without spread: it decides.
    const nextD = v > 0 ? (b + about / 2) / (a + n / 2 - 1) : m;
    const moved = Math.max(Math.abs(nextG - g) / (1 + Math.abs(g)), Math.abs(nextD - d) / (1 + d));
    [g, d] = [nextG, nextD];
    if (moved <= TOLERANCE) break;
  }
  return [g, d];
}

function momentsOf(x: Float64Array): { mean: number; variance: number } {
  const mean = x.reduce((total, value) => total + value, 0) / x.length;
  return { mean, variance: x.reduce((total, value) => total + (value - mean) ** 2, 0) / (x.length - 1) };
}
