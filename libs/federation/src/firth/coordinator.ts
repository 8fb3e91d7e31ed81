import { FirthNewton, fitWarning, linearModelOf, logisticTable, rawCoefficients, type LinearModelArtefact, type LogisticTable } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { Federation } from '../federation.js';
import { scalingOf, type Scaling } from '../logistic-regression/coordinator.js';
import { modelParameters } from '../logistic-regression/fit-together.js';
import { logisticSums } from '../logistic-regression/exchange.js';
import type { ViewSpec } from '../view.js';
import { leverageSums } from './exchange.js';

export interface FirthRequest {
  readonly view: ViewSpec;
  /** Global mean and sd of the view's features; the result does not depend on them. */
  readonly scaling: Scaling;
  readonly features?: readonly string[];
  readonly level?: number;
}

export interface FirthModel {
  readonly features: readonly string[];
  readonly model: LinearModelArtefact;
  /** (intercept, coefficients) on the scale of the features themselves. */
  readonly raw: readonly number[];
  readonly n: number;
  readonly events: number;
  readonly logLikelihood: number;
  /** ℓ + ½ log det I on the scale of the features. */
  readonly penalisedLogLikelihood: number;
  /** Standard errors from the information at the estimate; Wald tests and intervals. */
  readonly table: LogisticTable;
  readonly evaluations: number;
}

/**
 * Firth's logistic regression: finite also where the classes are separated. Two messages a step, 12 to 20 in all. Equal to the pooled
 * estimate. Throws E611 for one outcome class, E652 where the features are linearly dependent.
 */
export async function federatedFirth(federation: Federation, request: FirthRequest): Promise<FirthModel> {
  const { view, features = view.features } = request;
  const scaling = scalingOf(view, request.scaling, features);
  const newton = new FirthNewton(features.length + 1);
  let [n, events] = [NaN, NaN];
  for (let message = 1; newton.fit === null; message++) {
    federation.progress(message - 1, Math.max(message, 16), `Firth's regression, message ${message}`);
    const asked = modelParameters(view, { scaling }, newton.evaluateAt);
    const { inverse } = newton;
    if (inverse === null) {
      const { sums } = await federation.sum(logisticSums, { view, parameters: { models: [asked] } });
      [n, events] = [sums.n[0]!, sums.events[0]!];
      if (events === 0 || events === n) throw new ConsiliumError(methodErrors.oneClass);
      newton.receive({ logLikelihood: sums.logLikelihood[0]!, gradient: sums.gradient, hessian: sums.hessian });
    } else {
      const { columns, mean, sd, beta } = asked;
      newton.receiveLeverage((await federation.sum(leverageSums, { view, parameters: { models: [{ columns, mean, sd, beta, inverse }] } })).sums.scores);
    }
  }
  const { fit } = newton;
  const table = fit.status === 'converged' ? logisticTable(fit, scaling, { n, events }, request.level) : null;
  if (table === null) throw new ConsiliumError(methodErrors.noOptimum, `${fitWarning(fit, scaling)?.sentence ?? ''} No model was made.`);
  const spread = scaling.sd.reduce((sum, sd) => sum + Math.log(sd), 0);
  return {
    features,
    model: linearModelOf(fit, scaling),
    raw: Array.from(rawCoefficients(fit.beta, scaling)),
    n,
    events,
    logLikelihood: fit.statistics.logLikelihood,
    // The information of z is that of x divided by the products of the sds: log det differs by 2 Σ log sd.
    penalisedLogLikelihood: fit.penalisedLogLikelihood + spread,
    table,
    evaluations: fit.evaluations,
  };
}
