import { unpackSymmetric } from '@consilium/numerics';
import { residualCorrelation, solveQuadraticLasso } from '../lasso-path.js';
import type { LogisticStatistics } from '../logistic-statistics.js';

/**
 * One penalty of a logistic elastic net on one training set (Friedman, Hastie, Tibshirani 2010, equation 14 with glmnet's scaling):
 *
 *   minimise  -logLikelihood / n + lambda (mixing |u|₁ + (1 - mixing)/2 |u|₂²),   u_j = sd_j b_j,   the intercept free
 *
 * where b are the coefficients of the columns the statistics are made of and sd_j (ddof 0) is a column's spread within the training set:
 * every training set is standardised by itself although all are asked on the same columns.
 */
export interface PenalisedProblem {
  /** Rows of the training set. */
  readonly n: number;
  /** sd of each column within it; 0 keeps a column out. */
  readonly sd: Float64Array;
  /** Share of the L1 penalty, above 0 up to 1 (the LASSO). glmnet calls it alpha. */
  readonly mixing: number;
}

/** Coefficients of the columns as they are asked, dense. */
export interface Position {
  readonly intercept: number;
  readonly u: Float64Array;
}

/** What the rows say at a position: the gradient of all p columns (intercept first), the Hessian of the columns asked for. */
export interface PointStatistics extends LogisticStatistics {
  /** Upper triangle over (intercept, hessianColumns); empty where none were asked. */
  readonly hessian: Float64Array;
}

/** The quadratic model around a position, intercept eliminated, on the scale of u. */
interface Curvature {
  readonly columns: readonly number[];
  readonly G: Float64Array;
  readonly h: Float64Array;
  readonly h0: number;
}

export interface PointOptions {
  readonly lambda: number;
  readonly start: Position;
  /** Columns that may be in the model: those that were at a larger penalty, and those the strong rule lets in. */
  readonly workingSet: readonly number[];
  /** Columns that ever had a coefficient on this training set. */
  readonly everActive: Uint8Array;
  /** The largest step at which the point counts as converged. */
  readonly tolerance: number;
}

/** Below this step the last Hessian serves again: the error shrinks by about the step each time, without a Hessian in the message. */
const CHORD_STEP = 1e-2;
/** A step without a new Hessian must shrink at least so much, else the next brings one. */
const WORTH_A_CHORD = 0.1;
/** Below this step the objective is flat to rounding, so comparing it says nothing. */
const FLAT_STEP = 1e-5;
const MAXIMUM_HALVINGS = 30;
const MAXIMUM_EVALUATIONS = 60;
/** The strong rule's bound is not lowered below this share of the penalty: what it leaves out and is needed enters by its gradient. */
const LEAST_SHARE = 0.95;
/** How many tolerances the linear predictors may still move where rounding lets steps shrink no more. */
const ROUNDING = 100;

/**
 * Proximal Newton (Lee, Sun, Saunders 2014) for one penalty, fed from outside: ask `evaluateAt` and `hessianColumns`, bring the statistics
 * to `receive`, until `status` is not null. Each step minimises the quadratic model with the penalty exactly. Columns outside the working
 * set that violate the optimality conditions enter it as soon as their gradient says so.
 */
export class PenalisedPoint {
  readonly lambda: number;
  private candidate: Position;
  private accepted: { readonly position: Position; readonly objective: number } | null = null;
  private direction: Position | null = null;
  private curvature: Curvature | null = null;
  private columns: readonly number[];
  private fresh = true;
  private lastStep = Infinity;
  private halvings = 0;
  private gradient = new Float64Array(0);
  private result: 'converged' | 'unfinished' | null = null;
  evaluations = 0;
  violation = NaN;

  constructor(
    private readonly problem: PenalisedProblem,
    private readonly options: PointOptions,
  ) {
    this.lambda = options.lambda;
    this.candidate = options.start;
    this.columns = options.workingSet;
  }

