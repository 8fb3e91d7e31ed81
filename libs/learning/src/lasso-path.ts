import { choleskyFactor, choleskySolve, unpackSymmetric } from '@consilium/numerics';
import type { LinearSums } from './linear-sums.js';

/** ½ b'Gb - c'b + alpha |b|₁ on p columns: what the linear LASSO and each Newton step of the logistic one come down to. */
export interface QuadraticLasso {
  readonly p: number;
  /** p × p, symmetric; a column with G_jj = 0 stays out. */
  readonly G: Float64Array;
  readonly c: Float64Array;
}

/**
 * The linear LASSO from sufficient statistics (Tibshirani 1996; covariance updates: Friedman, Hastie, Tibshirani 2010).
 *
 *   minimise over b0, b:  1/(2n) Σ (y - b0 - b'z)² + alpha Σ |b_j|        (the objective of scikit-learn's Lasso)
 *
 * With G = Z'Z/n - z̄ z̄' and c = Z'y/n - z̄ ȳ the intercept drops out: ½ b'Gb - c'b + alpha |b|₁.
 */
export interface LassoProblem extends QuadraticLasso {
  readonly meanZ: Float64Array;
  readonly meanY: number;
  /** Divisors already applied to G and c: all 1 without standardisation; 0 marks a constant column, which stays out of the model. */
  readonly sd: Float64Array;
}

/** One solution, sparse, on the scale of the sums' columns. */
export interface LassoSolution {
  readonly alpha: number;
  readonly intercept: number;
  /** Columns with a coefficient other than zero, ascending. */
  readonly selected: readonly number[];
  readonly coefficients: Float64Array;
  /** max over j of the violation of |c_j - (Gb)_j| <= alpha, or of equality where b_j is not zero, divided by alpha. */
  readonly kktViolation: number;
}

/** Columns whose variance is below this share of their mean square are constant up to rounding. */
const CONSTANT = 1e-14;
const SWEEPS_ON_ACTIVE = 20;
const MAXIMUM_PASSES = 500;
const KKT_TOLERANCE = 1e-10;
/** Weight of the proximal term, as a share of a column's variance: above rounding, far below what carries information. */
const PROXIMAL = 1e-9;

/**
 * The centred problem of some rows' sums.
 *
 * @param standardise divides every column by its sd (ddof 0) over these rows, as a pipeline that refits its scaler in every fold does
 */
export function lassoProblem(sums: LinearSums, standardise: boolean): LassoProblem {
  const p = sums.sumZ.length;
  const { n } = sums;
  const meanZ = sums.sumZ.map((s) => s / n);
  const meanY = sums.sumY / n;
  const G = unpackSymmetric(sums.gram, p);
  for (let j = 0; j < p; j++) for (let k = 0; k < p; k++) G[j * p + k] = G[j * p + k] / n - meanZ[j] * meanZ[k];
  const sd = new Float64Array(p).fill(1);
  for (let j = 0; j < p; j++) {
    const variance = G[j * p + j];
    const meanSquare = variance + meanZ[j] * meanZ[j];
    if (!Number.isFinite(meanSquare)) throw new RangeError('lassoProblem: a sum is not finite');
    if (!(variance > CONSTANT * meanSquare)) sd[j] = 0;
    else if (standardise) sd[j] = Math.sqrt(variance);
  }
  const scaled = (value: number, divisor: number) => (divisor === 0 ? 0 : value / divisor);
  for (let j = 0; j < p; j++) for (let k = 0; k < p; k++) G[j * p + k] = scaled(G[j * p + k], sd[j] * sd[k]);
  const c = sums.sumZY.map((s, j) => scaled(s / n - meanZ[j] * meanY, sd[j]));
  return { p, G, c, meanZ, meanY, sd };
}

/**
 * Solutions along descending alphas, each started from the one before.
 *
 * A solution is exact up to rounding: coordinate descent finds the active set A, then b_A = G_AA⁻¹ (c_A - alpha sign b_A) is solved, with
 * steps back where a sign would change, until the optimality conditions hold for all columns.
 */
