import { countByCell } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import type { SiteStep } from '../site-step.js';
import { classBasis, viewColumn } from '../standardised-columns.js';
import { cellCounts, type CountParameters } from './exchange.js';

export const cellCountsAtSite: SiteStep<CountParameters, { readonly counts: Float64Array }> = {
  step: cellCounts,
  compute(view, { columns, edges }) {
    if (edges.length !== columns.length || columns.some((j) => j >= view.features.length) || !edges.every(ascends)) {
      throw new ConsiliumError(methodErrors.requestShape, 'The edges do not fit the features of the view. Nothing was computed.');
    }
    const counts = new Float64Array(edges.reduce((sum, { length }) => sum + length + 1, 0));
    let at = 0;
    columns.forEach((j, c) => {
      counts.set(countByCell(viewColumn(view, j), edges[c]!), at);
      at += edges[c]!.length + 1;
    });
    return { contribution: { counts }, basis: classBasis(view) };
  },
};

function ascends(edges: Float64Array): boolean {
  for (let e = 1; e < edges.length; e++) if (!(edges[e]! > edges[e - 1]!)) return false;
  return true;
}
