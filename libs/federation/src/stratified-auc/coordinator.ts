import type { Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { stratifiedRanks } from './exchange.js';

export interface StratifiedAuc {
  readonly feature: string;
  /** NaN where no stratum has both classes. */
  readonly auc: number;
  /** From the spread over folds; NaN with fewer than two. */
  readonly standardError: number;
  /** Fold by fold; NaN where the fold has no pair. */
  readonly byFold: readonly number[];
}

/**
 * AUC of each feature within sites and folds: of the pairs of patients of one site and one fold, one with and one without the event, the share
 * in which the one with the event has the larger value (ties one half).
 *
 *   AUC = Σ_sf U_sf / Σ_sf n1_sf n0_sf,   AUC_f = Σ_s U_sf / Σ_s n1_sf n0_sf
 *   SE  = sqrt( Σ_f w_f (AUC_f - AUC)² / (K - 1) ),   w_f the fold's share of the pairs
 *
 * Exact and a sum over sites, in one round. For predictions of models by fold it compares no two models and no two scanners with each other, so
 * neither a fold's prevalence nor a site's scale moves it, and pure noise averages one half. It disregards pairs across sites: with small folds
 * its own spread is wider by a few hundredths of itself.
 *
 * @param folds how many folds the view has; 1 for strata that are whole sites
 */
export async function federatedStratifiedAuc(federation: Federation, view: ViewSpec, folds = 1): Promise<StratifiedAuc[]> {
  const { sums } = await federation.sum(stratifiedRanks, { view, parameters: { folds } });
  return view.features.map((feature, j) => ({ feature, ...aucOf(sums.u.subarray(j * folds, (j + 1) * folds), sums.pairs) }));
}

function aucOf(u: Float64Array, pairs: Float64Array): Omit<StratifiedAuc, 'feature'> {
  const total = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0);
  const all = total(pairs);
  const auc = all > 0 ? total(u) / all : NaN;
  const byFold = Array.from(u, (own, f) => (pairs[f]! > 0 ? own / pairs[f]! : NaN));
  const occupied = byFold.flatMap((own, f) => (Number.isNaN(own) ? [] : [{ own, weight: pairs[f]! / all }]));
  const spread = occupied.reduce((sum, { own, weight }) => sum + weight * (own - auc) ** 2, 0);
  return { auc, standardError: occupied.length > 1 ? Math.sqrt(spread / (occupied.length - 1)) : NaN, byFold };
}
