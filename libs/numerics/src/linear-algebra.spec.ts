import { describe, expect, test } from 'vitest';
import * as numerics from './index.js';

const random = numerics.SeededRandom.fromSeed('linear algebra');
const matrix = (rows: number, columns: number): Float64Array => Float64Array.from({ length: rows * columns }, () => random.normal());

/** Plain triple loops over element functions: the definition, against which the kernels are held. */
function definition(rows: number, columns: number, inner: number, term: (i: number, j: number, k: number) => number): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += term(Math.floor(at / columns), at % columns, k);
    return sum;
  });
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
}

function positiveDefinite(n: number): Float64Array {
  const A = numerics.symmetricCrossProduct(matrix(n + 5, n), n + 5, n);
  for (let i = 0; i < n; i++) A[i * n + i] += 0.5;
  return A;
}

describe('matrix products', () => {
  test.each([[1, 1], [3, 1], [7, 4], [20, 9], [511, 6], [513, 5], [1200, 11], [0, 3]])('X’X of %i rows and %i columns equals its definition', (rows, columns) => {
    const X = matrix(rows, columns);
    const weights = Float64Array.from({ length: rows }, () => random.uniform());
    const plain = definition(columns, columns, rows, (j, k, i) => X[j * rows + i] * X[k * rows + i]);
    const weighted = definition(columns, columns, rows, (j, k, i) => weights[i] * X[j * rows + i] * X[k * rows + i]);
    // Rounding of sums of at most 1200 products of size about 1 in another order.
    expect(largestDifference(numerics.symmetricCrossProduct(X, rows, columns), plain)).toBeLessThan(1e-11);
    expect(largestDifference(numerics.symmetricCrossProduct(X, rows, columns, weights), weighted)).toBeLessThan(1e-11);
  });
  test('the result is exactly symmetric', () => {
    const A = numerics.symmetricCrossProduct(matrix(37, 10), 37, 10);
    for (let i = 0; i < 10; i++) for (let j = 0; j < 10; j++) expect(A[i * 10 + j]).toBe(A[j * 10 + i]);
  });
  test.each([[5, 3, 4], [600, 9, 7], [10, 1, 1]])('X’Z over %i rows, %i and %i columns equals its definition', (rows, leftColumns, rightColumns) => {
    const left = matrix(rows, leftColumns);
    const right = matrix(rows, rightColumns);
    const got = numerics.crossProduct({ left, leftColumns, right, rightColumns, rows });
    expect(largestDifference(got, definition(leftColumns, rightColumns, rows, (j, k, i) => left[j * rows + i] * right[k * rows + i]))).toBeLessThan(1e-11);
  });
  test.each([[4, 5, 6], [7, 1, 3], [2, 11, 1]])('A B of %i × %i × %i equals its definition', (rows, inner, columns) => {
    const left = matrix(rows, inner);
    const right = matrix(inner, columns);
    const got = numerics.matrixMultiply({ left, right, rows, inner, columns });
    expect(largestDifference(got, definition(rows, columns, inner, (i, j, k) => left[i * inner + k] * right[k * columns + j]))).toBeLessThan(1e-13);
  });
  test('vectors: X’v, X b and A v', () => {
    const X = Float64Array.of(1, 2, 3, 4, 5, 6);
    expect(numerics.transposedProduct(X, 3, 2, Float64Array.of(1, 0, -1))).toEqual(Float64Array.of(-2, -2));
    expect(numerics.columnCombination(X, 3, 2, Float64Array.of(2, -1))).toEqual(Float64Array.of(-2, -1, 0));
    expect(numerics.matrixVector(X, 2, 3, Float64Array.of(1, 0, -1))).toEqual(Float64Array.of(-2, -2));
  });
  test('a symmetric matrix survives packing', () => {
    const A = positiveDefinite(6);
    expect(numerics.packSymmetric(A, 6).length).toBe(21);
    expect(numerics.unpackSymmetric(numerics.packSymmetric(A, 6), 6)).toEqual(A);
  });
  test('shapes that do not fit are refused', () => {
    expect(() => numerics.symmetricCrossProduct(new Float64Array(5), 2, 2)).toThrow(RangeError);
    expect(() => numerics.matrixVector(new Float64Array(4), 2, 2, new Float64Array(3))).toThrow(RangeError);
  });
});

