import { rankCounts } from '@consilium/statistics';
import type { SiteStep } from '../site-step.js';
import { classBasis, rowsByFold, viewColumn } from '../standardised-columns.js';
import { stratifiedRanks, type StratifiedAucParameters, type StratifiedRanks } from './exchange.js';

export const stratifiedRanksAtSite: SiteStep<StratifiedAucParameters, StratifiedRanks> = {
  step: stratifiedRanks,
  compute(view, { folds }) {
    const all = folds === 1 ? [Int32Array.from({ length: view.n }, (_, i) => i)] : rowsByFold(view, folds);
    const strata = all.map((rows) => ({ events: rows.filter((i) => view.y[i] === 1), nonEvents: rows.filter((i) => view.y[i] === 0) }));
    const u = view.features.flatMap((_, j) => {
      const column = viewColumn(view, j);
      const values = (rows: Int32Array) => Float64Array.from(rows, (i) => column[i]!);
      return strata.map(({ events, nonEvents }) => rankCounts(values(events), values(nonEvents)).u);
    });
    const pairs = Float64Array.from(strata, ({ events, nonEvents }) => events.length * nonEvents.length);
    return { contribution: { u: Float64Array.from(u), pairs }, basis: classBasis(view) };
  },
};
