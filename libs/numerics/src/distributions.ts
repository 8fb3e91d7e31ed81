import { betaSlope, incompleteBeta } from './beta.js';
import { gammaSlope, incompleteGamma } from './gamma.js';
import { logit, sigmoid } from './logistic.js';
import { normalQuantile, normalTwoSidedP, normalUpperTail } from './normal.js';
import { solveTail } from './tail-quantile.js';

/**
 * Student's t, chi-squared, F and beta distributions: tail probabilities to 1e-13 and quantiles to 1e-12 relative.
 * Degrees of freedom are positive and need not be whole; NaN gives NaN; other arguments outside the domain throw a `RangeError`.
 */

/**
 * P(|T| ≥ |t|) of Student's t with `df` degrees of freedom (∞: the normal distribution): I_x(df/2, ½) at x = df / (df + t²).
 *
 * @example studentTTwoSidedP(35.7, 567) // 3.713786041163711e-147
 */
export function studentTTwoSidedP(t: number, df: number): number {
  if (Number.isNaN(t) || Number.isNaN(df)) return NaN;
  requirePositive(df);
  if (df === Infinity) return normalTwoSidedP(t);
  return incompleteBeta({ ...studentArguments(t, df), a: df / 2, b: 0.5 }).lower;
}

/** P(T ≥ t). */
export function studentTUpperTail(t: number, df: number): number {
  if (df === Infinity) return normalUpperTail(t);
  const twoSided = studentTTwoSidedP(t, df);
  return t >= 0 ? twoSided / 2 : 1 - twoSided / 2;
}

/** P(T ≤ t). */
export function studentTCdf(t: number, df: number): number {
  return studentTUpperTail(-t, df);
}

/**
 * The t with P(T ≤ t) = p. ±∞ at 1 and 0.
 *
 * @example studentTQuantile(0.975, 3) // 3.182446305283708
 */
export function studentTQuantile(p: number, df: number): number {
  if (Number.isNaN(df) || !(p >= 0 && p <= 1)) return NaN;
  requirePositive(df);
  if (df === Infinity) return normalQuantile(p);
  if (p === 0.5) return 0;
  const tail = p < 0.5 ? p : 1 - p;
  if (tail === 0) return p === 0 ? -Infinity : Infinity;
  const central = 1 - 2 * tail;
  const near = central < 0.5;
  const u = logBetaOdds({ target: near ? central : 2 * tail, lower: !near, a: df / 2, b: 0.5 });
  const size = Math.sqrt(df) * Math.exp(-u / 2);
  return p < 0.5 ? -size : size;
}

/**
 * P(X ≥ x) of the chi-squared distribution: Q(df/2, x/2). 1 for x ≤ 0.
 *
 * @example chiSquaredUpperTail(3.841, 1) // 0.0500136837639567
 */
export function chiSquaredUpperTail(x: number, df: number): number {
  return x <= 0 ? ofPositive(df, 1) : incompleteGamma(df / 2, x / 2).upper;
}

/** P(X ≤ x) of the chi-squared distribution. 0 for x ≤ 0. */
export function chiSquaredCdf(x: number, df: number): number {
  return x <= 0 ? ofPositive(df, 0) : incompleteGamma(df / 2, x / 2).lower;
}

/** The x with P(X ≤ x) = p of the chi-squared distribution. */
export function chiSquaredQuantile(p: number, df: number): number {
  if (Number.isNaN(df) || !(p >= 0 && p <= 1)) return NaN;
  requirePositive(df);
  if (p === 0) return 0;
  if (p === 1) return Infinity;
  const a = df / 2;
  const lower = p <= 0.5;
  const u = solveTail({
    logTarget: Math.log(lower ? p : 1 - p),
    growing: lower,
    from: -745,
    to: 709,
    start: Math.log(a),
    evaluate: (v) => {
      const x = Math.exp(v);
      const tails = incompleteGamma(a, x);
      return { tail: lower ? tails.lower : tails.upper, slope: gammaSlope(a, x) };
    },
  });
  return 2 * Math.exp(u);
}

/**
 * P(X ≥ f) of the F distribution with d1 and d2 degrees of freedom: I_x(d2/2, d1/2) at x = d2 / (d2 + d1 f). 1 for f ≤ 0.
 *
 * @example fUpperTail(4.5, 2, 30) // 0.019536632871184137
 */
export function fUpperTail(f: number, d1: number, d2: number): number {
  if (f <= 0) return ofPositive(d1, ofPositive(d2, 1));
  if (f === Infinity) return ofPositive(d1, ofPositive(d2, 0));
  const scaled = d1 * f;
  return incompleteBeta({ x: d2 / (d2 + scaled), y: scaled / (d2 + scaled), a: d2 / 2, b: d1 / 2 }).lower;
}

/** The f with P(F ≤ f) = p. */
export function fQuantile(p: number, d1: number, d2: number): number {
  if (Number.isNaN(d1) || Number.isNaN(d2) || !(p >= 0 && p <= 1)) return NaN;
  requirePositive(Math.min(d1, d2));
  if (p === 0) return 0;
  if (p === 1) return Infinity;
  const lower = p <= 0.5;
  return (d2 / d1) * Math.exp(logBetaOdds({ target: lower ? p : 1 - p, lower, a: d1 / 2, b: d2 / 2 }));
}

/**
 * The x with I_x(a, b) = p.
 *
 * @example betaQuantile(0.025, 5, 6) // 0.18708602844739855
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b) || !(p >= 0 && p <= 1)) return NaN;
  requirePositive(Math.min(a, b));
  if (p === 0 || p === 1) return p;
  const lower = p <= 0.5;
  return sigmoid(logBetaOdds({ target: lower ? p : 1 - p, lower, a, b }));
}

/** ln(x / (1 - x)) of the beta quantile whose lower or upper tail is `target`. */
function logBetaOdds({ target, lower, a, b }: { target: number; lower: boolean; a: number; b: number }): number {
  return solveTail({
    logTarget: Math.log(target),
    growing: lower,
    from: -745,
    to: 745,
    start: logit(a / (a + b)),
    evaluate: (u) => {
      const at = { x: sigmoid(u), y: sigmoid(-u), a, b };
      const tails = incompleteBeta(at);
      return { tail: lower ? tails.lower : tails.upper, slope: betaSlope(at) };
    },
  });
}

/** x = df / (df + t²) and its complement, without overflow of t². */
function studentArguments(t: number, df: number): { x: number; y: number } {
  const ratio = (t / df) * t;
  if (ratio === Infinity) return { x: df / t / t, y: 1 };
  return { x: 1 / (1 + ratio), y: ratio / (1 + ratio) };
}

function ofPositive(parameter: number, value: number): number {
  if (Number.isNaN(parameter)) return NaN;
  requirePositive(parameter);
  return value;
}

function requirePositive(parameter: number): void {
  if (!(parameter > 0)) throw new RangeError('Degrees of freedom and shape parameters are positive.');
}