  get evaluateAt(): Position {
    return this.candidate;
  }

  /** The columns whose Hessian the next evaluation needs; none where the last one serves again. */
  get hessianColumns(): readonly number[] {
    return this.fresh ? this.columns : [];
  }

  get status(): 'converged' | 'unfinished' | null {
    return this.result;
  }

  /** Takes the statistics at `evaluateAt`. True where the step was accepted, so that the next penalty may start from here. */
  receive(statistics: PointStatistics): boolean {
    this.evaluations++;
    const objective = this.objective(statistics.logLikelihood);
    if (this.worse(objective)) {
      this.halve();
      return false;
    }
    const { n, sd } = this.problem;
    this.gradient = Float64Array.from({ length: sd.length + 1 }, (_, j) => (j === 0 ? -statistics.gradient[0] / n : sd[j - 1] > 0 ? -statistics.gradient[j] / (n * sd[j - 1]) : 0));
    if (this.fresh) this.curvature = this.curvatureOf(statistics.hessian);
    this.accepted = { position: this.candidate, objective };
    this.advance();
    return true;
  }

  /** The next penalty, started at the minimum of this point's quadratic model under it. */
  next(lambda: number): PenalisedPoint {
    const { everActive, tolerance } = this.options;
    const start = this.minimum(lambda, this.accepted!.position);
    const before = Number.isFinite(this.lambda) ? this.lambda : this.steepest / this.problem.mixing;
    const strong = this.problem.mixing * Math.max(2 * lambda - before, LEAST_SHARE * lambda);
    const inSet = (u: number, j: number): boolean => everActive[j] === 1 || u !== 0 || (this.problem.sd[j] > 0 && Math.abs(this.gradient[j + 1]) >= strong);
    const workingSet: number[] = [];
    for (let j = 0; j < start.u.length; j++) if (inSet(start.u[j], j)) workingSet.push(j);
    return new PenalisedPoint(this.problem, { lambda, start, workingSet, everActive, tolerance });
  }

  /** max_j |gradient_j| over the standardised columns, at the last accepted position. */
  get steepest(): number {
    let largest = 0;
    for (let j = 1; j < this.gradient.length; j++) if (this.problem.sd[j - 1] > 0) largest = Math.max(largest, Math.abs(this.gradient[j]));
    return largest;
  }

  private objective(logLikelihood: number): number {
    const { n, mixing } = this.problem;
    let penalty = 0;
    for (const u of this.candidate.u) penalty += mixing * Math.abs(u) + ((1 - mixing) / 2) * u * u;
    return -logLikelihood / n + (penalty === 0 ? 0 : this.lambda * penalty);
  }

  private worse(objective: number): boolean {
    if (this.accepted === null || this.lastStep < FLAT_STEP) return false;
    return !(objective <= this.accepted.objective + 1e-12 * Math.abs(this.accepted.objective));
  }

  private halve(): void {
    const { position } = this.accepted!;
    if (++this.halvings > MAXIMUM_HALVINGS || this.evaluations >= MAXIMUM_EVALUATIONS) {
      this.candidate = position;
      this.result = 'unfinished';
      return;
    }
    this.lastStep /= 2;
    const share = 2 ** -this.halvings;
    const { intercept, u } = this.direction!;
    this.candidate = { intercept: position.intercept + share * intercept, u: position.u.map((x, j) => x + share * u[j]) };
    this.fresh = true;
  }

