/** The factors of a general square matrix: P A = L U, L with a unit diagonal, both in `factors` (n·n, row by row). */
export interface LuFactors {
  readonly n: number;
  readonly factors: Float64Array;
  /** Row i of P A is row `rowOrder[i]` of A. */
  readonly rowOrder: Int32Array;
  /** Determinant of P: 1 or -1. */
  readonly parity: number;
}

/**
 * LU factorisation with partial pivoting of a general square matrix (n·n, row by row), for the small systems that are not positive
 * definite. `null` when A is singular to working precision: a pivot of at most n ε times the largest element of A in magnitude.
 * Source: Golub, Van Loan 2013, section 3.4 (outer product form). Cost 2n³/3.
 */
export function luFactor(A: Float64Array, n: number): LuFactors | null {
  if (A.length !== n * n) throw new RangeError(`A matrix of order ${n} has ${n * n} elements, not ${A.length}.`);
  const factors = Float64Array.from(A);
  const rowOrder = Int32Array.from({ length: n }, (_, i) => i);
  const smallest = n * Number.EPSILON * factors.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  let parity = 1;
  for (let k = 0; k < n; k++) {
    const pivotRow = rowOfLargest(factors, n, k);
    if (!(Math.abs(factors[pivotRow * n + k]) > smallest)) return null;
    if (pivotRow !== k) {
      swapRows(factors, n, pivotRow, k);
      [rowOrder[k], rowOrder[pivotRow]] = [rowOrder[pivotRow], rowOrder[k]];
      parity = -parity;
    }
    eliminate(factors, n, k);
  }
  return { n, factors, rowOrder, parity };
}

/** Solves A x = b given the factors of A. */
export function luSolve({ n, factors, rowOrder }: LuFactors, b: Float64Array): Float64Array {
  if (b.length !== n) throw new RangeError(`The right-hand side has ${b.length} elements; the factors have order ${n}.`);
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = b[rowOrder[i]];
    for (let k = 0; k < i; k++) sum -= factors[i * n + k] * x[k];
    x[i] = sum;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i];
    for (let k = i + 1; k < n; k++) sum -= factors[i * n + k] * x[k];
    x[i] = sum / factors[i * n + i];
  }
  return x;
}

/** det A given the factors of A. */
export function luDeterminant({ n, factors, parity }: LuFactors): number {
  let product = parity;
  for (let i = 0; i < n; i++) product *= factors[i * n + i];
  return product;
}

function rowOfLargest(factors: Float64Array, n: number, k: number): number {
  let row = k;
  for (let i = k + 1; i < n; i++) if (Math.abs(factors[i * n + k]) > Math.abs(factors[row * n + k])) row = i;
  return row;
}

function swapRows(factors: Float64Array, n: number, a: number, b: number): void {
  for (let j = 0; j < n; j++) {
    const held = factors[a * n + j];
    factors[a * n + j] = factors[b * n + j];
    factors[b * n + j] = held;
  }
}

function eliminate(factors: Float64Array, n: number, k: number): void {
  for (let i = k + 1; i < n; i++) {
    const multiplier = factors[i * n + k] / factors[k * n + k];
    factors[i * n + k] = multiplier;
    if (multiplier === 0) continue;
    for (let j = k + 1; j < n; j++) factors[i * n + j] -= multiplier * factors[k * n + j];
  }
}
