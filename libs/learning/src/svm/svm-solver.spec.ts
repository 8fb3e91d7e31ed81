import { SeededRandom } from '@consilium/numerics';
import { describe, expect, it } from 'vitest';
import { hingeStatistics } from './squared-hinge.js';
import { SvmLimitedMemory, SvmNewton, type SvmFit, type SvmSolver } from './svm-solver.js';

const [n, p] = [40, 60];
const random = SeededRandom.fromSeed('more features than patients');
const X = Float64Array.from({ length: n * p }, () => random.normal());
const y = Array.from({ length: n }, (_, i) => (X[i]! - 0.8 * X[n + i]! + random.normal() > 0 ? 1 : 0));

function solve(solver: SvmSolver): SvmFit {
  const used = new Uint8Array(n).fill(1);
  while (solver.fit === null) solver.receive(solver.positions.map((beta) => hingeStatistics({ X, y, used }, beta, solver.curvature)));
  return solver.fit;
}

describe('a linear support vector machine of more features than patients', () => {
  it.each([0.01, 1, 10])('has one optimum for both solvers: C %d', (C) => {
    const problem = { C, penalisedIntercept: true };
    const [exact, limited] = [solve(new SvmNewton(problem, p + 1)), solve(new SvmLimitedMemory(problem, p + 1))];
    expect([exact.status, limited.status]).toEqual(['converged', 'converged']);
    expect(limited.objective / exact.objective - 1).toBeLessThan(1e-9);
    limited.beta.forEach((b, j) => expect(b).toBeCloseTo(exact.beta[j]!, 4));
  });
});
