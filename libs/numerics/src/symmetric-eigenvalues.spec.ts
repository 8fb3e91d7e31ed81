import { describe, expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.js';
import { symmetricEigen } from './symmetric-eigen.js';
import { symmetricEigenvalues } from './symmetric-eigenvalues.js';

describe('eigenvalues alone', () => {
  it.each([1, 2, 3, 10, 60])('agree with the Jacobi method, order %i', (n) => {
    const random = SeededRandom.fromSeed(`eigenvalues ${n}`);
    const A = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) A[i * n + j] = A[j * n + i] = random.normal();
    const jacobi = symmetricEigen(A, n).values.slice().sort();
    // A few ulp of the largest eigenvalue, times the order.
    const tolerance = n * 1e-14 * Math.max(...jacobi.map(Math.abs));
    symmetricEigenvalues(A, n).forEach((value, i) => expect(Math.abs(value - jacobi[i]!)).toBeLessThan(tolerance));
  });

  it('of a diagonal matrix are its diagonal', () => {
    expect(Array.from(symmetricEigenvalues(Float64Array.of(3, 0, 0, 0, -1, 0, 0, 0, 2), 3))).toStrictEqual([-1, 2, 3]);
  });

  it('of a matrix of ones are 0 and its order', () => {
    const values = symmetricEigenvalues(new Float64Array(16).fill(1), 4);
    expect(values[3]).toBeCloseTo(4, 13);
    expect(Math.abs(values[0]!)).toBeLessThan(1e-14);
  });
});
