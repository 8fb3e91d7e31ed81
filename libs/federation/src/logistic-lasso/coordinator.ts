import { choosePenalty, linearModelFromPath, packedLength, PenalisedPath, type LinearModelArtefact, type PathAnswer, type PathSolution, type PenaltyChoice, type TrainingSet } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { setImmediate } from 'node:timers/promises';
import type { Federation } from '../federation.js';
import { countFolds } from '../linear-lasso/coordinator.js';
import type { Scaling } from '../logistic-regression/coordinator.js';
import { foldScalings, type FoldScaling } from '../logistic-regression/cross-validation.js';
import type { ViewSpec } from '../view.js';
import { pathSums, type PathQuestionParameters, type PathSums } from './exchange.js';

/** The penalties: a descending list, or `count` of them evenly spaced on a log scale from the smallest that empties the model down to `ratio` times it. */
export type LambdaGrid = readonly number[] | { readonly count: number; readonly ratio: number };

export interface LogisticLassoRequest {
  /** With folds where the penalty is to be chosen, over training rows only. */
  readonly view: ViewSpec;
  /** Global mean and sd (ddof 0) of the view's features over its rows. */
  readonly scaling: Scaling;
  readonly lambdas: LambdaGrid;
  /** Share of the L1 penalty: 1 (default) is the LASSO, less an elastic net; glmnet's alpha. */
  readonly mixing?: number;
  readonly folds?: number;
}

export interface LogisticLassoResult extends PenaltyChoice {
  readonly features: readonly string[];
  readonly n: number;
  readonly events: number;
  readonly mixing: number;
  readonly lambdas: readonly number[];
  readonly foldSizes: readonly number[];
  /** On all rows; coefficients of the globally standardised columns. */
  readonly path: readonly PathSolution[];
  /** The model of all rows at a penalty of the grid. */
  modelAt(index: number): LinearModelArtefact;
  /** The models without each fold at a penalty of the grid: for cross-fitted predictions. */
  foldModelsAt(index: number): ReadonlyMap<number, LinearModelArtefact>;
  readonly warnings: readonly string[];
  /** Messages of the path. */
  readonly rounds: number;
}

/** The features with a coefficient at a penalty of the grid, in the order of the view. */
export const selectedAt = ({ path, features }: LogisticLassoResult, index: number): string[] => path[index]!.selected.map((j) => features[j]!);

/**
 * Logistic LASSO or elastic net with K-fold cross-validation of the deviance, equal to the pooled optimum. The K training sets, each standardised
 * by itself, and all rows travel in the same messages, and the penalties of a path follow each other as in a pipeline: about as many rounds as
 * penalties and ten. Throws E611 where a training set has one class, E650 for an empty fold, E652 where no feature is related to the outcome.
 */
export async function federatedLogisticLasso(federation: Federation, request: LogisticLassoRequest): Promise<LogisticLassoResult> {
  const { view, mixing = 1 } = request;
  const folds = request.folds ?? (await countFolds(federation, view));
  const training = await foldScalings(federation, request, folds);
  const n = training.reduce((sum, { held }) => sum + held, 0);
  const events = training.reduce((sum, { heldEvents }) => sum + heldEvents, 0);
  const sets = [...training.map((one) => trainingSet(request, one, mixing)), wholeSet(request, { n, events }, mixing)];
  if (sets.some((set) => set.events === 0 || set.events === set.n)) throw new ConsiliumError(methodErrors.oneClass, 'A training set of the cross-validation has only one outcome class. Nothing was selected.');
  const { paths, rounds, lambdas } = await followPaths(federation, request, { sets, without: [...training.map(({ fold }) => fold), null] });
  return resultOf(request, { training, paths, lambdas, rounds, n, events, mixing });
}

/** A training set on the scale of the globally standardised columns. */
function trainingSet({ scaling }: LogisticLassoRequest, { scaling: own, n, events }: FoldScaling, mixing: number): TrainingSet {
  return { n, events, mixing, sd: Float64Array.from(own.sd, (sd, j) => (scaling.sd[j]! > 0 ? sd / scaling.sd[j]! : 0)) };
}

function wholeSet({ scaling }: LogisticLassoRequest, { n, events }: { n: number; events: number }, mixing: number): TrainingSet {
  return { n, events, mixing, sd: Float64Array.from(scaling.sd, (sd) => (sd > 0 ? 1 : 0)) };
}

interface Sets {
  readonly sets: readonly TrainingSet[];
  /** The fold each leaves out. */
  readonly without: readonly (number | null)[];
}

