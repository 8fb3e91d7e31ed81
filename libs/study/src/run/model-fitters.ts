import { type Federation, federatedLogistic, federatedLogisticCrossValidation, federatedMoments, type LogisticModel, standardDeviation, type ViewSpec } from '@consilium/federation';
import type { LinearModelArtefact, LogisticTable, ModelArtefact } from '@consilium/learning';
import type { PlanModel, PlanModelOf } from '../plan/model-kinds.js';
import { fitElasticNet, fitFirth, fitLinearSvm, fitRbfSvm } from './linear-fitters.js';
import { fitBoosting, fitForest, fitMergedTrees } from './tree-fitters.js';
import type { StageResults } from './run-results.js';

/** What a fitter is given: a model of the plan and the rows and columns it is fitted on. */
export interface FitRequest<M> {
  readonly model: M;
  /** With the plan's folds, where it has any; only rows outside the left-out folds. */
  readonly view: ViewSpec;
  /** How many folds the plan's fold column has; absent where they are dealt, and then counted. */
  readonly folds?: number | undefined;
  /** Names the fit within the plan and its seed, for models that draw random numbers. */
  readonly seed: string;
  /** How many fits travel in the same rounds; they share what a message may hold. One when absent. */
  readonly beside?: number | undefined;
}

export interface FitOutcome {
  readonly artefact: ModelArtefact;
  /** What results show of the fit, besides the artefact. */
  readonly results: StageResults;
}

type Fitter<M> = (federation: Federation, request: FitRequest<M>) => Promise<FitOutcome>;

/** Kinds that are fitted; a late fusion is composed of fitted models. */
export type FittedKind = Exclude<PlanModel['kind'], 'late-fusion'>;

/** The fitter of each kind of model: one line a kind. */
const fitters: { readonly [K in FittedKind]: Fitter<PlanModelOf<K>> } = {
  logistic: fitLogistic,
  'linear-svm': fitLinearSvm,
  'rbf-svm': fitRbfSvm,
  'random-forest': fitForest,
  'extra-trees': fitForest,
  boosting: fitBoosting,
  'merged-trees': fitMergedTrees,
};

export function fitPlanModel(federation: Federation, request: FitRequest<PlanModelOf<FittedKind>>): Promise<FitOutcome> {
  const fit: Fitter<never> = fitters[request.model.kind];
  return fit(federation, request as FitRequest<never>);
}

/**
 * A logistic model with an intercept for every site: indicators of all sites but the first stand among its columns, as they are added over sites like any other. On the scale of z-scores
 * the intercept is that of a patient whose indicators are at their means, so it is the mean of the sites' intercepts, each counting for its patients: what a new site is predicted with.
 */
async function fitWithSiteIntercepts(federation: Federation, view: ViewSpec): Promise<FitOutcome> {
  const { sites } = federation;
  const stratified = { ...view, features: [...view.features, ...sites.slice(1).map((site) => `@site=${site}`)] };
  const { all } = await federatedMoments(federation, stratified);
  const [fit] = await federatedLogistic(federation, { view: stratified, scaling: { mean: all.mean, sd: standardDeviation(all, 0) } });
  const p = view.features.length;
  const { features, mean, sd, coefficients, intercept } = fit!.model;
  const own = { kind: 'logistic' as const, features: features.slice(0, p), mean: mean.slice(0, p), sd: sd.slice(0, p), coefficients: coefficients.slice(0, p), intercept };
  const siteIntercepts = sites.map((site, s) => ({ site, intercept: fit!.raw[0]! + (s === 0 ? 0 : fit!.raw[p + s]!) }));
  return { artefact: own, results: { ...logisticResults(fit!, null), siteIntercepts } };
}

interface Columns {
  readonly view: ViewSpec;
  readonly scaling: { readonly mean: Float64Array; readonly sd: Float64Array };
}

async function fitLogistic(federation: Federation, request: FitRequest<PlanModelOf<'logistic'>>): Promise<FitOutcome> {
  const { penalty } = request.model;
  if (penalty.kind === 'firth') return fitFirth(federation, request);
  if (penalty.kind === 'lasso' || penalty.kind === 'elastic-net') return fitElasticNet(federation, request, penalty);
  return fitNewton(federation, request, penalty);
}

type NewtonPenalty = Exclude<PlanModelOf<'logistic'>['penalty'], { kind: 'firth' | 'lasso' | 'elastic-net' }>;

async function fitNewton(federation: Federation, { model, view, folds }: FitRequest<PlanModelOf<'logistic'>>, penalty: NewtonPenalty): Promise<FitOutcome> {
  if (model.sites === 'intercepts') return fitWithSiteIntercepts(federation, view);
  const moments = await federatedMoments(federation, view);
  const raw = model.scale === 'none' && penalty.kind !== 'none';
  const p = view.features.length;
  const scaling = raw ? { mean: new Float64Array(p), sd: new Float64Array(p).fill(1) } : { mean: moments.all.mean, sd: standardDeviation(moments.all, 0) };
  const { fit, crossValidation } = await penalised(federation, penalty, { view, scaling }, folds);
  return { artefact: model.scale === 'none' ? onRawScale(fit) : fit.model, results: logisticResults(fit, crossValidation) };
}

async function penalised(federation: Federation, penalty: NewtonPenalty, columns: Columns, folds: number | undefined): Promise<{ fit: LogisticModel; crossValidation: StageResults | null }> {
  if (penalty.kind !== 'l2-cross-validated') {
    const one = { features: columns.view.features, ...(penalty.kind === 'l2' ? { C: penalty.C } : {}) };
    const [fit] = await federatedLogistic(federation, { ...columns, models: [one] });
    return { fit: fit!, crossValidation: null };
  }
  const validated = await federatedLogisticCrossValidation(federation, { ...columns, grid: penalty.C, ...(folds === undefined ? {} : { folds }) });
  const { model, grid, deviance, standardError, chosen, warnings } = validated;
  return { fit: model, crossValidation: { grid, deviance, standardError, chosen: chosen.C, warnings } };
}

const onRawScale = ({ features, raw }: LogisticModel): LinearModelArtefact => ({
  kind: 'logistic',
  features,
  mean: features.map(() => 0),
  sd: features.map(() => 1),
  coefficients: raw.slice(1),
  intercept: raw[0]!,
});

function logisticResults({ n, events, logLikelihood, table, warning, raw, C, features }: LogisticModel, crossValidation: StageResults | null): StageResults {
  return {
    n,
    events,
    C,
    logLikelihood,
    warning: warning?.sentence ?? null,
    coefficients: table?.coefficients ?? ['(Intercept)', ...features].map((name, j) => ({ name, estimate: raw[j] })),
    covariance: table === null || table.coefficients.length > MOST_COVARIANCES ? null : covarianceRows(table),
    information: table === null ? null : { deviance: table.deviance, nullDeviance: table.nullDeviance, aic: table.aic, bic: table.bic, residualDegreesOfFreedom: table.residualDegreesOfFreedom },
    crossValidation,
  };
}

/** Coefficients, the intercept among them, of the largest model whose intervals of predictions are read from the results: what a nomogram can show. */
const MOST_COVARIANCES = 13;

/** Covariances of the coefficients in their order, a row each. */
function covarianceRows({ covariance, coefficients: { length: k } }: LogisticTable): number[][] {
  return Array.from({ length: k }, (_, i) => [...covariance.subarray(i * k, (i + 1) * k)]);
}
