import { describe, expect, test } from 'vitest';
import { randomEffects, type MetaAnalysisInput } from './meta-analysis.js';

const heterogeneous = { estimates: [0.2, 1.4, 0.7, 2.6], variances: [0.04, 0.09, 0.06, 0.2] };
const run = (input: Partial<MetaAnalysisInput> = {}) => randomEffects({ ...heterogeneous, method: 'reml', interval: 'hartung-knapp', ...input })!;

/** Σ (y - μ)² / (v + τ²) at the weighted mean. */
function generalisedQ({ estimates, variances }: typeof heterogeneous, tau2: number): number {
  const w = variances.map((v) => 1 / (v + tau2));
  const mean = estimates.reduce((s, y, i) => s + w[i] * y, 0) / w.reduce((s, v) => s + v, 0);
  return estimates.reduce((s, y, i) => s + w[i] * (y - mean) ** 2, 0);
}

describe('random-effects meta-analysis', () => {
  test('Paule-Mandel solves Q(τ²) = k - 1 to the last digits', () => {
    const { tau2 } = run({ method: 'paule-mandel' });
    expect(tau2).toBeGreaterThan(0.1);
    expect(generalisedQ(heterogeneous, tau2)).toBeCloseTo(3, 12);
  });
  test('REML is at a maximum of the restricted likelihood', () => {
    const logLikelihood = (tau2: number): number => {
      const w = heterogeneous.variances.map((v) => 1 / (v + tau2));
      return -0.5 * (-w.reduce((s, v) => s + Math.log(v), 0) + Math.log(w.reduce((s, v) => s + v, 0)) + generalisedQ(heterogeneous, tau2));
    };
    const { tau2 } = run();
    const step = 1e-4 * tau2;
    expect(logLikelihood(tau2)).toBeGreaterThan(logLikelihood(tau2 - step));
    expect(logLikelihood(tau2)).toBeGreaterThan(logLikelihood(tau2 + step));
    // Symmetric about the maximum up to the third derivative: a slope would show at 1e-4, this is 1e-12.
    expect(Math.abs(logLikelihood(tau2 + step) - logLikelihood(tau2 - step))).toBeLessThan(5e-12);
  });
  test('homogeneous sites give τ² = 0, and plain Hartung-Knapp is then narrower than Wald; the modified form is not', () => {
    const input = { estimates: [1, 1.01, 0.99, 1.02], variances: [0.04, 0.09, 0.06, 0.2] };
    const plain = run(input);
    const wald = run({ ...input, interval: 'wald' });
    const modified = run({ ...input, interval: 'modified-hartung-knapp' });
    expect(plain.tau2).toBe(0);
    expect(plain.standardError).toBeLessThan(wald.standardError);
    expect(modified.standardError).toBe(wald.standardError);
    expect(modified.confidence.high - modified.confidence.low).toBeGreaterThan(wald.confidence.high - wald.confidence.low);
  });
  test('with strong heterogeneity the modified form is the plain one', () => {
    const input = { estimates: [0, 3, -3, 6], variances: [0.01, 0.02, 5, 0.02], method: 'dersimonian-laird' as const };
    const plain = run(input);
    if (plain.standardError < run({ ...input, interval: 'wald' }).standardError) throw new Error('The example no longer separates the two forms.');
    expect(run({ ...input, interval: 'modified-hartung-knapp' })).toEqual(plain);
  });
  test('one site is not pooled, two have no prediction interval, three have a wide one', () => {
    expect(randomEffects({ estimates: [1], variances: [0.1], method: 'reml', interval: 'wald' })).toBeNull();
    expect(randomEffects({ estimates: [], variances: [], method: 'reml', interval: 'wald' })).toBeNull();
    expect(run({ estimates: [1, 2], variances: [0.1, 0.1] }).prediction).toBeNull();
    const three = run({ estimates: [1, 2, 1.4], variances: [0.1, 0.1, 0.2] });
    expect(three.prediction!.low).toBeLessThan(three.confidence.low);
  });
  test('the prediction interval with k - 2 degrees of freedom is wider than the one with k - 1', () => {
    const metafor = run().prediction!;
    const higgins = run({ prediction: 't-k-2' }).prediction!;
    // t quantiles at 97.5 %: 3.182446 with three degrees of freedom, 4.302653 with two.
    expect((higgins.high - higgins.low) / (metafor.high - metafor.low)).toBeCloseTo(4.302652729749464 / 3.182446305283708, 12);
  });
  test('a common offset of the estimates moves only the pooled value', () => {
    const shifted = run({ estimates: heterogeneous.estimates.map((y) => y + 1000) });
    expect(shifted.estimate - 1000).toBeCloseTo(run().estimate, 9);
    expect(shifted.tau2).toBeCloseTo(run().tau2, 9);
  });
  test('the confidence level is the one asked for', () => {
    const ninety = run({ level: 0.9, interval: 'wald' });
    expect((ninety.confidence.high - ninety.estimate) / ninety.standardError).toBeCloseTo(1.6448536269514722, 13);
  });
  test('a variance of 0, an infinite estimate and a missing variance are mistakes', () => {
    expect(() => run({ variances: [0.1, 0, 0.1, 0.1] })).toThrow(RangeError);
    expect(() => run({ estimates: [1, Infinity, 2, 3] })).toThrow(RangeError);
    expect(() => run({ variances: [0.1] })).toThrow(RangeError);
  });
});
