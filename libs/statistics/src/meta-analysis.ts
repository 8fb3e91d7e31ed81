import { chiSquaredUpperTail, findRoot, normalTwoSidedP, studentTQuantile, studentTTwoSidedP } from '@consilium/numerics';
import { twoSidedZ, type Interval } from './intervals.js';

/** Estimator of the between-site variance τ². `fixed` sets it to 0 and assumes one common value. */
export type HeterogeneityMethod = 'reml' | 'dersimonian-laird' | 'paule-mandel' | 'fixed';

/**
 * Standard error of the pooled value: `wald` 1/Σw with the normal distribution; `hartung-knapp` scaled by q = Σ w (y - μ)²/(k - 1) with
 * t_{k-1}; `modified-hartung-knapp` the same with max(1, q), never narrower than Wald's standard error: recommended for few sites of
 * unequal size (Röver, Knapp, Friede 2015).
 */
export type PoolingInterval = 'wald' | 'hartung-knapp' | 'modified-hartung-knapp';

export interface MetaAnalysisInput {
  /** One estimate a site, on a scale on which it is roughly normal: logit AUC, log O:E, calibration slope. */
  readonly estimates: ArrayLike<number>;
  /** Its squared standard error, positive. */
  readonly variances: ArrayLike<number>;
  readonly method: HeterogeneityMethod;
  readonly interval: PoolingInterval;
  /**
   * Quantile of the prediction interval: `metafor` (default) the one of the confidence interval (t_{k-1}, or z for Wald);
   * `t-k-2` that of Higgins, Thompson, Spiegelhalter 2009.
   */
  readonly prediction?: 'metafor' | 't-k-2';
  /** Default 0.95. */
  readonly level?: number;
}

export interface MetaAnalysis {
  readonly k: number;
  readonly estimate: number;
  readonly standardError: number;
  readonly confidence: Interval;
  /** estimate / standardError, and its two-sided p value. */
  readonly statistic: number;
  readonly p: number;
  readonly tau2: number;
  /** `null` for `fixed`. */
  readonly tau2StandardError: number | null;
  /** Cochran's Q with k - 1 degrees of freedom. */
  readonly q: number;
  readonly qP: number;
  /** Percent of the total variance that is between sites, 0 … 100. */
  readonly i2: number;
  readonly h2: number;
  /** Where the true value of a new site lies. `null` for `fixed` and for k = 2. */
  readonly prediction: Interval | null;
  /** Share of each site in the pooled value, in the order given; they sum to 1. */
  readonly weights: readonly number[];
}

/**
 * Random-effects meta-analysis: y_s ~ N(μ, v_s + τ²), w_s = 1/(v_s + τ²), μ = Σ w y / Σ w.
 *
 * τ²: REML by Fisher scoring on the restricted likelihood; DerSimonian and Laird 1986; Paule and Mandel 1982; all truncated at 0.
 * I² = 100 τ²/(τ² + s²), H² = 1 + τ²/s² with Higgins and Thompson's typical variance s² = (k - 1) Σu / ((Σu)² - Σu²), u = 1/v; for
 * `fixed` from Q. Prediction interval μ ± quantile × √(τ² + se²).
 *
 * `null` for fewer than two estimates: nothing is pooled. With two there is no prediction interval. Sites without a usable estimate
 * (AUC of 0 or 1) are left out by the caller, who lists them beside the result. Agrees with R's metafor 3.8 (`rma`), including se(τ²).
 * Throws a `RangeError` on a variance that is not positive or an estimate that is not finite.
 * Sources: Viechtbauer 2005, J Educ Behav Stat 30:261 (estimators); Knapp, Hartung 2003; Higgins, Thompson 2002.
 */
export function randomEffects(input: MetaAnalysisInput): MetaAnalysis | null {
  const y = Float64Array.from(input.estimates);
  const v = Float64Array.from(input.variances);
  requireUsable(y, v);
  const k = y.length;
  if (k < 2) return null;
  const tau2 = betweenSiteVariance(input.method, y, v);
  const { sums, mean, residual } = weighted(y, v, tau2);
  const scale = input.interval === 'wald' ? 1 : hartungKnappScale(residual / (k - 1), input.interval);
  const standardError = Math.sqrt(scale / sums.w1);
  const df = input.interval === 'wald' ? Infinity : k - 1;
  const statistic = mean / standardError;
  return {
    k,
    estimate: mean,
    standardError,
    confidence: about(mean, standardError, quantile(input.level, df)),
    statistic,
    p: df === Infinity ? normalTwoSidedP(statistic) : studentTTwoSidedP(statistic, df),
    tau2,
    tau2StandardError: tau2StandardError(input.method, y, v, tau2),
    ...heterogeneity(input.method, y, v, tau2),
    prediction: predictionInterval(input, k, { mean, spread: Math.sqrt(tau2 + standardError ** 2), df }),
    weights: Array.from(v, (variance) => 1 / (variance + tau2) / sums.w1),
  };
}

