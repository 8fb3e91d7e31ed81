/**
 * Cholesky factorisation of a symmetric positive definite matrix and what is built on it.
 *
 * Matrices are `Float64Array`s of n·n numbers, row by row: element (i, j) is `A[i * n + j]`. Only the lower triangle of `A` is read.
 * Source: Golub, Van Loan 2013, Matrix Computations, 4th edition, section 4.2 (row-oriented inner product form).
 */

/**
 * The lower triangular L with A = L L', or `null` when A is not positive definite to working precision.
 *
 * A pivot counts as zero when it is at most `relativeTolerance` times its diagonal element A_ii: what is left of column i after the
 * columns before it have been projected out is then rounding noise. The default, n times the machine epsilon, says "singular" where
 * R's `chol` would return a factor of noise. Pass 0 for R's rule (a pivot must be positive). A matrix that holds NaN gives `null`.
 * The upper triangle of the result is zero. Cost n³/3 multiplications. n = 0 gives an empty factor.
 *
 * @example choleskyFactor(Float64Array.of(4, 2, 2, 5), 2) // [2, 0, 1, 2]
 */
export function choleskyFactor(A: Float64Array, n: number, relativeTolerance: number = n * Number.EPSILON): Float64Array | null {
  requireSquare(A, n);
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    for (let j = 0; j < i; j++) {
      L[rowI + j] = (A[rowI + j] - rowProduct(L, rowI, j * n, j)) / L[j * n + j];
    }
    const pivot = A[rowI + i] - rowProduct(L, rowI, rowI, i);
    if (!(pivot > relativeTolerance * Math.abs(A[rowI + i])) || pivot === Infinity) return null;
    L[rowI + i] = Math.sqrt(pivot);
  }
  return L;
}

/**
 * Solves A x = b given the factor L of A (L L' = A): forward, then backward substitution. `b` (length n) is left as it is.
 *
 * @example choleskySolve(Float64Array.of(2, 0, 1, 2), 2, Float64Array.of(8, 9)) // [1.375, 1.25]
 */
export function choleskySolve(L: Float64Array, n: number, b: Float64Array): Float64Array {
  requireSquare(L, n);
  if (b.length !== n) throw new RangeError(`The right-hand side has ${b.length} elements; the factor has order ${n}.`);
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    let sum = x[i];
    for (let k = 0; k < i; k++) sum -= L[i * n + k] * x[k];
    x[i] = sum / L[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    const value = x[i] / L[i * n + i];
    x[i] = value;
    for (let k = 0; k < i; k++) x[k] -= L[i * n + k] * value;
  }
  return x;
}

/**
 * A⁻¹ given the factor L of A, as a full symmetric matrix: M = L⁻¹ row by row, then M'M.
 * Use `choleskySolve` for a solution; the inverse is for covariance matrices, where its elements are the result.
 *
 * @example choleskyInverse(Float64Array.of(2, 0, 1, 2), 2) // [0.3125, -0.125, -0.125, 0.25]
 */
export function choleskyInverse(L: Float64Array, n: number): Float64Array {
  const M = lowerTriangularInverse(L, n);
  const inverse = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      const m = M[k * n + i];
      for (let j = 0; j <= i; j++) inverse[i * n + j] += m * M[k * n + j];
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) inverse[j * n + i] = inverse[i * n + j];
  return inverse;
}

/** ln det A = 2 Σ ln L_ii, given the factor L of A. */
export function choleskyLogDeterminant(L: Float64Array, n: number): number {
  requireSquare(L, n);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(L[i * n + i]);
  return 2 * sum;
}

/** L⁻¹ of a lower triangular L (n·n, row by row) without zeros on its diagonal; the result is lower triangular too. */
export function lowerTriangularInverse(L: Float64Array, n: number): Float64Array {
  requireSquare(L, n);
  const M = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const diagonal = L[i * n + i];
    for (let k = 0; k < i; k++) {
      const l = L[i * n + k];
      for (let j = 0; j <= k; j++) M[i * n + j] -= l * M[k * n + j];
    }
    for (let j = 0; j < i; j++) M[i * n + j] /= diagonal;
    M[i * n + i] = 1 / diagonal;
  }
  return M;
}

/** Σ_{k<count} L[a + k] L[b + k], four running sums. */
function rowProduct(L: Float64Array, a: number, b: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += L[a + k] * L[b + k];
    s1 += L[a + k + 1] * L[b + k + 1];
    s2 += L[a + k + 2] * L[b + k + 2];
    s3 += L[a + k + 3] * L[b + k + 3];
  }
  for (; k < count; k++) s0 += L[a + k] * L[b + k];
  return s0 + s1 + (s2 + s3);
}

function requireSquare(A: Float64Array, n: number): void {
  if (A.length !== n * n) throw new RangeError(`A matrix of order ${n} has ${n * n} elements, not ${A.length}.`);
}
