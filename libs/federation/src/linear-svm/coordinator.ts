import {
  LogisticNewton, packedLength, SvmLimitedMemory, SvmNewton, type ColumnScaling, type FourierMap, type FourierSvmArtefact, type LinearSvmArtefact, type PlattScaling,
  type SvmFit, type SvmSolver,
} from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Federation } from '../federation.js';
import { countFolds } from '../linear-lasso/coordinator.js';
import { scalingOf, type Scaling } from '../logistic-regression/coordinator.js';
import { foldScalings, type FoldScaling } from '../logistic-regression/cross-validation.js';
import type { ViewSpec } from '../view.js';
import { hingeSums, plattSums, type HingeSums, type SvmColumns } from './exchange.js';

/** A point of the grid. */
export interface SvmCandidate {
  readonly C: number;
  /** Random Fourier features of that kernel width in place of the features themselves; 'scale' is 1 / p, as scikit-learn's on standardised features. */
  readonly gamma?: number | 'scale';
}

export interface LinearSvmRequest {
  /** With folds, over training rows only. */
  readonly view: ViewSpec;
  /** Global mean and sd (ddof 0) over the view's rows. Every training set has its own. */
  readonly scaling: Scaling;
  readonly grid: readonly SvmCandidate[];
  /** Whether ½ b² is added, as LIBLINEAR and scikit-learn's LinearSVC do (default false). */
  readonly penalisedIntercept?: boolean;
  /** 'auto' (default): Newton while the columns are at most a third of the patients of an average site, else L-BFGS; L-BFGS for the smoothed hinge, which is too flat for Newton. */
  readonly solver?: 'auto' | 'newton' | 'l-bfgs';
  /** Width of the smoothed hinge, for a loss close to that of scikit-learn's SVC; the squared hinge where absent. */
  readonly smoothing?: number;
  /** Of the random Fourier features (default 1000, and the seed 'consilium'). */
  readonly fourier?: { readonly components: number; readonly seed: string };
  readonly folds?: number;
}

export interface LinearSvmResult {
  readonly grid: readonly { readonly C: number; readonly gamma: number | null }[];
  /** Mean deviance of the cross-fitted, Platt-scaled predictions, one a grid point. */
  readonly deviance: readonly number[];
  readonly chosen: number;
  readonly artefact: LinearSvmArtefact | FourierSvmArtefact;
  /** The models without each fold, scaled by the same Platt figures, by fold number. */
  readonly byFold: ReadonlyMap<number, LinearSvmArtefact | FourierSvmArtefact>;
  readonly platt: PlattScaling;
  readonly n: number;
  readonly events: number;
  /** Of the chosen candidate on all rows. */
  readonly fit: SvmFit;
  readonly solver: 'newton' | 'l-bfgs';
  readonly warnings: readonly string[];
}

/** Random Fourier features are an approximation; their coefficients need not be exact. */
const APPROXIMATE = 1e-4;

interface Task {
  readonly candidate: number;
  readonly fold: number | null;
  readonly scaling: ColumnScaling;
  readonly columnSet: number;
  readonly solver: SvmSolver;
}

/**
 * A linear SVM with squared hinge loss, or an RBF one by random Fourier features, its C and kernel width chosen by K-fold cross-validation.
 * All folds and grid points and the fits on all rows travel in the same messages; then Platt scaling of every grid point on its held-out
 * decision values. The linear SVM equals the pooled optimum.
 */
