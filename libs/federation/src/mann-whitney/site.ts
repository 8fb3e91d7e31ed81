import { countByCell } from '@consilium/learning';
import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { valuesOfClass } from '../moments/column-sums.js';
import type { SiteStep } from '../site-step.js';
import { classBasis, concatenate, viewColumn } from '../standardised-columns.js';
import { classCounts, type ClassCountParameters, type ClassCounts } from './exchange.js';

export const classCountsAtSite: SiteStep<ClassCountParameters, ClassCounts> = {
  step: classCounts,
  compute(view, { columns, cuts }) {
    if (cuts.length !== columns.length || columns.some((j) => j >= view.features.length)) {
      throw new ConsiliumError(methodErrors.requestShape, 'The cuts do not fit the features of the view. Nothing was computed.');
    }
    const ofClass = (outcome: 0 | 1) => concatenate(columns.map((j, c) => countByCell(Float64Array.from(valuesOfClass(viewColumn(view, j), view.y, outcome)), cuts[c]!)));
    return { contribution: { events: ofClass(1), nonEvents: ofClass(0) }, basis: classBasis(view) };
  },
};
