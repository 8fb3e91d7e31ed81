import { describe, expect, it } from 'vitest';
import { FirthNewton, leverageScores } from './firth.js';
import { logisticStatistics } from './logistic-statistics.js';

function fitFirth(columns: Float64Array[], y: number[]) {
  const newton = new FirthNewton(columns.length + 1);
  while (newton.fit === null) {
    const { inverse, evaluateAt } = newton;
    if (inverse === null) newton.receive(logisticStatistics({ columns, y }, evaluateAt));
    else newton.receiveLeverage(leverageScores({ columns, y }, evaluateAt, inverse));
  }
  return newton.fit;
}

describe("Firth's regression", () => {
  const x = Float64Array.from([-1.2, -0.7, -0.3, 0.1, 0.4, 0.9, 1.3, 2]);
  const y = [0, 0, 1, 0, 1, 0, 1, 1];

  it('finds the estimate where an indicator has a single patient, whose leverage is 1: steps by the information alone would swing about it for ever', () => {
    const { status, beta, largestScore, evaluations } = fitFirth([x, Float64Array.from([0, 0, 0, 0, 0, 0, 0, 1])], y);
    expect(status).toBe('converged');
    expect(evaluations).toBeLessThan(15);
    expect(largestScore).toBeLessThan(1e-11);
    // Root of the modified score in numpy 1.24: 20,000 steps of half the length, largest score 1e-15.
    [-0.30856436, 0.7942705, -0.18136436].forEach((b, j) => expect(beta[j]).toBeCloseTo(b, 7));
  });

  it('takes few steps to separated classes and to columns that nearly repeat one another', () => {
    const separated = fitFirth([x], [0, 0, 0, 0, 1, 1, 1, 1]);
    expect([separated.status, separated.largestScore < 1e-10]).toEqual(['converged', true]);
    const repeated = fitFirth([x, x.map((v, i) => v + 1e-3 * Math.sin(7 * i))], y);
    expect(repeated.status).toBe('converged');
    expect(repeated.evaluations).toBeLessThan(20);
    expect(repeated.largestScore).toBeLessThan(1e-9);
  });

  it('calls dependent columns singular after one evaluation', () => {
    expect(fitFirth([x, x.map((v) => 2 * v)], y)).toMatchObject({ status: 'singular', evaluations: 1 });
  });
});
