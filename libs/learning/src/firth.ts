import { choleskyFactor, choleskyInverse, choleskyLogDeterminant, choleskySolve, luFactor, luSolve, sigmoid, unpackSymmetric } from '@consilium/numerics';
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
/** Below this predicted gain of likelihood a step that no longer shrinks is rounding: the estimate is within 1e-6 standard errors. */
const ROUNDING_GAIN = 1e-12;
const LONGEST_STEP = 2;
/** Below this change of the linear predictor the likelihood is flat to rounding, so comparing it says nothing. */
const FLAT_STEP = 1e-5;
const SINGULAR_PIVOT = 1e-12;
const MAXIMUM_HALVINGS = 30;
const MAXIMUM_EVALUATIONS = 200;
/** Evaluations by the information alone; later ones learn from the steps before them. */
const PLAIN_EVALUATIONS = 7;
const REMEMBERED_STEPS = 8;

interface Position {
  readonly beta: Float64Array;
  readonly objective: number;
  readonly score: Float64Array;
}

/** A step, and by how much the modified score fell over it. */
interface Secant {
  readonly step: Float64Array;
  readonly fall: Float64Array;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
const times = (A: Float64Array, x: Float64Array): Float64Array => x.map((_, i) => dot(A.subarray(i * x.length, (i + 1) * x.length), x));

/**
 * Newton's method on the modified score, fed from outside in two messages a step: the statistics of all rows at `evaluateAt`, then, where
 * `inverse` is there, their leverage scores under it.
 *
 * The information leaves out how the leverages move. Where one patient alone carries a coefficient (leverage 1: a category of one patient, a
 * value far out) its step is up to twice too long, and steps by it come back upon themselves for ever. After some steps, what the last ones
 * taught is added by symmetric rank-one updates (Conn, Gould, Toint 1991): B + rr'/(r's), r = fall of the score - B s.
 */
export class FirthNewton {
  private candidate: Float64Array;
  private accepted: Position | null = null;
  private step: Float64Array | null = null;
  private halvings = 0;
  private evaluations = 0;
  /** The information at zero: a quarter of the cross-products of the columns. */
  private atZero: Float64Array | null = null;
  private change = Infinity;
  private lastGain = Infinity;
  private readonly secants: Secant[] = [];
  private pending: { readonly statistics: LogisticStatistics; readonly information: Float64Array; readonly L: Float64Array; readonly objective: number } | null = null;
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
    const information = unpackSymmetric(statistics.hessian, this.size);
    const L = choleskyFactor(information, this.size, this.atZero === null ? SINGULAR_PIVOT : 0);
    this.atZero ??= information;
    const objective = L === null ? -Infinity : statistics.logLikelihood + choleskyLogDeterminant(L, this.size) / 2;
    if (this.worse(objective) && this.halvings < MAXIMUM_HALVINGS) {
      this.halvings++;
      this.candidate = this.accepted!.beta.map((b, j) => b + this.step![j] / 2 ** this.halvings);
    } else if (L === null) this.finish('singular', statistics, { objective, largestScore: NaN });
    else this.pending = { statistics, information, L, objective };
  }

  private worse(objective: number): boolean {
    const before = this.accepted;
    if (before === null || (this.change < FLAT_STEP && objective !== -Infinity)) return false;
    return !(objective >= before.objective - 1e-12 * Math.abs(before.objective));
  }

  receiveLeverage(scores: Float64Array): void {
    const { statistics, objective } = this.pending!;
    const score = statistics.gradient.map((g, j) => g + scores[j]);
    this.remember(score);
    const full = this.direction(score);
    this.pending = null;
    const length = full.reduce((largest, d) => Math.max(largest, Math.abs(d)), 0);
    const largestScore = score.reduce((largest, s) => Math.max(largest, Math.abs(s)), 0);
    const gain = dot(full, score);
    const atRounding = gain <= ROUNDING_GAIN && gain > this.lastGain / 4;
    if (length <= STEP_TOLERANCE || atRounding) this.finish('converged', statistics, { objective, largestScore });
    else if (this.evaluations >= MAXIMUM_EVALUATIONS) this.finish('unfinished', statistics, { objective, largestScore });
    else {
      this.accepted = { beta: this.candidate, objective, score };
      this.lastGain = gain;
      this.advance(full, length);
    }
  }

  /** Steps are at most 2 standard deviations long, or what moves the linear predictors by 2 in the mean, whichever is more: along collinear features coefficients travel far while predictors hardly move. */
  private advance(full: Float64Array, length: number): void {
    const I = this.atZero!;
    const change = Math.sqrt(Math.max(0, dot(full, times(I, full))) / I[0]);
    const share = Math.min(1, LONGEST_STEP / Math.min(length, change));
    this.change = share * change;
    this.step = full.map((d) => d * share);
    this.halvings = 0;
    this.candidate = this.candidate.map((b, j) => b + this.step![j]);
  }

  private remember(score: Float64Array): void {
    if (this.accepted === null) return;
    const { beta, score: before } = this.accepted;
    this.secants.push({ step: this.candidate.map((b, j) => b - beta[j]), fall: before.map((s, j) => s - score[j]) });
    if (this.secants.length > REMEMBERED_STEPS) this.secants.shift();
  }

  private direction(score: Float64Array): Float64Array {
    const { information, L } = this.pending!;
    const plain = choleskySolve(L, this.size, score);
    if (this.evaluations <= PLAIN_EVALUATIONS) return plain;
    const factors = luFactor(this.taught(information), this.size);
    const learned = factors && luSolve(factors, score);
    return learned && dot(learned, score) > 0 ? learned : plain;
  }

  private taught(information: Float64Array): Float64Array {
    const k = this.size;
    const B = information.slice();
    for (const { step, fall } of this.secants) {
      const bent = times(B, step);
      const r = fall.map((y, j) => y - bent[j]);
      const along = dot(r, step);
      if (Math.abs(along) <= 1e-8 * Math.sqrt(dot(r, r) * dot(step, step))) continue;
      for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) B[i * k + j] += (r[i] * r[j]) / along;
    }
    return B;
  }

  private finish(status: LogisticFit['status'], statistics: LogisticStatistics, { objective, largestScore }: { objective: number; largestScore: number }): void {
    this.result = { status, beta: this.candidate, statistics, evaluations: this.evaluations, penalisedLogLikelihood: objective, largestScore };
  }
}