async function followPaths(federation: Federation, request: LogisticLassoRequest, { sets, without }: Sets) {
  const paths = sets.map((set) => new PenalisedPath(set));
  let lambdas: readonly number[] = [];
  let rounds = 0;
  for (; ; rounds++) {
    const asked = paths.map(({ questions }) => questions);
    const questions = asked.flatMap((own, s) => own.map((question): PathQuestionParameters => ({ ...question, columns: [...question.columns], hessianColumns: [...question.hessianColumns], ...(without[s] === null ? {} : { withoutFold: without[s]! }) })));
    if (questions.length === 0) return { paths, rounds, lambdas };
    const parameters = { mean: Float64Array.from(request.scaling.mean), sd: Float64Array.from(request.scaling.sd), questions };
    const { sums } = await federation.sum(pathSums, { view: request.view, parameters });
    const answers = answersOf(sums, questions, request.view.features.length);
    let at = 0;
    for (const [s, path] of paths.entries()) {
      path.receive(answers.slice(at, (at += asked[s]!.length)));
      await setImmediate();
    }
    if (rounds === 0) {
      lambdas = gridOf(request.lambdas, paths.at(-1)!.largestLambda);
      for (const path of paths) path.begin(lambdas);
    }
    federation.progress(rounds, Math.max(rounds + 1, lambdas.length + 8), `Penalised path, message ${rounds + 1}: ${questions.length} models`);
  }
}

function gridOf(grid: LambdaGrid, largest: number): readonly number[] {
  if (!('count' in grid)) return grid;
  if (!(largest > 0)) throw new ConsiliumError(methodErrors.noOptimum, 'No feature is related to the outcome, so there is no penalty to start from. Nothing was selected.');
  return Array.from({ length: grid.count }, (_, i) => largest * grid.ratio ** (grid.count === 1 ? 0 : i / (grid.count - 1)));
}

function answersOf(sums: PathSums, questions: readonly PathQuestionParameters[], p: number): PathAnswer[] {
  let at = 0;
  return questions.map(({ hessianColumns }, q) => {
    const length = packedLength(hessianColumns.length + 1);
    const hessian = sums.hessian.subarray(at, (at += length));
    return {
      logLikelihood: sums.logLikelihood[q]!,
      heldOutLogLikelihood: sums.heldOutLogLikelihood[q]!,
      gradient: sums.gradient.subarray(q * (p + 1), (q + 1) * (p + 1)),
      hessian,
    };
  });
}

interface Followed {
  readonly training: readonly FoldScaling[];
  readonly paths: readonly PenalisedPath[];
  readonly lambdas: readonly number[];
  readonly rounds: number;
  readonly n: number;
  readonly events: number;
  readonly mixing: number;
}

function resultOf({ view, scaling }: LogisticLassoRequest, { training, paths, lambdas, rounds, n, events, mixing }: Followed): LogisticLassoResult {
  const path = paths.at(-1)!.solutions;
  const foldSizes = training.map(({ held }) => held);
  const devianceByFold = lambdas.map((_, k) => training.map(({ held }, f) => (-2 * paths[f]!.solutions[k]!.heldOutLogLikelihood) / held));
  const choice = choosePenalty(devianceByFold, foldSizes);
  const columns = { features: view.features, mean: Array.from(scaling.mean), sd: Array.from(scaling.sd) };
  return {
    ...choice,
    features: view.features,
    n,
    events,
    mixing,
    lambdas,
    foldSizes,
    path,
    modelAt: (index) => linearModelFromPath(path[index]!, columns),
    foldModelsAt: (index) => new Map(training.map(({ fold }, f) => [fold, linearModelFromPath(paths[f]!.solutions[index]!, columns)])),
    warnings: warningsOf(choice, lambdas, paths, columns),
    rounds,
  };
}

function warningsOf({ minimum }: PenaltyChoice, lambdas: readonly number[], paths: readonly PenalisedPath[], { features, sd }: { features: readonly string[]; sd: readonly number[] }): string[] {
  const warnings: string[] = [];
  const constant = features.filter((_, j) => !(sd[j]! > 0));
  if (constant.length > 0) warnings.push(`Constant features were left out: ${constant.join(', ')}.`);
  if (lambdas.length > 1 && (minimum === 0 || minimum === lambdas.length - 1)) {
    warnings.push(`The smallest cross-validated deviance lies at an end of the grid (lambda ${lambdas[minimum]!.toPrecision(6)}). A wider grid may hold a smaller one.`);
  }
  const unfinished = paths.flatMap(({ solutions }) => solutions).filter(({ converged }) => !converged).length;
  if (unfinished > 0) warnings.push(`${unfinished} of ${paths.length * lambdas.length} models did not converge.`);
  return warnings;
}
