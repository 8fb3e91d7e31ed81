import { chiSquaredUpperTail } from '@consilium/numerics';
import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { scalingOf, type Scaling } from './coordinator.js';
import { fitTogether, type FittedModel } from './fit-together.js';

/** A term dropped from the model: twice the loss of log-likelihood, χ² with one degree of freedom a column. */
export interface LikelihoodRatioTest {
  /** A feature, or the column whose levels are indicators of the model. */
  readonly term: string;
  readonly statistic: number | null;
  readonly df: number;
  readonly p: number | null;
}

/** Likelihood ratio tests of all terms, their models in the same rounds. The indicators `column=level` of one column are one term. */
export async function likelihoodRatioTests(federation: Federation, view: ViewSpec, scaling: Scaling, { request, fit }: FittedModel): Promise<LikelihoodRatioTest[]> {
  const { features } = request.scaling;
  const termOf = (feature: string) => (feature.includes('=') ? feature.slice(0, feature.lastIndexOf('=')) : feature);
  const terms = [...new Set(features.map(termOf))];
  const reduced = await fitTogether(federation, view, terms.map((term) => ({ scaling: scalingOf(view, scaling, features.filter((feature) => termOf(feature) !== term)) })));
  return terms.map((term, t) => {
    const { status, statistics } = reduced[t]!.fit;
    const df = features.filter((feature) => termOf(feature) === term).length;
    const statistic = status === 'converged' ? Math.max(0, 2 * (fit.statistics.logLikelihood - statistics.logLikelihood)) : null;
    return { term, statistic, df, p: statistic === null ? null : chiSquaredUpperTail(statistic, df) };
  });
}
