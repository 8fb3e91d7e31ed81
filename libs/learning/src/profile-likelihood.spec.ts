import { describe, expect, it } from 'vitest';
import { fitLogistic } from './logistic-model.js';
import { logisticStatistics } from './logistic-statistics.js';
import { ProfileBound } from './profile-likelihood.js';

describe('the profile likelihood interval of a feature that nearly repeats another', () => {
  const rows = Array.from({ length: 60 }, (_, i) => i);
  const once = rows.map((i) => ((i * 7919) % 61) / 15 - 2);
  const again = once.map((x, i) => x + (((i * 31) % 7) - 3) / 1000);
  const y = once.map((x, i) => (((i * 37) % 11) / 5 + x / 1.5 > 1.1 && i % 9 !== 0 ? 1 : 0));
  const scaled = (x: number[]) => {
    const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
    const sd = Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length);
    return { sd, z: Float64Array.from(x, (v) => (v - mean) / sd) };
  };

  it('is found hundreds of standard deviations away: that is two standard errors', () => {
    const [first, second] = [scaled(once), scaled(again)];
    const data = { columns: [first.z, second.z], y };
    const fit = fitLogistic(data);
    // R 4.2: uniroot of deviance(glm(y ~ x2, binomial, offset = b x1)) - deviance - qchisq(.95, 1)
    for (const [sign, want] of [[-1, -457.12887314149], [1, 507.363423312112]] as const) {
      const bound = new ProfileBound(fit, { contrast: Float64Array.of(0, 1 / first.sd, 0), sign, quantile: 3.841458820694124 });
      let messages = 0;
      for (let at = bound.evaluateAt; at !== null; at = bound.evaluateAt, messages++) bound.receive(logisticStatistics(data, at));
      expect(bound.bound! / want).toBeCloseTo(1, 6);
      expect(messages).toBeLessThan(12);
    }
  });
});
