import { compensatedSum } from '@consilium/numerics';
import type { SiteStep } from '../site-step.js';
import { classBasis, indicatorCells, standardisedColumns } from '../standardised-columns.js';
import { groupMeans, type GroupMeanParameters, type GroupMeans } from './exchange.js';

export const groupMeansAtSite: SiteStep<GroupMeanParameters, GroupMeans> = {
  step: groupMeans,
  compute(view, { mean, sd }) {
    const columns = standardisedColumns(view, mean, sd);
    const { patients, events, nonEvents } = classBasis(view);
    const of = (outcome: 0 | 1) => {
      const rows = Array.from(view.y.keys()).filter((i) => view.y[i] === outcome);
      return { patients: rows.length, means: Float64Array.from(columns, (z) => (rows.length === 0 ? 0 : compensatedSum(Float64Array.from(rows, (i) => z[i]!)) / rows.length)) };
    };
    const basis = { patients, events, nonEvents, cells: [events, nonEvents, ...view.features.flatMap((name) => indicatorCells(view, name))] };
    return { contribution: { events: of(1), nonEvents: of(0) }, basis: { patients, events, nonEvents }, figures: { events: basis, nonEvents: basis } };
  },
};
