import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { SiteView } from '../site-view.js';
import { viewColumn } from '../standardised-columns.js';

/** The probabilities of a model: one of the view's features. Refuses a name that is not there and numbers outside 0 … 1. */
export function scoresOf(view: SiteView, model: string): Float64Array {
  const at = view.features.indexOf(model);
  if (at < 0) throw new ConsiliumError(methodErrors.unknownModel, `The view has no column ${model}. Nothing was computed.`);
  const scores = viewColumn(view, at);
  if (!scores.every((p) => p >= 0 && p <= 1)) {
    throw new ConsiliumError(methodErrors.notAProbability, `Column ${model} holds something else than probabilities. Nothing was computed.`);
  }
  return scores;
}