export async function federatedLinearSvm(federation: Federation, request: LinearSvmRequest): Promise<LinearSvmResult> {
  const { view } = request;
  const folds = request.folds ?? (await countFolds(federation, view));
  const training = await foldScalings(federation, request, folds);
  const n = training.reduce((sum, { held }) => sum + held, 0);
  const events = training.reduce((sum, { heldEvents }) => sum + heldEvents, 0);
  if ([{ n, events }, ...training].some((set) => set.events === 0 || set.events === set.n)) {
    throw new ConsiliumError(methodErrors.oneClass, 'A training set of the cross-validation has only one outcome class. Nothing was fitted.');
  }
  const { tasks, columnSets, maps, solver } = tasksOf(federation, request, { training, n });
  await solveTogether(federation, view, { tasks, columnSets, smoothing: request.smoothing });
  const { platts, deviance } = await plattTogether(federation, view, { tasks, columnSets, n, events });
  const chosen = deviance.indexOf(Math.min(...deviance));
  const artefactOf = (task: Task) => svmArtefact(task, maps[task.candidate], platts[chosen]!);
  const own = tasks.filter(({ candidate }) => candidate === chosen);
  const whole = own.find(({ fold }) => fold === null)!;
  return {
    grid: request.grid.map(({ C }, c) => ({ C, gamma: maps[c]?.gamma ?? null })),
    deviance,
    chosen,
    artefact: artefactOf(whole),
    byFold: new Map(own.flatMap((task) => (task.fold === null ? [] : [[task.fold, artefactOf(task)] as const]))),
    platt: platts[chosen]!,
    n,
    events,
    fit: whole.solver.fit!,
    solver,
    warnings: warningsOf(request, { tasks, chosen, platt: platts[chosen]! }),
  };
}

function tasksOf(federation: Federation, request: LinearSvmRequest, { training, n }: { training: readonly FoldScaling[]; n: number }) {
  const { view, grid, penalisedIntercept = false, fourier = { components: 1000, seed: 'consilium' } } = request;
  const p = view.features.length;
  const maps = grid.map(({ gamma }): FourierMap | undefined => (gamma === undefined ? undefined : { ...fourier, gamma: gamma === 'scale' ? 1 / Math.max(1, p) : gamma }));
  const widest = Math.max(...maps.map((map) => map?.components ?? p));
  const few = request.smoothing === undefined && (widest <= (0.33 * n) / federation.sites.length || widest <= 30);
  const solver = request.solver === undefined || request.solver === 'auto' ? (few ? 'newton' : 'l-bfgs') : request.solver;
  const columnSets: SvmColumns[] = [];
  const places = new Map<string, number>();
  const sets: { readonly fold: number | null; readonly scaling: ColumnScaling }[] = [...training.map(({ fold, scaling }) => ({ fold, scaling })), { fold: null, scaling: scalingOf(view, request.scaling, view.features) }];
  const tasks = grid.flatMap(({ C }, candidate) =>
    sets.map(({ fold, scaling }): Task => {
      const map = maps[candidate];
      const key = `${fold}/${map?.gamma ?? ''}`;
      if (!places.has(key)) {
        places.set(key, columnSets.length);
        columnSets.push({ mean: Float64Array.from(scaling.mean), sd: Float64Array.from(scaling.sd), ...(map ? { map: { ...map } } : {}) });
      }
      const problem = { C, penalisedIntercept };
      const size = (map?.components ?? p) + 1;
      return { candidate, fold, scaling, columnSet: places.get(key)!, solver: solver === 'newton' ? new SvmNewton(problem, size) : new SvmLimitedMemory(problem, size, map ? APPROXIMATE : undefined) };
    }),
  );
  return { tasks, columnSets, maps, solver };
}

/** Only the column sets that are asked, and where each stands among them. */
function setsAsked(columnSets: readonly SvmColumns[], asked: readonly number[]): { columnSets: SvmColumns[]; place: (columnSet: number) => number } {
  const wanted = [...new Set(asked)].sort((a, b) => a - b);
  return { columnSets: wanted.map((at) => columnSets[at]!), place: (columnSet) => wanted.indexOf(columnSet) };
}

interface Together {
  readonly tasks: readonly Task[];
  readonly columnSets: readonly SvmColumns[];
  readonly smoothing: number | undefined;
}

async function solveTogether(federation: Federation, view: ViewSpec, all: Together): Promise<void> {
  for (let round = 1; ; round++) {
    const active = all.tasks.filter(({ solver }) => solver.fit === null);
    if (active.length === 0) return;
    federation.progress(round - 1, Math.max(round, 10), `Support vectors, message ${round}: ${active.length} of ${all.tasks.length} models`);
    const { columnSets, place } = setsAsked(all.columnSets, active.map(({ columnSet }) => columnSet));
    const models = active.map(({ solver, columnSet, fold }) => ({
      columnSet: place(columnSet),
      positions: [...solver.positions],
      curvature: solver.curvature,
      ...(all.smoothing === undefined ? {} : { smoothing: all.smoothing }),
      ...(fold === null ? {} : { withoutFold: fold }),
    }));
    const { sums } = await federation.sum(hingeSums, { view, parameters: { columnSets, models } });
    distribute(sums, active);
  }
}