describe('Cholesky', () => {
  test.each([1, 2, 7, 40])('L L’ = A, A x = b and A A⁻¹ = I at order %i', (n) => {
    const A = positiveDefinite(n);
    const L = numerics.choleskyFactor(A, n)!;
    expect(largestDifference(definition(n, n, n, (i, j, k) => L[i * n + k] * L[j * n + k]), A)).toBeLessThan(1e-12);
    const x = matrix(n, 1);
    expect(largestDifference(numerics.choleskySolve(L, n, numerics.matrixVector(A, n, n, x)), x)).toBeLessThan(1e-10);
    const product = numerics.matrixMultiply({ left: A, right: numerics.choleskyInverse(L, n), rows: n, inner: n, columns: n });
    expect(largestDifference(product, Float64Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0)))).toBeLessThan(1e-10);
    const logDeterminant = Math.log(Math.abs(numerics.luDeterminant(numerics.luFactor(A, n)!)));
    expect(numerics.choleskyLogDeterminant(L, n)).toBeCloseTo(logDeterminant, 10);
  });
  test('an indefinite, a singular, a zero and a NaN matrix have no factor', () => {
    expect(numerics.choleskyFactor(Float64Array.of(1, 2, 2, 1), 2)).toBeNull();
    expect(numerics.choleskyFactor(Float64Array.of(0, 0, 0, 1), 2)).toBeNull();
    expect(numerics.choleskyFactor(Float64Array.of(1, NaN, NaN, 1), 2)).toBeNull();
  });
  test('a pivot of rounding size means singular, unless R’s rule of any positive pivot is asked for', () => {
    const nearlySingular = Float64Array.of(1, 1, 1, 1 + 2 * Number.EPSILON);
    expect(numerics.choleskyFactor(nearlySingular, 2)).toBeNull();
    expect(numerics.choleskyFactor(nearlySingular, 2, 0)).not.toBeNull();
    expect(numerics.choleskyFactor(Float64Array.of(1, 1, 1, 1), 2, 0)).toBeNull();
  });
  test('the order-zero factor is empty', () => {
    expect(numerics.choleskyFactor(new Float64Array(0), 0)).toEqual(new Float64Array(0));
  });
});

describe('LU', () => {
  test.each([1, 2, 9, 25])('solves a general system of order %i, rows exchanged', (n) => {
    const A = matrix(n, n);
    if (n > 1) A[0] = 0;
    const x = matrix(n, 1);
    expect(largestDifference(numerics.luSolve(numerics.luFactor(A, n)!, numerics.matrixVector(A, n, n, x)), x)).toBeLessThan(1e-9);
  });
  test('knows the determinant and its sign', () => {
    expect(numerics.luDeterminant(numerics.luFactor(Float64Array.of(0, 2, 3, 0), 2)!)).toBe(-6);
    expect(numerics.luDeterminant(numerics.luFactor(Float64Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0), 3)!)).toBe(1);
  });
  test('a singular matrix has no factors', () => {
    expect(numerics.luFactor(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 3)).toBeNull();
    expect(numerics.luFactor(new Float64Array(4), 2)).toBeNull();
  });
});

