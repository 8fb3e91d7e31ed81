import { choleskyFactor, choleskySolve, unpackSymmetric } from '@consilium/numerics';
import { svmObjective, type HingeStatistics, type SvmObjective } from './squared-hinge.js';

export interface SvmFit {
  readonly status: 'converged' | 'unfinished';
  /** (b, w) on the scale of the columns. */
  readonly beta: Float64Array;
  readonly objective: number;
  readonly largestGradient: number;
  readonly evaluations: number;
}

/** A solver fed from outside: positions to evaluate together, whether with their Hessian, until `fit` is there. */
export interface SvmSolver {
  readonly positions: readonly Float64Array[];
  readonly curvature: boolean;
  readonly fit: SvmFit | null;
  receive(statistics: readonly HingeStatistics[]): void;
}

const MAXIMUM_HALVINGS = 40;

/**
 * Newton's method in the primal (Keerthi, DeCoste 2005): the objective is piecewise quadratic, so a handful of steps end it. One position
 * a message; a step that raises the objective is halved.
 */
export class SvmNewton implements SvmSolver {
  private candidate: Float64Array;
  private accepted: { readonly beta: Float64Array; readonly objective: number } | null = null;
  private step: Float64Array | null = null;
  private halvings = 0;
  private evaluations = 0;
  private result: SvmFit | null = null;

  constructor(
    private readonly problem: SvmObjective,
    size: number,
  ) {
    this.candidate = new Float64Array(size);
  }

  readonly curvature = true;

  get positions(): readonly Float64Array[] {
    return this.result === null ? [this.candidate] : [];
  }

  get fit(): SvmFit | null {
    return this.result;
  }

  receive([statistics]: readonly HingeStatistics[]): void {
    this.evaluations++;
    const { objective, gradient } = svmObjective(this.problem, this.candidate, statistics);
    const before = this.accepted;
    if (before !== null && objective > before.objective + 1e-13 * Math.abs(before.objective) && this.halvings < MAXIMUM_HALVINGS) {
      this.halvings++;
      const share = 2 ** -this.halvings;
      this.candidate = before.beta.map((b, j) => b + share * this.step![j]);
      return;
    }
    const step = this.direction(gradient, statistics.hessian);
    const length = step.reduce((largest, d) => Math.max(largest, Math.abs(d)), 0);
    const scale = this.candidate.reduce((largest, b) => Math.max(largest, Math.abs(b)), 1);
    if (length <= 1e-11 * scale || this.evaluations >= 100) {
      const largestGradient = gradient.reduce((largest, g) => Math.max(largest, Math.abs(g)), 0);
      this.result = { status: length <= 1e-8 * scale ? 'converged' : 'unfinished', beta: this.candidate, objective, largestGradient, evaluations: this.evaluations };
      return;
    }
    this.accepted = { beta: this.candidate, objective };
    this.step = step;
    this.halvings = 0;
    this.candidate = this.candidate.map((b, j) => b + step[j]);
  }

  /** -(I + C H)⁻¹ gradient, the intercept without its 1 where it is free; a little is added where no row is within the margin. */
  private direction(gradient: Float64Array, hessian: Float64Array): Float64Array {
    const k = gradient.length;
    const { C, penalisedIntercept } = this.problem;
    const A = unpackSymmetric(hessian, k).map((h) => C * h);
    for (let j = 0; j < k; j++) A[j * k + j] += j > 0 || penalisedIntercept ? 1 : 1e-12;
    return choleskySolve(choleskyFactor(A, k, 0)!, k, gradient.map((g) => -g));
  }
}

const MEMORY = 10;
/** A fit whose messages ran out counts as converged within so many tolerances. */
const NEARLY = 100;
/** Step lengths tried in one message, longest first; then all shorter by the last of them. */
const STEPS = [1, 0.4, 0.1];

/**
 * Limited-memory BFGS (Liu, Nocedal 1989) for problems with more columns than Hessians should be sent for: objective and gradient only,
 * three step lengths in one message, 30 to 100 messages.
 */
