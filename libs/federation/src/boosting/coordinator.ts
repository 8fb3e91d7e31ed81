import type { BoostingOptions, PooledClasses, TreesArtefact } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { federatedCutPoints } from '../cut-points/coordinator.js';
import type { Federation } from '../federation.js';
import { momentTotals } from '../moments/exchange.js';
import type { ViewSpec } from '../view.js';
import { growTogether } from './grow-together.js';

export interface BoostingRequest {
  readonly view: ViewSpec;
  readonly options: BoostingOptions;
  /** At most 32. */
  readonly bins: number;
  /** Cut points, one block a feature, in place of pooled quantiles. */
  readonly cuts?: readonly Float64Array[];
}

export interface FittedTrees {
  readonly artefact: TreesArtefact;
  /** Pooled rows it was grown on, and events among them. */
  readonly n: number;
  readonly events: number;
}

/**
 * Gradient boosting of trees grown on summed histograms: depth-wise as XGBoost, or leaf-wise as LightGBM. Two to six rounds for cut points, then for each tree one round a level (depth-wise), or
 * about half a round a leaf (leaf-wise). The same to the bit however patients are split over sites. Throws E611 for one outcome class.
 */
export async function federatedBoosting(federation: Federation, { view, options, bins, cuts }: BoostingRequest): Promise<FittedTrees> {
  const points = cuts ? { cuts, ...(await pooledClasses(federation, view)) } : await federatedCutPoints(federation, { view, bins });
  const pooled = { n: points.n, events: points.events };
  requireTrainable(view, pooled);
  const [model] = await growTogether(federation, view, { cutSets: [points.cuts], requests: [{ options, cuts: 0, pooled }] });
  return { artefact: { kind: 'trees', features: view.features, ensembles: [model!.boosting.ensemble()] }, ...pooled };
}

/** Pooled patients of a view, and events among them: one round. */
export async function pooledClasses(federation: Federation, view: ViewSpec): Promise<PooledClasses> {
  const { sums } = await federation.sum(momentTotals, { view, parameters: null });
  return { n: sums.n[0]! + sums.n[1]!, events: sums.n[1]! };
}

export function requireTrainable({ features }: ViewSpec, { n, events }: PooledClasses): void {
  if (features.length === 0) throw new ConsiliumError(methodErrors.requestShape, 'Trees need at least one feature. Nothing was fitted.');
  if (n === 0) throw new ConsiliumError(methodErrors.noRows);
  if (events === 0 || events === n) throw new ConsiliumError(methodErrors.oneClass);
}