/** Sums of powers of the weights 1/(v + τ²), the weighted mean, Σ w (y - mean)² and Σ w² (y - mean)². */
function weighted(y: Float64Array, v: Float64Array, tau2: number) {
  const sums = { w1: 0, w2: 0, w3: 0 };
  let wy = 0;
  y.forEach((value, s) => {
    const w = 1 / (v[s] + tau2);
    sums.w1 += w;
    sums.w2 += w * w;
    sums.w3 += w * w * w;
    wy += w * (value - y[0]);
  });
  const mean = y[0] + wy / sums.w1;
  let residual = 0;
  let squaredResidual = 0;
  y.forEach((value, s) => {
    const w = 1 / (v[s] + tau2);
    residual += w * (value - mean) ** 2;
    squaredResidual += (w * (value - mean)) ** 2;
  });
  return { sums, mean, residual, squaredResidual };
}

/** Traces of P and PP, P = W - W1(1'W1)⁻¹1'W. */
function traces({ w1, w2, w3 }: { w1: number; w2: number; w3: number }): { p: number; pp: number } {
  return { p: w1 - w2 / w1, pp: w2 - (2 * w3) / w1 + (w2 / w1) ** 2 };
}

function betweenSiteVariance(method: HeterogeneityMethod, y: Float64Array, v: Float64Array): number {
  const excess = y.length - 1;
  if (method === 'fixed') return 0;
  if (method === 'reml') return restrictedMaximumLikelihood(y, v);
  const atZero = weighted(y, v, 0);
  if (atZero.residual <= excess) return 0;
  if (method === 'dersimonian-laird') return (atZero.residual - excess) / traces(atZero.sums).p;
  return fallingRoot((tau2) => weighted(y, v, tau2).residual - excess, (atZero.residual - excess) / traces(atZero.sums).p);
}

/**
 * Fisher scoring: τ² ← max(0, τ² + (y'PPy - tr P)/tr PP), from the Hedges-Olkin start. The score can have several roots; this one is
 * reached as metafor reaches it. When the steps do not settle, the root is bracketed instead.
 */
function restrictedMaximumLikelihood(y: Float64Array, v: Float64Array): number {
  const k = y.length;
  const mean = y.reduce((sum, value) => sum + value, 0) / k;
  const meanVariance = v.reduce((sum, value) => sum + value, 0) / k;
  let tau2 = Math.max(0, y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (k - 1) - meanVariance);
  for (let step = 0; step < 1000; step++) {
    const { sums, squaredResidual } = weighted(y, v, tau2);
    const trace = traces(sums);
    const next = Math.max(0, tau2 + (squaredResidual - trace.p) / trace.pp);
    const settled = Math.abs(next - tau2) <= 1e-15 * (next + meanVariance);
    tau2 = next;
    if (settled) return tau2;
  }
  const score = (value: number): number => {
    const { sums, squaredResidual } = weighted(y, v, value);
    return squaredResidual - traces(sums).p;
  };
  return score(0) <= 0 ? 0 : fallingRoot(score, meanVariance);
}

/** The root above 0 of a function that is positive at 0 and negative far out. */
function fallingRoot(f: (x: number) => number, guess: number): number {
  let high = guess;
  while (f(high) > 0) high *= 2;
  return findRoot(f, 0, high);
}

/** As metafor: REML from the expected information; DL from the variance of Q; Paule-Mandel from that of the empirical Bayes estimator. */
function tau2StandardError(method: HeterogeneityMethod, y: Float64Array, v: Float64Array, tau2: number): number | null {
  const k = y.length;
  if (method === 'fixed') return null;
  if (method === 'reml') return Math.sqrt(2 / traces(weighted(y, v, tau2).sums).pp);
  if (method === 'paule-mandel') return Math.sqrt((2 * k * k) / (k - 1)) / weighted(y, v, tau2).sums.w1;
  const trace = traces(weighted(y, v, 0).sums);
  return Math.sqrt(2 * (k - 1) + 4 * tau2 * trace.p + 2 * tau2 * tau2 * trace.pp) / trace.p;
}

function heterogeneity(method: HeterogeneityMethod, y: Float64Array, v: Float64Array, tau2: number) {
  const df = y.length - 1;
  const { sums, residual: q } = weighted(y, v, 0);
  const typical = df / traces(sums).p;
  const fixed = { i2: q > df ? (100 * (q - df)) / q : 0, h2: q / df };
  const random = { i2: (100 * tau2) / (tau2 + typical), h2: 1 + tau2 / typical };
  return { q, qP: chiSquaredUpperTail(q, df), ...(method === 'fixed' ? fixed : random) };
}

function predictionInterval(
  { method, prediction, level }: MetaAnalysisInput,
  k: number,
  { mean, spread, df }: { mean: number; spread: number; df: number },
): Interval | null {
  if (method === 'fixed' || k < 3) return null;
  return about(mean, spread, quantile(level, prediction === 't-k-2' ? k - 2 : df));
}

function hartungKnappScale(q: number, interval: PoolingInterval): number {
  return interval === 'modified-hartung-knapp' ? Math.max(1, q) : q;
}

function quantile(level: number | undefined, df: number): number {
  const confidence = level ?? 0.95;
  return df === Infinity ? twoSidedZ(confidence) : -studentTQuantile((1 - confidence) / 2, df);
}

function about(mean: number, standardError: number, factor: number): Interval {
  return { low: mean - factor * standardError, high: mean + factor * standardError };
}

function requireUsable(y: Float64Array, v: Float64Array): void {
  if (y.length !== v.length) throw new RangeError('Every estimate needs a variance.');
  if (!y.every(Number.isFinite) || !v.every((variance) => variance > 0 && variance < Infinity)) {
    throw new RangeError('A meta-analysis needs finite estimates with positive variances.');
  }
}
