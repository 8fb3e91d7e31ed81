import {
  type Federation, federatedFirth, federatedLinearSvm, federatedLogisticLasso, federatedMoments, type FirthModel, selectedAt, standardDeviation, type SvmCandidate, type ViewSpec,
} from '@consilium/federation';
import type { PlanModelOf } from '../plan/model-kinds.js';
import type { FitOutcome, FitRequest } from './model-fitters.js';

async function columnsOf(federation: Federation, view: ViewSpec) {
  const { all } = await federatedMoments(federation, view);
  return { view, scaling: { mean: all.mean, sd: standardDeviation(all, 0) } };
}

/** Folds as a method asks for them: absent where they are counted. */
const foldsOf = (folds: number | undefined) => (folds === undefined ? {} : { folds });

type PathPenalty = Extract<PlanModelOf<'logistic'>['penalty'], { kind: 'lasso' | 'elastic-net' }>;

/** A logistic model at the penalty that cross-validation on the training rows chooses. */
export async function fitElasticNet(federation: Federation, { view, folds }: FitRequest<unknown>, penalty: PathPenalty): Promise<FitOutcome> {
  const columns = await columnsOf(federation, view);
  const mixing = penalty.kind === 'lasso' ? 1 : penalty.mixing;
  const result = await federatedLogisticLasso(federation, { ...columns, lambdas: penalty.lambda, mixing, ...foldsOf(folds) });
  const index = penalty.choose === 'min' ? result.minimum : result.oneStandardError;
  const artefact = result.modelAt(index);
  return {
    artefact,
    results: {
      n: result.n,
      events: result.events,
      logLikelihood: result.path[index]!.logLikelihood,
      warning: result.warnings[0] ?? null,
      coefficients: artefact.features.map((name, j) => ({ name, standardised: artefact.coefficients[j]! })),
      crossValidation: {
        mixing,
        lambdas: result.lambdas,
        deviance: result.deviance,
        standardError: result.standardError,
        chosen: result.lambdas[index]!,
        selectedMin: selectedAt(result, result.minimum),
        selected1se: selectedAt(result, result.oneStandardError),
        warnings: result.warnings,
      },
    },
  };
}

/** Firth's regression, for separated classes and few events. */
export async function fitFirth(federation: Federation, { view }: FitRequest<unknown>): Promise<FitOutcome> {
  const fit = await federatedFirth(federation, await columnsOf(federation, view));
  return { artefact: fit.model, results: firthResults(fit) };
}

const firthResults = ({ n, events, logLikelihood, penalisedLogLikelihood, table }: FirthModel) => ({
  n,
  events,
  C: null,
  logLikelihood,
  penalisedLogLikelihood,
  warning: null,
  coefficients: table.coefficients,
  information: null,
  crossValidation: null,
});

export async function fitLinearSvm(federation: Federation, request: FitRequest<PlanModelOf<'linear-svm'>>): Promise<FitOutcome> {
  const { C, penalisedIntercept } = request.model;
  return fitSvm(federation, request, { grid: C.map((one) => ({ C: one })), penalisedIntercept });
}

export async function fitRbfSvm(federation: Federation, request: FitRequest<PlanModelOf<'rbf-svm'>>): Promise<FitOutcome> {
  const { C, gamma, components } = request.model;
  return fitSvm(federation, request, { grid: C.flatMap((one) => gamma.map((width) => ({ C: one, gamma: width }))), smoothing: 0.2, fourier: { components, seed: request.seed } });
}

interface SvmOptions {
  readonly grid: readonly SvmCandidate[];
  readonly penalisedIntercept?: boolean;
  readonly smoothing?: number;
  readonly fourier?: { readonly components: number; readonly seed: string };
}

async function fitSvm(federation: Federation, { view, folds }: FitRequest<unknown>, options: SvmOptions): Promise<FitOutcome> {
  const result = await federatedLinearSvm(federation, { ...(await columnsOf(federation, view)), ...options, ...foldsOf(folds) });
  const { n, events, platt, grid, deviance, chosen, warnings, solver, fit } = result;
  return {
    artefact: result.artefact,
    results: { n, events, platt: { ...platt }, solver, objective: fit.objective, warning: warnings[0] ?? null, crossValidation: { grid, deviance, chosen: grid[chosen]!, warnings } },
  };
}