function distribute(sums: HingeSums, active: readonly Task[]): void {
  let [at, gradientAt, hessianAt] = [0, 0, 0];
  for (const { solver } of active) {
    solver.receive(
      solver.positions.map(({ length: k }) => ({
        loss: sums.loss[at++]!,
        gradient: sums.gradient.subarray(gradientAt, (gradientAt += k)),
        hessian: sums.hessian.subarray(hessianAt, (hessianAt += solver.curvature ? packedLength(k) : 0)),
      })),
    );
  }
}

interface Solved {
  readonly tasks: readonly Task[];
  readonly columnSets: readonly SvmColumns[];
  readonly n: number;
  readonly events: number;
}

/** Platt scaling of every grid point on held-out decision values, with his targets (N₊ + 1)/(N₊ + 2) and 1/(N₋ + 2). */
async function plattTogether(federation: Federation, view: ViewSpec, { tasks, columnSets: all, n, events }: Solved) {
  const held = tasks.filter(({ fold }) => fold !== null);
  const { columnSets, place } = setsAsked(all, held.map(({ columnSet }) => columnSet));
  const count = Math.max(...tasks.map(({ candidate }) => candidate)) + 1;
  const models = Array.from({ length: count }, (_, c) =>
    held.filter(({ candidate }) => candidate === c).map(({ columnSet, solver, fold }) => ({ columnSet: place(columnSet), beta: solver.fit!.beta, onlyFold: fold! })),
  );
  const targets = Float64Array.of(1 / (n - events + 2), (events + 1) / (events + 2));
  const newtons = models.map(() => new LogisticNewton({ size: 2 }));
  for (;;) {
    const active = newtons.flatMap((newton, c) => (newton.fit === null ? [c] : []));
    if (active.length === 0) break;
    const candidates = active.map((c) => ({ models: models[c]!, at: newtons[c]!.evaluateAt! }));
    const { sums } = await federation.sum(plattSums, { view, parameters: { columnSets, targets, candidates } });
    active.forEach((c, at) =>
      newtons[c]!.receive({ logLikelihood: sums.logLikelihood[at]!, gradient: sums.gradient.subarray(2 * at, 2 * at + 2), hessian: sums.hessian.subarray(3 * at, 3 * at + 3) }),
    );
  }
  const fits = newtons.map(({ fit }) => fit!);
  const platts = fits.map(({ beta, status }): PlattScaling => (status === 'singular' ? { slope: 0, intercept: Math.log((events + 1) / (n - events + 1)) } : { slope: beta[1]!, intercept: beta[0]! }));
  return { platts, deviance: fits.map(({ statistics }) => (-2 * statistics.logLikelihood) / n) };
}

function svmArtefact({ scaling, solver }: Task, map: FourierMap | undefined, platt: PlattScaling): LinearSvmArtefact | FourierSvmArtefact {
  const { beta } = solver.fit!;
  const members = { features: [...scaling.features], mean: [...scaling.mean], sd: [...scaling.sd], coefficients: Array.from(beta.subarray(1)), intercept: beta[0]!, platt };
  return map ? { kind: 'fourier-svm', ...members, map } : { kind: 'linear-svm', ...members };
}

function warningsOf({ grid }: LinearSvmRequest, { tasks, chosen, platt }: { tasks: readonly Task[]; chosen: number; platt: PlattScaling }): string[] {
  const warnings: string[] = [];
  const unfinished = tasks.filter(({ solver }) => solver.fit!.status !== 'converged').length;
  if (unfinished > 0) warnings.push(`${unfinished} of ${tasks.length} models did not converge.`);
  const strengths = grid.map(({ C }) => C);
  if (new Set(strengths).size > 1 && [Math.min(...strengths), Math.max(...strengths)].includes(strengths[chosen]!)) {
    warnings.push(`The smallest cross-validated deviance lies at an end of the grid (C ${strengths[chosen]}). A wider grid may hold a smaller one.`);
  }
  if (!(platt.slope > 0)) warnings.push('Held-out decision values do not rise with the outcome: the model predicts no better than chance.');
  return warnings;
}
