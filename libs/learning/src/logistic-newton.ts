import { choleskyFactor, choleskySolve, unpackSymmetric } from '@consilium/numerics';
import type { LogisticStatistics } from './logistic-statistics.js';

export interface LogisticNewtonOptions {
  /** Coefficients, the intercept included and first. */
  readonly size: number;
  /**
   * Strength of the data against the L2 penalty, as scikit-learn's C: the objective is ½ w'w + C Σ loss, the intercept free. Absent: no
   * penalty.
   */
  readonly C?: number;
  /** Coefficients to start from; zeros where absent. */
  readonly start?: Float64Array;
  /** Starting from zero, at most this many evaluations (default 60). */
  readonly maximumEvaluations?: number;
}

/**
 * - converged: the last Newton step was below 1e-9, or steps are down to rounding, and the statistics are those at the final coefficients
 * - separated: the likelihood of an unpenalised model has no more to gain, yet its steps do not shrink: the classes can be told apart
 *   without error along some combination of the columns, and no finite optimum exists
 * - singular: the columns are linearly dependent
 * - unfinished: the evaluations ran out
 */
export type LogisticStatus = 'converged' | 'separated' | 'singular' | 'unfinished';

export interface LogisticFit {
  readonly status: LogisticStatus;
  /** (intercept, coefficients) on the scale of the columns the statistics were made of. */
  readonly beta: Float64Array;
  /** At beta. */
  readonly statistics: LogisticStatistics;
  readonly evaluations: number;
  /** Of separated classes, the last step: what still grows. */
  readonly growing?: Float64Array;
}

const STEP_TOLERANCE = 1e-9;
/** Below this step the objective is flat to rounding, so comparing it says nothing. */
const FLAT_STEP = 1e-5;
/**
 * At an optimum both the steps and what they gain vanish. Where classes are separated, every step moves the patients at the border by about 1
 * while the gain falls by e: a step still more than half of the one before, with less than this to gain, goes on for ever. Large coefficients
 * alone say nothing: a feature with one value far out, or two that are nearly the same, have large ones at a proper optimum.
 */
const NOTHING_TO_GAIN = 1e-9;
/** The same for a model with a coefficient beyond 30 standard deviations. */
const NOTHING_TO_GAIN_FAR_OUT = 1e-5;
const FAR_OUT = 30;
/** A predicted gain of likelihood that is rounding: the estimate is within 1e-7 standard errors of the optimum. */
const ROUNDING_GAIN = 1e-14;
const SINGULAR_PIVOT = 1e-12;
const MAXIMUM_HALVINGS = 30;
const LONGEST_INTERCEPT_STEP = 5;

/**
 * Newton's method with step halving, fed from outside: ask `evaluateAt`, bring the statistics of all rows at that point to `receive`, repeat
 * until `fit` is there. The pooled fit and the federated one are the same code; several models advance in the same rounds.
 *
 * Start from zero on columns scaled to sd 1: then 6-10 evaluations are usual, and 'separated' means what it says. The last evaluation is
 * at the final coefficients, so that standard errors are exact.
 * (Federated form: Wu et al. 2012, GLORE.)
 */
export class LogisticNewton {
  private candidate: Float64Array;
  private accepted: { readonly beta: Float64Array; readonly objective: number } | null = null;
  private direction: Float64Array | null = null;
  private stepLength = 1;
  private halvings = 0;
  private evaluations = 0;
  private lastStep = Infinity;
  private result: LogisticFit | null = null;

  constructor(private readonly options: LogisticNewtonOptions) {
    this.candidate = options.start?.slice() ?? new Float64Array(options.size);
  }

  /** Where the statistics are wanted next; null when the fit is done. */
  get evaluateAt(): Float64Array | null {
    return this.result === null ? this.candidate : null;
  }

  get fit(): LogisticFit | null {
    return this.result;
  }

  /** The statistics of all rows at `evaluateAt`. */
  receive(statistics: LogisticStatistics): void {
    if (this.result !== null) throw new RangeError('LogisticNewton: already done');
    this.evaluations++;
    const objective = this.objective(statistics);
    if (this.worse(objective)) {
      this.halve(statistics);
      return;
    }
    this.accepted = { beta: this.candidate, objective };
    const step = this.newtonStep(statistics);
    // Dependent columns show at the first evaluation already; a Hessian that becomes singular later belongs to separated classes.
    if (step === null) this.finish(this.evaluations > 1 && this.options.C === undefined ? 'separated' : 'singular', statistics, this.direction);
    else if (this.lastStep <= STEP_TOLERANCE || this.atRounding(step, statistics)) this.finish('converged', statistics);
    else if (this.runaway(step, statistics)) this.finish('separated', statistics, step);
    else this.advance(step, statistics);
  }