describe('symmetric eigenvalues', () => {
  test.each([1, 2, 6, 30])('A v = λ v, orthonormal vectors, descending values at order %i', (n) => {
    const A = positiveDefinite(n);
    for (let i = 0; i < n; i++) A[i * n + i] -= 5;
    const { values, vectors } = numerics.symmetricEigen(A, n);
    for (let e = 0; e < n; e++) {
      const v = vectors.subarray(e * n, (e + 1) * n);
      expect(largestDifference(numerics.matrixVector(A, n, n, v.slice()), v.map((value) => value * values[e]))).toBeLessThan(1e-11);
      if (e > 0) expect(values[e]).toBeLessThanOrEqual(values[e - 1]);
    }
    const identity = definition(n, n, n, (i, j, k) => vectors[i * n + k] * vectors[j * n + k]);
    expect(largestDifference(identity, Float64Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0)))).toBeLessThan(1e-13);
  });
  test('a positive definite matrix graded over 2⁶⁸ gives even its smallest eigenvalue to 1e-14', () => {
    const scale = [1, 2 ** -17, 2 ** -34];
    const B = [2, 0.7, 0.3, 0.7, 1.5, -0.4, 0.3, -0.4, 1.1];
    const graded = Float64Array.from(B, (value, at) => value * scale[Math.floor(at / 3)] * scale[at % 3]);
    // mpmath at 60 digits. A method accurate only beside the largest eigenvalue has no digit of the last one.
    const expected = [2.000000000014261, 7.305061444656921e-11, 2.8859863604982093e-21];
    numerics.symmetricEigen(graded, 3).values.forEach((value, i) => expect(Math.abs(value / expected[i] - 1)).toBeLessThan(1e-14));
  });
  test('a matrix of rank 5 and order 60 has 55 eigenvalues of rounding size', () => {
    const { values } = numerics.symmetricEigen(numerics.symmetricCrossProduct(matrix(5, 60), 5, 60), 60);
    expect(values[4]).toBeGreaterThan(1);
    for (const value of values.subarray(5)) expect(Math.abs(value)).toBeLessThan(1e-12);
  });
  test('equal eigenvalues, zero matrices and elements that are not finite', () => {
    expect(numerics.symmetricEigen(Float64Array.of(2, 0, 0, 2), 2).values).toEqual(Float64Array.of(2, 2));
    expect(numerics.symmetricEigen(new Float64Array(9), 3).values).toEqual(new Float64Array(3));
    expect(() => numerics.symmetricEigen(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow(RangeError);
  });
});

describe('sums', () => {
  test('a compensated sum keeps what cancellation would lose', () => {
    expect(numerics.compensatedSum([1e100, 1, -1e100])).toBe(1);
    expect(numerics.compensatedSum(new Float64Array(1000).fill(0.1))).toBe(100);
    expect(numerics.compensatedSum([])).toBe(0);
    expect(numerics.compensatedSum([Infinity, 1])).toBe(Infinity);
  });
  test('a pairwise sum of a million tenths is right to 1e-15 relative, where a plain loop is off by 1e-11', () => {
    const values = new Float64Array(1_000_000).fill(0.1);
    expect(Math.abs(numerics.pairwiseSum(values) / 100_000 - 1)).toBeLessThan(1e-15);
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / 100_000 - 1)).toBeGreaterThan(1e-12);
  });
  test('a dot product needs equal lengths', () => {
    expect(numerics.dotProduct(Float64Array.of(1, 2, 3, 4, 5), Float64Array.of(1, 1, 1, 1, 2))).toBe(20);
    expect(() => numerics.dotProduct(new Float64Array(2), new Float64Array(3))).toThrow(RangeError);
  });
});

describe('root finding', () => {
  test.each([
    { what: '√2', f: (x: number) => x * x - 2, a: 0, b: 2, root: Math.SQRT2 },
    { what: 'a steep exponential', f: (x: number) => Math.exp(x) - 1e8, a: 0, b: 100, root: Math.log(1e8) },
    { what: 'a flat cubic', f: (x: number) => (x - 3) ** 3, a: 0, b: 10, root: 3 },
    { what: 'a root at the end', f: (x: number) => x - 1, a: 1, b: 5, root: 1 },
    { what: 'the bracket reversed', f: Math.cos, a: 3, b: 0, root: Math.PI / 2 },
  ])('finds $what', ({ f, a, b, root }) => {
    // A triple root is known only to the cube root of the rounding of f.
    expect(Math.abs(numerics.findRoot(f, a, b) - root)).toBeLessThan(root === 3 ? 1e-5 : 1e-14 * Math.max(1, root));
  });
  test('stops at the tolerance asked for', () => {
    let calls = 0;
    numerics.findRoot((x) => (calls++, Math.tanh(x - 0.3)), -5, 9, { tolerance: 1e-3 });
    expect(calls).toBeLessThan(15);
  });
  test('refuses equal signs, NaN, and runs out of evaluations aloud', () => {
    expect(() => numerics.findRoot((x) => x * x + 1, -1, 1)).toThrow(RangeError);
    expect(() => numerics.findRoot((x) => (x > -1 && x < 1 ? NaN : x), -1, 1)).toThrow(RangeError);
    expect(() => numerics.findRoot((x) => Math.exp(x) - 2, 0, 700, { evaluations: 5 })).toThrow(RangeError);
  });
});
