import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { discreteGaussian, discreteLaplace } from './discrete-gaussian.js';
import { epsilonOfCost, gaussianCost, gaussianDelta, gaussianEpsilon, gaussianRdp, gaussianSigma, RENYI_ORDERS, renyiEpsilon, renyiSigma, subsampledGaussianRdp } from './privacy-accountant.js';

const reference = JSON.parse(readFileSync(new URL('../../../test/oracle/expected/common.dp_accountant.json', import.meta.url), 'utf8')) as {
  orders: number[];
  gaussian: { sigma: number; T: number; delta: number; eps_mironov: number; order_mironov: number; eps_canonne: number; order_canonne: number; eps_exact: number }[];
  subsampled: { q: number; sigma: number; T: number; delta: number; rdp_at_2: number; rdp_at_8: number; rdp_at_32: number; eps_mironov: number; eps_canonne: number }[];
  analytic_sigma: { eps: number; delta: number; sigma_per_unit_sensitivity: number }[];
};

/** Of the reference's own root finding; figures of the Rényi bounds agree to rounding. */
const EXACT = 1e-8;
const close = (got: number, want: number, relative = 1e-11) => expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(want)));

describe('the cost of answers with Gaussian noise', () => {
  it('is looked at where the reference looks', () => {
    expect(RENYI_ORDERS.length).toBe(reference.orders.length);
    RENYI_ORDERS.forEach((order, i) => close(order, reference.orders[i]!));
  });

  it.each(reference.gaussian.map((one) => [one.sigma, one.T, one.delta, one] as const))('is the reference one for noise %f, %i answers, delta %f', (sigma, T, delta, one) => {
    const curve = (order: number) => gaussianRdp(sigma, order, T);
    const [tight, loose] = [renyiEpsilon(curve, delta), renyiEpsilon(curve, delta, { tight: false })];
    close(tight.epsilon, one.eps_canonne);
    close(loose.epsilon, one.eps_mironov);
    expect([tight.order, loose.order]).toEqual([one.order_canonne, one.order_mironov]);
    close(gaussianEpsilon(sigma, delta, T), one.eps_exact, EXACT);
  });

  it.each(reference.subsampled.map((one) => [one.q, one.sigma, one] as const))('is the reference one where a share %f of patients is asked, noise %f', (rate, sigma, one) => {
    const curve = (order: number) => subsampledGaussianRdp(sigma, order, { rate, compositions: one.T });
    for (const order of [2, 8, 32] as const) close(curve(order), one[`rdp_at_${order}`], 1e-10);
    const orders = Array.from({ length: 63 }, (_, i) => i + 2);
    close(renyiEpsilon(curve, one.delta, { orders }).epsilon, one.eps_canonne, 1e-10);
    close(renyiEpsilon(curve, one.delta, { orders, tight: false }).epsilon, one.eps_mironov, 1e-10);
  });

  it.each(reference.analytic_sigma.map((one) => [one.eps, one.delta, one.sigma_per_unit_sensitivity] as const))('asks for the reference noise at epsilon %f, delta %f', (epsilon, delta, sigma) => {
    close(gaussianSigma(epsilon, delta), sigma, EXACT);
    close(gaussianDelta(gaussianSigma(epsilon, delta), epsilon), delta, EXACT);
    // T answers are as one of √T times the sensitivity.
    close(gaussianSigma(epsilon, delta, 9), 3 * sigma, EXACT);
  });

  it.each(reference.gaussian.map((one) => [one.sigma, one.T, one.delta, one.eps_canonne] as const))('is turned back by the Rényi bound: noise %f for %i answers, delta %f', (sigma, T, delta, epsilon) => {
    close(epsilonOfCost(gaussianCost(sigma, T), delta), epsilon);
    close(renyiSigma(epsilon, delta, T), sigma, EXACT);
    expect(epsilonOfCost(gaussianCost(renyiSigma(epsilon, delta, T), T), delta)).toBeLessThanOrEqual(epsilon);
    expect(renyiSigma(epsilon, delta, T)).toBeGreaterThanOrEqual(gaussianSigma(epsilon, delta, T));
  });

  it('is nothing where nothing was answered, and no noise is enough for an epsilon below what the bound can show', () => {
    expect(epsilonOfCost(0, 1e-5)).toBe(0);
    expect(() => renyiSigma(0, 1e-5)).toThrow('Epsilon');
  });

  it('is refused where the question makes no sense, and nothing where noise is beyond all need', () => {
    expect(() => renyiEpsilon(() => 1, 0)).toThrow('Delta');
    expect(() => gaussianSigma(0, 1e-5)).toThrow('Epsilon');
    expect(gaussianEpsilon(1e7, 1e-5)).toBe(0);
  });
});

/** A fixed stream of 32-bit numbers, for tests only. */
function uniformBelow(seed: number): (bound: bigint) => bigint {
  let state = seed >>> 0;
  const word = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return BigInt((t ^ (t >>> 14)) >>> 0);
  };
  return (bound) => {
    const bits = bound.toString(2).length;
    for (;;) {
      let value = 0n;
      for (let have = 0; have < bits; have += 32) value = (value << 32n) | word();
      value &= (1n << BigInt(bits)) - 1n;
      if (value < bound) return value;
    }
  };
}

describe('whole-number noise', () => {
  it.each([[1n, 4n], [5n, 2n], [100n, 1n]])('has the probabilities of the discrete Gaussian of variance %i/%i', (numerator, denominator) => {
    const below = uniformBelow(7);
    const draws = 6000;
    const counts = new Map<number, number>();
    for (let i = 0; i < draws; i++) {
      const x = Number(discreteGaussian({ numerator, denominator }, below));
      counts.set(x, (counts.get(x) ?? 0) + 1);
    }
    const variance = Number(numerator) / Number(denominator);
    const weight = (x: number) => Math.exp((-x * x) / (2 * variance));
    const total = Array.from({ length: 401 }, (_, i) => weight(i - 200)).reduce((sum, w) => sum + w, 0);
    // Chi-squared over the values expected at least five times; its degrees of freedom are one fewer, and five standard deviations above its mean is beyond chance.
    const expected = Array.from({ length: 401 }, (_, i) => i - 200).map((x) => [x, (draws * weight(x)) / total] as const).filter(([, count]) => count >= 5);
    const statistic = expected.reduce((sum, [x, count]) => sum + ((counts.get(x) ?? 0) - count) ** 2 / count, 0);
    expect(statistic).toBeLessThan(expected.length + 5 * Math.sqrt(2 * expected.length));
    expect([...counts.keys()].every(Number.isInteger)).toBe(true);
  });

  it('is as far from zero on either side, and exact where the deviation is the size of the ring\'s unit', () => {
    const below = uniformBelow(11);
    const sigma = 2n ** 40n;
    const draws = Array.from({ length: 400 }, () => Number(discreteGaussian({ numerator: sigma * sigma, denominator: 1n }, below)) / Number(sigma));
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const square = draws.reduce((sum, x) => sum + x * x, 0) / draws.length;
    // Four standard errors: 1/√n of the mean, √(2/n) of the variance.
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(draws.length));
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / draws.length));
    expect(() => discreteGaussian({ numerator: 0n, denominator: 1n }, below)).toThrow('positive');
    expect([...new Set(Array.from({ length: 200 }, () => Math.sign(Number(discreteLaplace(3n, below)))))].sort()).toEqual([-1, 0, 1]);
  });
});
