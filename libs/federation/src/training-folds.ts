import type { PooledClasses } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { federatedCutPoints } from './cut-points/coordinator.js';
import type { Federation } from './federation.js';
import { foldCounts } from './linear-lasso/exchange.js';
import type { ViewSpec } from './view.js';

/** The view without the rows of one more fold. */
export function withoutFold(view: ViewSpec, fold: number): ViewSpec {
  const { foldRows } = view;
  if (foldRows?.inside) return { ...view, foldRows: { folds: foldRows.folds.filter((one) => one !== fold), inside: true } };
  return { ...view, foldRows: { folds: [...(foldRows?.folds ?? []), fold].sort((a, b) => a - b), inside: false } };
}

/** The view's rows of one fold. */
export const ofFold = (view: ViewSpec, fold: number): ViewSpec => ({ ...view, foldRows: { folds: [fold], inside: true } });

/** A training set of a cross-validation and what trees grow on in it: cut points come from its own rows. */
export interface TrainingFold {
  readonly fold: number;
  readonly pooled: PooledClasses;
  /** Pooled held-out rows. */
  readonly heldOut: number;
  readonly cuts: readonly Float64Array[];
}

export interface TrainingFolds {
  readonly all: { readonly pooled: PooledClasses; readonly cuts: readonly Float64Array[] };
  readonly folds: readonly TrainingFold[];
}

/** Cut points of all rows and of each training set, in the same rounds; one more for the fold sizes. Throws E611 and E650 where a training set has one class, or a fold nobody. */
export async function trainingFolds(federation: Federation, view: ViewSpec, bins: number): Promise<TrainingFolds> {
  const { sums } = await federation.sum(foldCounts, { view, parameters: {} });
  const occupied = Array.from(sums.n.keys()).filter((fold) => sums.n[fold]! > 0);
  const dealt = view.folds?.kind === 'dealt' ? view.folds.folds : (occupied.at(-1) ?? -1) + 1;
  if (occupied.length < (view.foldRows ? 2 : Math.max(2, dealt))) throw new ConsiliumError(methodErrors.emptyFold, 'A fold of the cross-validation has no patient at any site. Nothing was fitted.');
  const views = [view, ...occupied.map((fold) => withoutFold(view, fold))];
  const points = await federation.inParallel(views.map((own) => (branch: Federation) => federatedCutPoints(branch, { view: own, bins })));
  const [all, ...rest] = points.map(({ n, events, cuts }) => ({ pooled: { n, events }, cuts }));
  if (rest.some(({ pooled: { n, events } }) => events === 0 || events === n)) {
    throw new ConsiliumError(methodErrors.oneClass, 'A training set of the cross-validation has only one outcome class. Nothing was fitted.');
  }
  return { all: all!, folds: occupied.map((fold, k) => ({ fold, heldOut: sums.n[fold]!, ...rest[k]! })) };
}
