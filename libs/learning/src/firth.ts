import { choleskyFactor, choleskyInverse, choleskyLogDeterminant, choleskySolve, sigmoid, unpackSymmetric } from '@consilium/numerics';
import type { LogisticFit } from './logistic-newton.js';
import type { LogisticData, LogisticStatistics } from './logistic-statistics.js';

/**
 * Firth's penalised logistic regression (Firth 1993; Heinze, Schemper 2002): maximises ℓ(β) + ½ log det I(β), Jeffreys' prior. The
 * estimate is finite also where the classes are separated, and less biased in small samples.
 *
 * Its score is Σ (y - π + h (½ - π)) x with the leverages h = π(1 - π) x'I⁻¹x: local, once I⁻¹ of all rows is known.
 */
export interface FirthFit extends LogisticFit {
  readonly penalisedLogLikelihood: number;
  /** max |modified score| at the estimate. */
  readonly largestScore: number;
}

/** Σ h (½ - π)(1, x) of some rows; inverse is I⁻¹, k × k. */
export function leverageScores({ columns, y, rows }: LogisticData, beta: Float64Array, inverse: Float64Array): Float64Array {
  const k = beta.length;
  const sums = new Float64Array(k);
  const x = new Float64Array(k);
  x[0] = 1;
  for (const i of rows ?? Int32Array.from({ length: y.length }, (_, at) => at)) {
    let eta = beta[0];
    for (let j = 1; j < k; j++) {
      x[j] = columns[j - 1][i];
      eta += beta[j] * x[j];
    }
    const pi = sigmoid(eta);
    let quadratic = 0;
    for (let j = 0; j < k; j++) for (let m = 0; m < k; m++) quadratic += x[j] * inverse[j * k + m] * x[m];
    const share = pi * sigmoid(-eta) * quadratic * (0.5 - pi);
    for (let j = 0; j < k; j++) sums[j] += share * x[j];
  }
  return sums;
}

const STEP_TOLERANCE = 1e-11;
const LONGEST_STEP = 2;
const MAXIMUM_HALVINGS = 30;

/**
 * Newton's method on the modified score, fed from outside in two messages a step: the statistics of all rows at `evaluateAt`, then, where
 * `inverse` is there, their leverage scores under it.
 */
export class FirthNewton {
  private candidate: Float64Array;
  private accepted: { readonly beta: Float64Array; readonly objective: number } | null = null;
  private step: Float64Array | null = null;
  private halvings = 0;
  private evaluations = 0;
  private pending: { readonly statistics: LogisticStatistics; readonly L: Float64Array; readonly objective: number } | null = null;
  private result: FirthFit | null = null;

  constructor(private readonly size: number) {
    this.candidate = new Float64Array(size);
  }

  get fit(): FirthFit | null {
    return this.result;
  }

  get evaluateAt(): Float64Array {
    return this.candidate;
  }

  /** I⁻¹ at the present position, for the second message; null while the first is wanted. */
  get inverse(): Float64Array | null {
    return this.pending && choleskyInverse(this.pending.L, this.size);
  }

  receive(statistics: LogisticStatistics): void {
    this.evaluations++;
    const L = choleskyFactor(unpackSymmetric(statistics.hessian, this.size), this.size, 0);
    const objective = L === null ? -Infinity : statistics.logLikelihood + choleskyLogDeterminant(L, this.size) / 2;
    const before = this.accepted;
    if (before !== null && !(objective >= before.objective - 1e-12 * Math.abs(before.objective)) && this.halvings < MAXIMUM_HALVINGS) {
      this.halvings++;
      this.candidate = before.beta.map((b, j) => b + this.step![j] / 2 ** this.halvings);
    } else if (L === null) this.finish('singular', statistics, { objective, largestScore: NaN });
    else this.pending = { statistics, L, objective };
  }

  receiveLeverage(scores: Float64Array): void {
    const { statistics, L, objective } = this.pending!;
    this.pending = null;
    const score = statistics.gradient.map((g, j) => g + scores[j]);
    const full = choleskySolve(L, this.size, score);
    const length = full.reduce((largest, d) => Math.max(largest, Math.abs(d)), 0);
    const largestScore = score.reduce((largest, s) => Math.max(largest, Math.abs(s)), 0);
    if (length <= STEP_TOLERANCE) this.finish('converged', statistics, { objective, largestScore });
    else if (this.evaluations >= 200) this.finish('unfinished', statistics, { objective, largestScore });
    else {
      this.accepted = { beta: this.candidate, objective };
      this.step = full.map((d) => d * Math.min(1, LONGEST_STEP / length));
      this.halvings = 0;
      this.candidate = this.candidate.map((b, j) => b + this.step![j]);
    }
  }

  private finish(status: LogisticFit['status'], statistics: LogisticStatistics, { objective, largestScore }: { objective: number; largestScore: number }): void {
    this.result = { status, beta: this.candidate, statistics, evaluations: this.evaluations, penalisedLogLikelihood: objective, largestScore };
  }
}