  private advance(): void {
    const from = this.candidate;
    const target = this.minimum(this.lambda, from);
    const step = distance(from, target);
    const violators = this.violators();
    for (let j = 0; j < target.u.length; j++) if (target.u[j] !== 0) this.options.everActive[j] = 1;
    const shrinking = step < (this.fresh ? 0.5 : WORTH_A_CHORD) * this.lastStep;
    this.candidate = target;
    const small = step <= this.options.tolerance || (this.fresh && !shrinking && this.moved(from, target) <= ROUNDING * this.options.tolerance);
    if (small && violators.length === 0) this.result = 'converged';
    else if (this.evaluations >= MAXIMUM_EVALUATIONS) this.result = 'unfinished';
    this.fresh = violators.length > 0 || step > CHORD_STEP || !shrinking;
    if (violators.length > 0) this.columns = [...this.columns, ...violators].sort((a, b) => a - b);
    this.direction = { intercept: target.intercept - from.intercept, u: target.u.map((x, j) => x - from.u[j]) };
    this.lastStep = step;
    this.halvings = 0;
  }

  /** How far a step moves the linear predictors, in the mean under the Hessian's weights: columns that repeat one another may pass their coefficients to and fro for nothing. */
  private moved(from: Position, target: Position): number {
    const { columns, G } = this.curvature!;
    const d = Float64Array.from(columns, (j) => target.u[j] - from.u[j]);
    let square = 0;
    for (let i = 0; i < d.length; i++) for (let m = 0; m < d.length; m++) square += d[i] * G[i * d.length + m] * d[m];
    return Math.sqrt(Math.max(0, square));
  }

  /** Columns outside the working set whose coefficient cannot be 0. */
  private violators(): number[] {
    const { sd, mixing } = this.problem;
    const inside = new Set(this.columns);
    const limit = mixing * this.lambda;
    const violators: number[] = [];
    this.violation = 0;
    for (let j = 0; j < sd.length; j++) {
      if (inside.has(j) || sd[j] === 0) continue;
      const excess = Math.abs(this.gradient[j + 1]) / limit - 1;
      this.violation = Math.max(this.violation, excess);
      if (excess > 1e-10) violators.push(j);
    }
    return violators;
  }

  private curvatureOf(packed: Float64Array): Curvature {
    const { n, sd } = this.problem;
    const { columns } = this;
    const k = columns.length;
    const H = unpackSymmetric(packed, k + 1);
    const h0 = H[0] / n;
    const h = Float64Array.from(columns, (j, i) => (sd[j] > 0 ? H[i + 1] / (n * sd[j]) : 0));
    const G = new Float64Array(k * k);
    for (let i = 0; i < k; i++) {
      for (let m = 0; m < k; m++) {
        const scale = n * sd[columns[i]] * sd[columns[m]];
        G[i * k + m] = scale > 0 ? H[(i + 1) * (k + 1) + m + 1] / scale - (h[i] * h[m]) / h0 : 0;
      }
    }
    return { columns, G, h, h0 };
  }

  /** The minimum of the quadratic model around `from` with the penalty; exact up to rounding. */
  private minimum(lambda: number, from: Position): Position {
    const { columns, G: H, h, h0 } = this.curvature!;
    const { mixing } = this.problem;
    const k = columns.length;
    const g0 = this.gradient[0];
    const G = H.slice();
    for (let i = 0; i < k; i++) if (G[i * k + i] > 0) G[i * k + i] += lambda * (1 - mixing);
    const b = Float64Array.from(columns, (j) => from.u[j]);
    const c = Float64Array.from(columns, (j, i) => (h[i] * g0) / h0 - this.gradient[j + 1]);
    for (let i = 0; i < k; i++) for (let m = 0; m < k; m++) c[i] += H[i * k + m] * b[m];
    const problem = { p: k, G, c };
    solveQuadraticLasso(problem, lambda * mixing, { b, q: residualCorrelation(problem, b) });
    const u = new Float64Array(from.u.length);
    let along = 0;
    columns.forEach((j, i) => {
      u[j] = b[i];
      along += h[i] * (b[i] - from.u[j]);
    });
    return { intercept: from.intercept - (g0 + along) / h0, u };
  }
}

function distance(a: Position, b: Position): number {
  let largest = Math.abs(a.intercept - b.intercept);
  for (let j = 0; j < a.u.length; j++) largest = Math.max(largest, Math.abs(a.u[j] - b.u[j]));
  return largest;
}