export class SvmLimitedMemory implements SvmSolver {
  private readonly pairs: { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[] = [];
  private at: { readonly beta: Float64Array; readonly objective: number; readonly gradient: Float64Array } | null = null;
  private step: Float64Array | null = null;
  private scale = 1;
  private asked: Float64Array[];
  private evaluations = 0;
  private first = NaN;
  private result: SvmFit | null = null;

  /** @param tolerance largest gradient, relative to that at zero, at which it ends */
  constructor(
    private readonly problem: SvmObjective,
    size: number,
    private readonly tolerance = 1e-7,
  ) {
    this.asked = [new Float64Array(size)];
  }

  readonly curvature = false;

  get positions(): readonly Float64Array[] {
    return this.result === null ? this.asked : [];
  }

  get fit(): SvmFit | null {
    return this.result;
  }

  receive(statistics: readonly HingeStatistics[]): void {
    this.evaluations++;
    const points = statistics.map((own, i) => ({ beta: this.asked[i], ...svmObjective(this.problem, this.asked[i], own) }));
    const best = points.reduce((a, b) => (b.objective < a.objective ? b : a));
    const before = this.at;
    if (before !== null && !this.descends(before, best)) {
      this.shorten(before);
      return;
    }
    if (before !== null) this.remember(before, best);
    this.at = best;
    const largest = largestOf(best.gradient);
    if (before === null) this.first = largest;
    if (largest <= this.tolerance * Math.max(this.first, 1e-300) || this.evaluations >= 400) this.finish(largest);
    else this.follow(best);
  }

  private descends(before: { readonly beta: Float64Array; readonly objective: number; readonly gradient: Float64Array }, best: { readonly beta: Float64Array; readonly objective: number }): boolean {
    let slope = 0;
    for (let j = 0; j < best.beta.length; j++) slope += before.gradient[j] * (best.beta[j] - before.beta[j]);
    return best.objective <= before.objective + 1e-4 * slope;
  }

  private shorten(before: { readonly beta: Float64Array; readonly gradient: Float64Array }): void {
    this.scale *= STEPS[STEPS.length - 1] / 2;
    if (this.scale < 1e-12) {
      this.finish(largestOf(before.gradient));
      return;
    }
    this.ask(before.beta);
  }

  private follow({ beta, gradient }: { readonly beta: Float64Array; readonly gradient: Float64Array }): void {
    this.step = this.direction(gradient);
    this.scale = this.pairs.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    this.ask(beta);
  }

  private ask(beta: Float64Array): void {
    this.asked = STEPS.map((length) => beta.map((b, j) => b + this.scale * length * this.step![j]));
  }

  private remember(before: { readonly beta: Float64Array; readonly gradient: Float64Array }, now: { readonly beta: Float64Array; readonly gradient: Float64Array }): void {
    const s = now.beta.map((b, j) => b - before.beta[j]);
    const y = now.gradient.map((g, j) => g - before.gradient[j]);
    const curvature = dot(s, y);
    if (!(curvature > 1e-14 * dot(y, y))) return;
    this.pairs.push({ s, y, rho: 1 / curvature });
    if (this.pairs.length > MEMORY) this.pairs.shift();
  }

  /** The two-loop recursion. */
  private direction(gradient: Float64Array): Float64Array {
    const q = gradient.map((g) => -g);
    const alphas: number[] = [];
    for (const { s, y, rho } of [...this.pairs].reverse()) {
      const alpha = rho * dot(s, q);
      alphas.push(alpha);
      for (let j = 0; j < q.length; j++) q[j] -= alpha * y[j];
    }
    const last = this.pairs.at(-1);
    if (last) for (let j = 0, gamma = 1 / (last.rho * dot(last.y, last.y)); j < q.length; j++) q[j] *= gamma;
    for (const { s, y, rho } of this.pairs) {
      const beta = rho * dot(y, q);
      const alpha = alphas.pop()!;
      for (let j = 0; j < q.length; j++) q[j] += (alpha - beta) * s[j];
    }
    return q;
  }

  private finish(largestGradient: number): void {
    const { beta, objective } = this.at!;
    const good = largestGradient <= NEARLY * this.tolerance * Math.max(this.first, 1e-300);
    this.result = { status: good ? 'converged' : 'unfinished', beta, objective, largestGradient, evaluations: this.evaluations };
  }
}

const largestOf = (values: Float64Array): number => values.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
