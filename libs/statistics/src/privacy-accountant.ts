import { findRoot, logGamma, normalCdf } from '@consilium/numerics';

/**
 * What answers with Gaussian noise cost in differential privacy, patient by patient. `sigma` is the noise's standard deviation over the L2 sensitivity of the answer: how far one patient can move it.
 */

/** Orders at which a Rényi divergence is looked at: 1.1 … 10.9 in tenths, whole ones to 63, then 128, 256, 512. */
export const RENYI_ORDERS: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => (11 + i) / 10),
  ...Array.from({ length: 53 }, (_, i) => 11 + i),
  128, 256, 512,
];

/**
 * Rényi divergence of order a of `compositions` Gaussian answers: T·a / (2σ²). It adds up over answers, which is why a budget is kept in it. Source: Mironov 2017, "Rényi differential privacy", proposition 7.
 *
 * @example gaussianRdp(2, 10, 5) // 6.25
 */
export function gaussianRdp(sigma: number, order: number, compositions = 1): number {
  return (compositions * order) / (2 * sigma * sigma);
}

/**
 * Rényi divergence of a whole order a ≥ 2 where each patient is in an answer with probability q, independently (Poisson):
 * T/(a-1) · log Σ_k C(a,k) (1-q)^(a-k) q^k exp(k(k-1)/(2σ²)). Source: Mironov, Talwar, Zhang 2019. With q = 1 it is gaussianRdp.
 */
export function subsampledGaussianRdp(sigma: number, order: number, { rate, compositions = 1 }: { readonly rate: number; readonly compositions?: number }): number {
  if (rate === 1) return gaussianRdp(sigma, order, compositions);
  const logs = Array.from({ length: order + 1 }, (_, k) => {
    const chosen = logGamma(order + 1) - logGamma(k + 1) - logGamma(order - k + 1);
    return chosen + (order - k) * Math.log1p(-rate) + k * Math.log(rate) + (k * (k - 1)) / (2 * sigma * sigma);
  });
  const largest = Math.max(...logs);
  return (compositions / (order - 1)) * (largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0)));
}

/** Divergence by order; any function of the order that was bounded by a proof. */
export type RenyiCurve = (order: number) => number;

export interface PrivacyLoss {
  readonly epsilon: number;
  /** Where the smallest bound lies. */
  readonly order: number;
}

/**
 * (ε, δ) of a curve: the least over the orders of rdp(a) + log(1 - 1/a) - (log δ + log a)/(a - 1), floored at 0. Source: Canonne, Kamath, Steinke 2020, proposition 12.
 * Mironov's own rdp(a) + log(1/δ)/(a - 1) is larger and is kept for comparison: `tight: false`.
 *
 * @example renyiEpsilon((a) => gaussianRdp(1, a), 1e-5).epsilon // 4.728507067217623
 */
export function renyiEpsilon(curve: RenyiCurve, delta: number, { orders = RENYI_ORDERS, tight = true }: { readonly orders?: readonly number[]; readonly tight?: boolean } = {}): PrivacyLoss {
  if (!(delta > 0 && delta < 1)) throw new RangeError('Delta lies between 0 and 1.');
  let best: PrivacyLoss = { epsilon: Infinity, order: NaN };
  for (const order of orders) {
    const conversion = tight ? Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1) : -Math.log(delta) / (order - 1);
    const epsilon = Math.max(0, curve(order) + conversion);
    if (epsilon < best.epsilon) best = { epsilon, order };
  }
  return best;
}

/**
 * δ of T Gaussian answers at a given ε, exactly: Φ(μ/2 - ε/μ) - e^ε Φ(-μ/2 - ε/μ) with μ = √T/σ, since T answers are as one of sensitivity √T. Source: Balle, Wang 2018, theorem 8.
 */
