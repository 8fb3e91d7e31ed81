import {
  fitWarning,
  linearModelOf,
  logisticTable,
  rawCoefficients,
  type ColumnScaling,
  type FitWarning,
  type LinearModelArtefact,
  type LogisticTable,
} from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { fitTogether, type FittedModel, type ModelRequest } from './fit-together.js';

export interface Scaling {
  readonly mean: readonly number[] | Float64Array;
  readonly sd: readonly number[] | Float64Array;
}

export interface LogisticRequest {
  readonly view: ViewSpec;
  /** Global mean and sd (ddof 0) of the view's features over its rows. Only L2 results depend on them; all fits are steadier with them. */
  readonly scaling: Scaling;
  /** The models, by their features among the view's and their penalty; one unpenalised model of all features where absent. */
  readonly models?: readonly { readonly features: readonly string[]; readonly C?: number }[];
  /** Level of the confidence intervals (default 0.95). */
  readonly level?: number;
}

export interface LogisticModel {
  readonly features: readonly string[];
  /** Ready to be published. */
  readonly model: LinearModelArtefact;
  /** (intercept, coefficients) on the scale of the features themselves. */
  readonly raw: readonly number[];
  readonly C: number | null;
  readonly n: number;
  readonly events: number;
  readonly logLikelihood: number;
  /** Standard errors, tests and intervals of an unpenalised fit; null for a penalised one. */
  readonly table: LogisticTable | null;
  readonly warning: FitWarning | null;
  readonly evaluations: number;
}

/**
 * Logistic regression, unpenalised or L2, one or several models of one view in the same rounds. Coefficients and standard errors equal
 * those of the pooled rows up to rounding. Throws E611 where one outcome class is empty, E652 where an unpenalised model has no optimum.
 */
export async function federatedLogistic(federation: Federation, request: LogisticRequest): Promise<LogisticModel[]> {
  const { view } = request;
  const models = request.models ?? [{ features: view.features }];
  const requests = models.map(({ features, C }): ModelRequest => ({ scaling: scalingOf(view, request.scaling, features), ...(C === undefined ? {} : { C }) }));
  const fitted = await fitTogether(federation, view, requests);
  return fitted.map((one) => logisticModel(one, request.level));
}

/** The columns of some of the view's features. */
export function scalingOf(view: ViewSpec, { mean, sd }: Scaling, features: readonly string[]): ColumnScaling {
  const places = features.map((name) => view.features.indexOf(name));
  if (places.includes(-1)) throw new RangeError('A model names a feature that its view does not have.');
  return { features, mean: places.map((j) => mean[j]!), sd: places.map((j) => sd[j]!) };
}

/** What is told of a fit. */
export function logisticModel({ request, fit, n, events }: FittedModel, level?: number): LogisticModel {
  if (events === 0 || events === n) throw new ConsiliumError(methodErrors.oneClass);
  const { scaling, C } = request;
  const warning = C === undefined || fit.status !== 'converged' ? fitWarning(fit, scaling) : null;
  if (fit.status === 'singular' || fit.status === 'unfinished') {
    throw new ConsiliumError(methodErrors.noOptimum, `${warning?.sentence ?? ''} No model was made.`);
  }
  return {
    features: scaling.features,
    model: linearModelOf(fit, scaling),
    raw: Array.from(rawCoefficients(fit.beta, scaling)),
    C: C ?? null,
    n,
    events,
    logLikelihood: fit.statistics.logLikelihood,
    table: C === undefined && fit.status === 'converged' ? logisticTable(fit, scaling, { n, events }, level) : null,
    warning,
    evaluations: fit.evaluations,
  };
}
