import { LogisticNewton, packedLength, type ColumnScaling, type LogisticFit } from '@consilium/learning';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { logisticSums, type LogisticSums, type ModelParameters } from './exchange.js';

/** A model to be fitted among others of the same view. */
export interface ModelRequest {
  /** Its features among the view's, and their scale. */
  readonly scaling: ColumnScaling;
  /** As scikit-learn's C; absent for no penalty. */
  readonly C?: number;
  readonly withoutFold?: number;
}

export interface FittedModel {
  readonly request: ModelRequest;
  readonly fit: LogisticFit;
  /** Pooled rows it was fitted on, and events among them. */
  readonly n: number;
  readonly events: number;
}

/** The message of a model at some coefficients. */
export function modelParameters(view: ViewSpec, { scaling, withoutFold }: ModelRequest, beta: Float64Array): ModelParameters {
  return {
    columns: scaling.features.map((name) => view.features.indexOf(name)),
    mean: Float64Array.from(scaling.mean),
    sd: Float64Array.from(scaling.sd),
    beta,
    ...(withoutFold === undefined ? {} : { withoutFold }),
  };
}

/** One class has no optimum, and every model of it is stopped after its first round. */
const oneClass = ({ n, events }: { n: number; events: number }) => events === 0 || events === n;

/**
 * Fits many logistic models of one view in the same rounds, each round holding those that have not converged. As many rounds as the slowest
 * needs: 6-10 usually. The last evaluation of a model is at its final coefficients.
 */
export async function fitTogether(federation: Federation, view: ViewSpec, requests: readonly ModelRequest[]): Promise<FittedModel[]> {
  const running = requests.map((request): Running => ({ request, newton: newtonOf(request), n: NaN, events: NaN, last: null }));
  for (let round = 1; ; round++) {
    const active = running.filter((model) => model.newton.evaluateAt !== null && !oneClass(model));
    if (active.length === 0) break;
    federation.progress(round - 1, Math.max(round, 8), `Newton step ${round}: ${active.length} of ${running.length} models`);
    const models = active.map(({ request, newton }) => modelParameters(view, request, newton.evaluateAt!));
    const { sums } = await federation.sum(logisticSums, { view, parameters: { models } });
    distribute(sums, active);
  }
  return running.map(({ request, newton, n, events, last }) => ({ request, fit: newton.fit ?? last!, n, events }));
}

const newtonOf = ({ scaling, C }: ModelRequest) => new LogisticNewton({ size: scaling.features.length + 1, ...(C === undefined ? {} : { C }) });

interface Running {
  readonly request: ModelRequest;
  readonly newton: LogisticNewton;
  n: number;
  events: number;
  /** The first evaluation, for a model that goes no further. */
  last: LogisticFit | null;
}

function distribute(sums: LogisticSums, active: readonly Running[]): void {
  let [gradientAt, hessianAt] = [0, 0];
  active.forEach((model, m) => {
    const k = model.request.scaling.features.length + 1;
    model.n = sums.n[m]!;
    model.events = sums.events[m]!;
    const statistics = {
      logLikelihood: sums.logLikelihood[m]!,
      gradient: sums.gradient.subarray(gradientAt, gradientAt + k),
      hessian: sums.hessian.subarray(hessianAt, hessianAt + packedLength(k)),
    };
    model.last ??= { status: 'separated', beta: model.newton.evaluateAt!, statistics, evaluations: 1 };
    model.newton.receive(statistics);
    gradientAt += k;
    hessianAt += packedLength(k);
  });
}