export function lassoPath(problem: LassoProblem, alphas: readonly number[]): LassoSolution[] {
  const state = { b: new Float64Array(problem.p), q: problem.c.slice() };
  return alphas.map((alpha) => {
    const kktViolation = solveQuadraticLasso(problem, alpha, state);
    const selected: number[] = [];
    state.b.forEach((b, j) => {
      if (b !== 0) selected.push(j);
    });
    const coefficients = Float64Array.from(selected, (j) => state.b[j] / problem.sd[j]);
    const intercept = problem.meanY - selected.reduce((sum, j, i) => sum + coefficients[i] * problem.meanZ[j], 0);
    return { alpha, intercept, selected, coefficients, kktViolation };
  });
}

/** b and q = c - Gb, changed in place. */
export interface LassoState {
  readonly b: Float64Array;
  q: Float64Array;
}

/** Minimises from the state's b, up to rounding (see lassoPath); the violation of the optimality conditions that is left, divided by alpha. */
export function solveQuadraticLasso(problem: QuadraticLasso, alpha: number, state: LassoState): number {
  let violation = Infinity;
  for (let pass = 0; pass < MAXIMUM_PASSES; pass++) {
    sweepAll(problem, alpha, state);
    sweepActive(problem, alpha, state.b);
    polish(problem, alpha, state.b);
    state.q = residualCorrelation(problem, state.b);
    violation = kktViolation(problem, alpha, state);
    if (violation <= KKT_TOLERANCE) break;
  }
  return violation;
}

const soft = (x: number, t: number): number => (x > t ? x - t : x < -t ? x + t : 0);

/** One pass of coordinate descent over all columns; this is where columns enter. */
function sweepAll({ p, G }: QuadraticLasso, alpha: number, { b, q }: LassoState): void {
  for (let j = 0; j < p; j++) {
    const g = G[j * p + j];
    if (g === 0 || (b[j] === 0 && Math.abs(q[j]) <= alpha)) continue;
    const next = soft(q[j] + g * b[j], alpha) / g;
    const change = next - b[j];
    if (change === 0) continue;
    b[j] = next;
    for (let k = 0, at = j * p; k < p; k++, at++) q[k] -= change * G[at];
  }
}

/** A few passes over the active columns only, until no sign changes: most are settled cheaply here. */
function sweepActive({ p, G, c }: QuadraticLasso, alpha: number, b: Float64Array): void {
  const active = indicesOfNonZero(b);
  const q = new Float64Array(active.length);
  active.forEach((j, i) => {
    let sum = c[j];
    for (const k of active) sum -= G[j * p + k] * b[k];
    q[i] = sum;
  });
  for (let sweep = 0, settled = false; sweep < SWEEPS_ON_ACTIVE && !(settled && sweep > 4); sweep++) {
    settled = true;
    for (let i = 0; i < active.length; i++) {
      const j = active[i];
      const g = G[j * p + j];
      const next = soft(q[i] + g * b[j], alpha) / g;
      const change = next - b[j];
      if (change === 0) continue;
      if (Math.sign(next) !== Math.sign(b[j])) settled = false;
      b[j] = next;
      for (let k = 0; k < active.length; k++) q[k] -= change * G[j * p + active[k]];
    }
  }
}

/**
 * The exact minimiser on the orthant of the present signs; where it lies outside, as far as the first sign change, which leaves the active
 * set. Every step lowers the objective. Where the active columns are linearly dependent, a proximal step (G + D) t = c - alpha s + D b takes its place,
 * D small: it has the same fixed points, and repeated it leads to one of the many minimisers.
 */