  private objective({ logLikelihood }: LogisticStatistics): number {
    const { C } = this.options;
    return (C === undefined ? 0 : this.candidate.reduce((sum, b, j) => (j === 0 ? 0 : sum + b * b), 0) / (2 * C)) - logLikelihood;
  }

  private worse(objective: number): boolean {
    if (this.accepted === null || this.lastStep < FLAT_STEP) return false;
    return !(objective <= this.accepted.objective + 1e-12 * Math.abs(this.accepted.objective));
  }

  private halve(statistics: LogisticStatistics): void {
    const { accepted, direction } = this;
    if (accepted === null || direction === null || ++this.halvings > MAXIMUM_HALVINGS || this.evaluations >= this.limit) {
      this.finish('unfinished', statistics);
      return;
    }
    this.stepLength /= 2;
    this.moveFrom(accepted.beta, direction);
  }

  private advance(step: Float64Array, statistics: LogisticStatistics): void {
    if (this.evaluations >= this.limit) {
      this.finish('unfinished', statistics);
      return;
    }
    this.direction = this.options.size === 1 ? capped(step) : step;
    this.stepLength = 1;
    this.halvings = 0;
    this.moveFrom(this.candidate, this.direction);
  }

  private moveFrom(from: Float64Array, direction: Float64Array): void {
    this.candidate = from.map((b, j) => b + this.stepLength * direction[j]);
    this.lastStep = this.stepLength * largestOf(direction);
  }

  /** Solves (H + I/C) d = gradient - w/C on the scale of the Hessian's diagonal; null where H is singular on that scale. */
  private newtonStep({ gradient, hessian }: LogisticStatistics): Float64Array | null {
    const { size: k, C } = this.options;
    const H = unpackSymmetric(hessian, k);
    const g = gradient.slice();
    for (let j = 1; j < k && C !== undefined; j++) {
      H[j * k + j] += 1 / C;
      g[j] -= this.candidate[j] / C;
    }
    const scale = Float64Array.from({ length: k }, (_, j) => Math.sqrt(H[j * k + j]));
    if (scale.some((s) => !(s > 0))) return null;
    for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) H[i * k + j] /= scale[i] * scale[j];
    const factor = choleskyFactor(H, k);
    if (factor === null) return null;
    for (let j = 0; j < k; j++) if (factor[j * k + j] ** 2 < SINGULAR_PIVOT) return null;
    return choleskySolve(factor, k, g.map((x, j) => x / scale[j])).map((d, j) => d / scale[j]);
  }

  private runaway(step: Float64Array, { gradient }: LogisticStatistics): boolean {
    if (this.options.C !== undefined || this.shrinks(step)) return false;
    const farOut = this.candidate.some((b, j) => j > 0 && Math.abs(b) > FAR_OUT);
    return predictedGain(step, gradient) < (farOut ? NOTHING_TO_GAIN_FAR_OUT : NOTHING_TO_GAIN);
  }

  private atRounding(step: Float64Array, { gradient }: LogisticStatistics): boolean {
    return this.options.C === undefined && !this.shrinks(step) && predictedGain(step, gradient) < ROUNDING_GAIN;
  }

  private shrinks(step: Float64Array): boolean {
    return !(largestOf(step) > this.lastStep / 2);
  }

  private get limit(): number {
    return this.options.maximumEvaluations ?? 60;
  }

  private finish(status: LogisticStatus, statistics: LogisticStatistics, growing: Float64Array | null = null): void {
    this.result = { status, beta: this.candidate, statistics, evaluations: this.evaluations, ...(status === 'separated' && growing ? { growing } : {}) };
  }
}

/** Beside an offset far out the curvature of an intercept is next to nothing and its Newton step 10^9 long: walked in steps of 5 it gets there. */
const capped = (step: Float64Array): Float64Array => step.map((d) => Math.max(-LONGEST_INTERCEPT_STEP, Math.min(LONGEST_INTERCEPT_STEP, d)));

const largestOf = (values: Float64Array): number => values.reduce((largest, d) => Math.max(largest, Math.abs(d)), 0);

/** The Newton step times the gradient: twice what the quadratic model promises. */
const predictedGain = (step: Float64Array, gradient: Float64Array): number => step.reduce((sum, d, j) => sum + d * gradient[j], 0);