export function gaussianDelta(sigma: number, epsilon: number, compositions = 1): number {
  const mu = Math.sqrt(compositions) / sigma;
  const upper = normalCdf(-mu / 2 - epsilon / mu);
  return Math.max(0, normalCdf(mu / 2 - epsilon / mu) - (upper === 0 ? 0 : Math.exp(epsilon + Math.log(upper))));
}

/**
 * ε of T Gaussian answers at a given δ, exactly; never above the Rényi bound.
 *
 * @example gaussianEpsilon(1, 1e-5) // 4.3771780956812245
 */
export function gaussianEpsilon(sigma: number, delta: number, compositions = 1): number {
  if (gaussianDelta(sigma, 0, compositions) <= delta) return 0;
  const above = renyiEpsilon((order) => gaussianRdp(sigma, order, compositions), delta).epsilon + 1;
  return findRoot((epsilon) => Math.log(Math.max(gaussianDelta(sigma, epsilon, compositions), Number.MIN_VALUE)) - Math.log(delta), 0, above);
}

/**
 * The least noise, over the sensitivity, with which T Gaussian answers stay within (ε, δ): what a plan check multiplies by the sensitivity to tell the noise in the units of a result.
 *
 * @example gaussianSigma(1, 1e-5) // 3.730631634815942
 */
export function gaussianSigma(epsilon: number, delta: number, compositions = 1): number {
  if (!(epsilon > 0 && delta > 0 && delta < 1)) throw new RangeError('Epsilon is above 0, and delta between 0 and 1.');
  const logDelta = (logSigma: number) => Math.log(Math.max(gaussianDelta(Math.exp(logSigma), epsilon, compositions), Number.MIN_VALUE)) - Math.log(delta);
  const [low, high] = [Math.log(1e-3 * Math.sqrt(compositions)), Math.log(1e6 * Math.sqrt(compositions))];
  return Math.exp(findRoot(logDelta, low, high));
}

/**
 * The least noise, over the sensitivity, with which T Gaussian answers stay within (ε, δ) by the Rényi bound: what a plan that is accounted in that bound adds. A little above gaussianSigma.
 * The whole numbers of discreteGaussian keep it too, to the last bit, where gaussianSigma's exact figure is for real ones.
 *
 * @example renyiSigma(4.728507067217623, 1e-5) // 1
 */
export function renyiSigma(epsilon: number, delta: number, compositions = 1): number {
  if (!(epsilon > 0 && delta > 0 && delta < 1)) throw new RangeError('Epsilon is above 0, and delta between 0 and 1.');
  const excess = (logSigma: number) => renyiEpsilon((order) => gaussianRdp(Math.exp(logSigma), order, compositions), delta).epsilon - epsilon;
  const [low, high] = [Math.log(1e-3 * Math.sqrt(compositions)), Math.log(1e6 * Math.sqrt(compositions))];
  if (excess(high) > 0) throw new RangeError('No noise keeps so small an epsilon at this delta.');
  let sigma = Math.exp(findRoot(excess, low, high));
  // On the safe side of the root's last digits.
  while (epsilonOfCost(gaussianCost(sigma, compositions), delta) > epsilon) sigma *= 1 + 1e-12;
  return sigma;
}

/**
 * What Gaussian answers cost one patient, in a number that adds up over answers: 1 / (2σ²) each, of which the Rényi divergence of order a is a times. Source: Bun, Steinke 2016, "Concentrated
 * differential privacy", proposition 1.6 (there ρ of zCDP); for whole-number noise Canonne, Kamath, Steinke 2020, theorem 4.
 */
export const gaussianCost = (sigma: number, compositions = 1): number => compositions / (2 * sigma * sigma);

/** (ε, δ) of answers that cost so much together. @example epsilonOfCost(0.5, 1e-5) // 4.728507067217623 */
export const epsilonOfCost = (cost: number, delta: number): number => (cost === 0 ? 0 : renyiEpsilon((order) => cost * order, delta).epsilon);
