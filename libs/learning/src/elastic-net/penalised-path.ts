import { logit } from '@consilium/numerics';
import { PenalisedPoint, type PenalisedProblem, type PointStatistics, type Position } from './penalised-point.js';

/** A training set of a path: its rows, events, and the spread of each column within it. */
export interface TrainingSet extends PenalisedProblem {
  readonly events: number;
  /** Largest step at which a solution counts as converged, on the standardised scale; 1e-10 where absent. */
  readonly tolerance?: number;
}

/** Statistics wanted: coefficients of the columns as they are (not standardised), and the columns whose Hessian is needed. */
export interface PathQuestion {
  readonly intercept: number;
  readonly columns: readonly number[];
  readonly coefficients: Float64Array;
  readonly hessianColumns: readonly number[];
}

/** One penalty's solution, sparse, on the scale of the columns as they are asked. */
export interface PathSolution {
  readonly lambda: number;
  readonly intercept: number;
  /** Columns with a coefficient other than zero, ascending. */
  readonly selected: readonly number[];
  readonly coefficients: Float64Array;
  /** At the last evaluation, a step of at most the tolerance away. */
  readonly logLikelihood: number;
  readonly heldOutLogLikelihood: number;
  readonly converged: boolean;
}

export interface PathAnswer extends PointStatistics {
  /** Of the rows left out of the training set; 0 where there are none. */
  readonly heldOutLogLikelihood: number;
}

interface Running {
  /** Place in the ladder of penalties. */
  readonly rung: number;
  readonly point: PenalisedPoint;
}

/** A penalty of the grid, or (index -1) one between two of them that are far apart, there only to be started from. */
interface Rung {
  readonly lambda: number;
  readonly index: number;
}

/** Below the tolerance of convergence a coefficient is 0: what is left of one at the very penalty where it enters is rounding. */
const ROUNDING = 1e-10;
/** Neighbours on the ladder are no further apart than this ratio. */
const LEAST_RATIO = 0.5;

/**
 * The path of one training set along descending penalties, as a pipeline: a penalty starts as soon as the one before it has been evaluated
 * once, at the minimum of that evaluation's quadratic model, and all penalties under way are asked in the same message. A path of L penalties takes about L + 6
 * messages instead of 4 to 5 a penalty, and every solution converges fully.
 *
 * First the null model is asked; then `begin` is given the penalties.
 */
export class PenalisedPath {
  private ladder: readonly Rung[] = [];
  private running: Running[] = [];
  private readonly found: PathSolution[] = [];
  private readonly nullPoint: PenalisedPoint;
  private front: Running | null = null;
  private started = false;

  constructor(private readonly set: TrainingSet) {
    const start: Position = { intercept: logit(set.events / set.n), u: new Float64Array(set.sd.length) };
    const everActive = new Uint8Array(set.sd.length);
    this.nullPoint = new PenalisedPoint(set, { lambda: Infinity, start, workingSet: [], everActive, tolerance: set.tolerance ?? 1e-10 });
  }

  /** What is to be evaluated next; empty when the path is done. */
  get questions(): readonly PathQuestion[] {
    return this.started ? this.running.map(({ point }) => this.question(point)) : [this.question(this.nullPoint)];
  }

  /** The answers to `questions`, in their order. */
  receive(answers: readonly PathAnswer[]): void {
    if (!this.started) {
      this.nullPoint.receive(answers[0]);
      return;
    }
    const still: Running[] = [];
    let front: Running | null = null;
    this.running.forEach((one, at) => {
      const accepted = one.point.receive(answers[at]);
      if (one === this.front && accepted) front = one;
      const { index } = this.ladder[one.rung];
      if (one.point.status === null && (index >= 0 || !accepted)) still.push(one);
      else if (index >= 0) this.found[index] = this.solution(one.point, answers[at]);
    });
    this.running = still;
    if (front !== null) this.startNext(front);
  }

  /** The smallest penalty without a coefficient: max_j |z_j'(y - ȳ)| / (n sd_j mixing); known once the null model has been evaluated. */
  get largestLambda(): number {
    return this.nullPoint.steepest / this.set.mixing;
  }

  /** Starts the path. @param lambdas descending, above 0 */
  begin(lambdas: readonly number[]): void {
    if (lambdas.some((lambda, i) => !(lambda > 0) || (i > 0 && lambda >= lambdas[i - 1]))) throw new RangeError('PenalisedPath: penalties descend and are above 0');
    this.ladder = ladderOf(this.largestLambda, lambdas);
    this.started = true;
    this.startNext({ rung: -1, point: this.nullPoint });
  }

  get solutions(): readonly PathSolution[] {
    return this.found;
  }

  private startNext({ rung, point }: Running): void {
    this.front = null;
    if (rung + 1 >= this.ladder.length) return;
    this.front = { rung: rung + 1, point: point.next(this.ladder[rung + 1].lambda) };
    this.running.push(this.front);
  }

  private question(point: PenalisedPoint): PathQuestion {
    return { ...this.sparse(point.evaluateAt), hessianColumns: point.hessianColumns };
  }

  private sparse({ intercept, u }: Position): { intercept: number; columns: number[]; coefficients: Float64Array } {
    const columns: number[] = [];
    for (let j = 0; j < u.length; j++) if (u[j] !== 0) columns.push(j);
    return { intercept, columns, coefficients: Float64Array.from(columns, (j) => u[j] / this.set.sd[j]) };
  }

  private solution(point: PenalisedPoint, { logLikelihood, heldOutLogLikelihood }: PathAnswer): PathSolution {
    const { intercept, u } = point.evaluateAt;
    const { columns, coefficients } = this.sparse({ intercept, u: u.map((x) => (Math.abs(x) > ROUNDING ? x : 0)) });
    return { lambda: point.lambda, intercept, selected: columns, coefficients, logLikelihood, heldOutLogLikelihood, converged: point.status === 'converged' };
  }
}

function ladderOf(largest: number, lambdas: readonly number[]): Rung[] {
  const ladder: Rung[] = [];
  let above = Math.max(largest, lambdas[0]);
  lambdas.forEach((lambda, index) => {
    const between = above > 0 ? Math.ceil(Math.log(lambda / above) / Math.log(LEAST_RATIO) - 1e-9) - 1 : 0;
    for (let i = 1; i <= between; i++) ladder.push({ lambda: above * (lambda / above) ** (i / (between + 1)), index: -1 });
    ladder.push({ lambda, index });
    above = lambda;
  });
  return ladder;
}
