import { choleskyFactor, choleskySolve, unpackSymmetric } from '@consilium/numerics';
import type { LogisticFit } from './logistic-newton.js';
import type { LogisticStatistics } from './logistic-statistics.js';

export interface ProfileTarget {
  /** The figure c'β whose bound is sought. */
  readonly contrast: Float64Array;
  /** 1 for the upper bound, -1 for the lower. */
  readonly sign: 1 | -1;
  /** χ² quantile (1 degree of freedom) of the level: 3.841 for 95 %. */
  readonly quantile: number;
}

const MAXIMUM_EVALUATIONS = 60;
/** A step changes no coefficient by more than 5 standard deviations, or goes no further than 3 standard errors, whichever is more. */
const LONGEST_STEP = 5;
const LONGEST_STEP_ERRORS = 3;
/** So many standard errors from the estimate there is no bound: the likelihood does not fall. */
const FARTHEST = 100;

/**
 * A bound of a profile likelihood interval (Venzon, Moolgavkar 1988, in the form of SAS): the largest (or smallest) c'β on the surface
 * ℓ(β) = ℓ_max - quantile/2. Each step solves the quadratic approximation with a Lagrange multiplier,
 * δ = I⁻¹(g + λc), λ = ±√(2(ℓ - ℓ* + ½ g'I⁻¹g) / c'I⁻¹c). Fed from outside; 4 to 7 evaluations.
 */
export class ProfileBound {
  private candidate: Float64Array;
  private readonly target: number;
  private evaluations = 0;
  private last: Float64Array;
  private done: number | null | undefined = undefined;
  /** The estimate and its information: what steps are measured by. Features that nearly repeat one another have bounds hundreds of standard deviations away, and few standard errors. */
  private readonly estimate: Float64Array;
  private readonly information: Float64Array;

  constructor(
    fit: LogisticFit,
    private readonly options: ProfileTarget,
  ) {
    this.target = fit.statistics.logLikelihood - options.quantile / 2;
    this.last = fit.beta;
    this.estimate = fit.beta;
    this.information = unpackSymmetric(fit.statistics.hessian, fit.beta.length);
    this.candidate = fit.beta;
    this.advance(fit.beta, fit.statistics);
  }

  /** Where the statistics are wanted next; null when the bound is found, or known not to be. */
  get evaluateAt(): Float64Array | null {
    return this.done === undefined ? this.candidate : null;
  }

  /** c'β at the bound; null where there is none (the likelihood does not fall so far) or it was not reached. */
  get bound(): number | null {
    return this.done ?? null;
  }

  receive(statistics: LogisticStatistics): void {
    this.evaluations++;
    if (!Number.isFinite(statistics.logLikelihood) || this.evaluations > MAXIMUM_EVALUATIONS || this.errors(this.candidate.map((b, j) => b - this.estimate[j])) > FARTHEST) this.done = null;
    else this.advance(this.candidate, statistics);
  }

  private advance(beta: Float64Array, { logLikelihood, gradient, hessian }: LogisticStatistics): void {
    const k = beta.length;
    const { contrast, sign } = this.options;
    const L = choleskyFactor(unpackSymmetric(hessian, k), k, 0);
    if (L === null) {
      this.done = null;
      return;
    }
    const Vg = choleskySolve(L, k, gradient);
    const Vc = choleskySolve(L, k, contrast);
    const inside = (2 * (logLikelihood - this.target + dot(gradient, Vg) / 2)) / dot(contrast, Vc);
    // Outside the region where the approximation meets the surface: half the way back.
    if (inside < 0) {
      this.candidate = beta.map((b, j) => (b + this.last[j]) / 2);
      return;
    }
    const lambda = sign * Math.sqrt(inside);
    const step = Vg.map((v, j) => v + lambda * Vc[j]);
    const length = step.reduce((largest, d) => Math.max(largest, Math.abs(d)), 0);
    const errors = this.errors(step);
    if (Math.min(length, errors) < 1e-8 && Math.abs(logLikelihood - this.target) < 1e-8) {
      this.done = dot(contrast, beta);
      return;
    }
    this.last = beta;
    const share = Math.min(1, Math.max(LONGEST_STEP / length, LONGEST_STEP_ERRORS / errors));
    this.candidate = beta.map((b, j) => b + step[j] * share);
  }

  /** √(δ'Iδ): how many standard errors a step is long. */
  private errors(step: Float64Array): number {
    const k = step.length;
    return Math.sqrt(Math.max(0, step.reduce((sum, d, i) => sum + d * dot(this.information.subarray(i * k, (i + 1) * k), step), 0)));
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
