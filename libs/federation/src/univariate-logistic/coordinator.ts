import { fitWarning, logisticTable, type Coefficient } from '@consilium/learning';
import type { Federation } from '../federation.js';
import { scalingOf, type Scaling } from '../logistic-regression/coordinator.js';
import { fitTogether, type FittedModel } from '../logistic-regression/fit-together.js';
import type { ViewSpec } from '../view.js';

export interface UnivariateRequest {
  /** Its features are the candidates. */
  readonly view: ViewSpec;
  readonly scaling: Scaling;
  /** 'shared' (default): rows complete in all candidates. 'own': each candidate on its own complete rows, as R's glm one by one. */
  readonly rows?: 'shared' | 'own';
  readonly level?: number;
}

/** One candidate alone in a logistic model, or why there is no figure. */
export interface UnivariateRow {
  readonly feature: string;
  readonly n: number;
  readonly events: number;
  readonly coefficient: Coefficient | null;
  /** Of the model with this feature alone. */
  readonly logLikelihood: number | null;
  readonly warning: string | null;
}

/** A table of models with one feature each, all candidates in the same 6-8 rounds, whatever their number. Equal to the pooled table. */
export async function federatedUnivariateLogistic(federation: Federation, request: UnivariateRequest): Promise<UnivariateRow[]> {
  const { view, scaling, level } = request;
  const requests = view.features.map((feature) => ({ scaling: scalingOf(view, scaling, [feature]) }));
  if (request.rows !== 'own') return (await fitTogether(federation, view, requests)).map((fitted) => rowOf(fitted, level));
  const fitted = await federation.inParallel(
    requests.map((one) => (branch: Federation) => fitTogether(branch, { ...view, features: [...one.scaling.features] }, [one])),
  );
  return fitted.map(([one]) => rowOf(one!, level));
}

function rowOf({ request, fit, n, events }: FittedModel, level?: number): UnivariateRow {
  const [feature = ''] = request.scaling.features;
  const oneClass = events === 0 || events === n ? 'Only one outcome class is present. There is no figure.' : null;
  const table = fit.status === 'converged' && oneClass === null ? logisticTable(fit, request.scaling, { n, events }, level) : null;
  return {
    feature,
    n,
    events,
    coefficient: table?.coefficients[1] ?? null,
    logLikelihood: table?.logLikelihood ?? null,
    warning: oneClass ?? fitWarning(fit, request.scaling)?.sentence ?? null,
  };
}
