import { agentErrors, ConsiliumError } from '@consilium/protocol';
import type { SiteView } from './site-view.js';

const restricted = new WeakMap<SiteView, Map<object, SiteView>>();

/** A view whose step can read no column of the table that the approved plan does not name: else E336. The same view again for the same rule. */
export function restrictedView(view: SiteView, mayRead: (column: string) => boolean): SiteView {
  let ofView = restricted.get(view);
  if (!ofView) restricted.set(view, (ofView = new Map<object, SiteView>()));
  let own = ofView.get(mayRead);
  if (own) return own;
  const inView = new Set(view.features);
  const check = (name: string): string => {
    if (!inView.has(name) && !mayRead(name)) throw new ConsiliumError(agentErrors.outsidePlan, 'A question reads a column that the approved plan does not name. Nothing was computed.');
    return name;
  };
  own = { ...view, recorded: (feature) => view.recorded(check(feature)), column: (name) => view.column(check(name)) };
  ofView.set(mayRead, own);
  return own;
}