function polish(problem: QuadraticLasso, alpha: number, b: Float64Array): void {
  let active = indicesOfNonZero(b);
  let factored: Factored | null = null;
  while (active.length > 0) {
    factored ??= factor(problem, active);
    if (factored === null) return;
    const { L, weights }: Factored = factored;
    const right = Float64Array.from(active, (j, i) => problem.c[j] - alpha * Math.sign(b[j]) + weights[i] * b[j]);
    const leaving = moveTowards(choleskySolve(L, active.length, right), active, b);
    if (leaving < 0) return;
    factored = { L: withoutRow(L, active.length, leaving), weights: weights.filter((_, i) => i !== leaving) };
    active = active.filter((_, i) => i !== leaving);
  }
}

/** The factor of G on the active columns, with the proximal weights that were needed: zeros where none was. */
interface Factored {
  readonly L: Float64Array;
  readonly weights: Float64Array;
}

function factor({ p, G }: QuadraticLasso, active: readonly number[]): Factored | null {
  const m = active.length;
  const gram = new Float64Array(m * m);
  for (let i = 0; i < m; i++) for (let k = 0; k < m; k++) gram[i * m + k] = G[active[i] * p + active[k]];
  const plain = choleskyFactor(gram, m);
  if (plain !== null) return { L: plain, weights: new Float64Array(m) };
  const weights = Float64Array.from({ length: m }, (_, i) => PROXIMAL * gram[i * m + i]);
  for (let i = 0; i < m; i++) gram[i * m + i] += weights[i];
  const L = choleskyFactor(gram, m);
  return L && { L, weights };
}

/** Moves the active coefficients to the target, or to the first sign change on the way there; the place that became zero, or -1. */
function moveTowards(target: Float64Array, active: readonly number[], b: Float64Array): number {
  let step = 1;
  let leaving = -1;
  active.forEach((j, i) => {
    if (Math.sign(target[i]) === Math.sign(b[j])) return;
    const crossing = b[j] / (b[j] - target[i]);
    if (crossing < step || leaving < 0) {
      step = crossing;
      leaving = i;
    }
  });
  active.forEach((j, i) => (b[j] = leaving < 0 ? target[i] : b[j] + step * (target[i] - b[j])));
  if (leaving >= 0) b[active[leaving]] = 0;
  return leaving;
}

/** The Cholesky factor of the matrix without row and column `gone`, by plane rotations (Golub and Van Loan, section 6.5): O(m²). */
function withoutRow(L: Float64Array, m: number, gone: number): Float64Array {
  const n = m - 1;
  const rows = new Float64Array(n * m);
  for (let r = 0; r < n; r++) rows.set(L.subarray((r < gone ? r : r + 1) * m, (r < gone ? r : r + 1) * m + m), r * m);
  for (let k = gone; k < n; k++) {
    const length = Math.hypot(rows[k * m + k], rows[k * m + k + 1]);
    const cos = rows[k * m + k] / length;
    const sin = rows[k * m + k + 1] / length;
    for (let r = k; r < n; r++) {
      const x = rows[r * m + k];
      const y = rows[r * m + k + 1];
      rows[r * m + k] = cos * x + sin * y;
      rows[r * m + k + 1] = cos * y - sin * x;
    }
  }
  const result = new Float64Array(n * n);
  for (let r = 0; r < n; r++) result.set(rows.subarray(r * m, r * m + r + 1), r * n);
  return result;
}

export function residualCorrelation({ p, G, c }: QuadraticLasso, b: Float64Array): Float64Array {
  const q = c.slice();
  for (const j of indicesOfNonZero(b)) for (let k = 0, at = j * p; k < p; k++, at++) q[k] -= b[j] * G[at];
  return q;
}

function kktViolation({ p, G }: QuadraticLasso, alpha: number, { b, q }: LassoState): number {
  let worst = 0;
  for (let j = 0; j < p; j++) {
    if (G[j * p + j] === 0) continue;
    const excess = b[j] === 0 ? Math.abs(q[j]) - alpha : Math.abs(q[j] - alpha * Math.sign(b[j]));
    if (excess > worst) worst = excess;
  }
  return worst / alpha;
}

function indicesOfNonZero(b: Float64Array): number[] {
  const indices: number[] = [];
  for (let j = 0; j < b.length; j++) if (b[j] !== 0) indices.push(j);
  return indices;
}
