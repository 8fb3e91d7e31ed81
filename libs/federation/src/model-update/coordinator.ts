import { calibrationStanding } from '@consilium/evaluation';
import { modelFeatures, modelValue, type ModelArtefact } from '@consilium/learning';
import type { Federation } from '../federation.js';
import { federatedLogistic } from '../logistic-regression/coordinator.js';
import { federatedMoments } from '../moments/coordinator.js';
import { standardDeviation } from '../moments/group-moments.js';
import { notEstimable, type Figure } from '../validation/figures.js';
import { pooledRecalibrations } from '../validation/pooled-recalibration.js';
import type { ViewSpec } from '../view.js';

/**
 * How a model is brought to other patients, from the least change to the largest (Steyerberg 2019, chapter 20): its event rate; also the strength of its predictions;
 * or all its coefficients anew.
 */
export type UpdateMethod = 'in-the-large' | 'slope' | 'refit';

export interface ModelUpdateRequest {
  /** The patients to update on; its features are replaced by what is needed. */
  readonly view: ViewSpec;
  readonly model: ModelArtefact;
  readonly method: UpdateMethod;
}

export interface ModelUpdate {
  readonly method: UpdateMethod;
  readonly patients: number;
  readonly events: number;
  readonly model: ModelArtefact;
  /** Its published sha256. */
  readonly digest: string;
  /** Intercept and slope on the old model's logit; null for a refit. */
  readonly recalibration: { readonly intercept: number; readonly slope: number } | null;
}

const PREDICTION = 'consilium old prediction';

/**
 * A model updated on the patients of a federation, which may be one new hospital. Rounds: two for moments, five to eight for the recalibration, eight to
 * eleven for a refit. Not estimated below 10 events or non-events. The updated model has to be validated on other patients than these.
 */
export async function federatedModelUpdate(federation: Federation, { view, model, method }: ModelUpdateRequest): Promise<Figure<ModelUpdate>> {
  if (method === 'refit' && model.kind !== 'logistic') return notEstimable('Only a logistic model is refitted; recalibrate other kinds.');
  const derived = [...(view.derived ?? []), { name: PREDICTION, model: await federation.publish(modelValue(model)) }];
  const predicted: ViewSpec = { ...view, features: [PREDICTION], derived };
  const moments = await federatedMoments(federation, predicted);
  const [patients, events] = [moments.all.n, moments.events.n];
  const standing = calibrationStanding(events, patients - events);
  if (standing.kind === 'not-estimable') return notEstimable(standing.sentence);
  if (method === 'refit') return refitted(federation, view, model, { patients, events });
  const [fit] = await pooledRecalibrations(federation, predicted, [PREDICTION]);
  if (!fit) return notEstimable('The predictions separate the classes or are all alike. The model cannot be recalibrated.');
  const recalibration = method === 'slope' ? { intercept: fit.intercept.estimate, slope: fit.slope.estimate } : { intercept: fit.inTheLarge.estimate, slope: 1 };
  const updated: ModelArtefact = { kind: 'recalibrated', model, ...recalibration };
  return { method, patients, events, model: updated, digest: await federation.publish(modelValue(updated)), recalibration };
}

async function refitted(federation: Federation, view: ViewSpec, model: ModelArtefact, counts: { patients: number; events: number }): Promise<ModelUpdate> {
  const own: ViewSpec = { ...view, features: [...modelFeatures(model)] };
  const { all } = await federatedMoments(federation, own);
  const [fit] = await federatedLogistic(federation, { view: own, scaling: { mean: all.mean, sd: standardDeviation(all, 0) } });
  return { method: 'refit', ...counts, model: fit!.model, digest: await federation.publish(modelValue(fit!.model)), recalibration: null };
}
