import { rankCounts } from '@consilium/statistics';
import { valuesOfClass } from '../moments/column-sums.js';
import type { SiteStep } from '../site-step.js';
import { rankSums, type RankSums } from './exchange.js';

export const rankSumsAtSite: SiteStep<null, RankSums> = {
  step: rankSums,
  compute({ n, features, X, y }) {
    const events = y.reduce((sum, outcome) => sum + outcome, 0);
    const u = new Float64Array(features.length);
    const ties = new Float64Array(features.length);
    for (let j = 0; j < features.length; j++) {
      const column = X.subarray(j * n, (j + 1) * n);
      const counts = rankCounts(valuesOfClass(column, y, 1), valuesOfClass(column, y, 0));
      u[j] = counts.u;
      ties[j] = counts.tieTerm;
    }
    const nonEvents = n - events;
    return { contribution: { events, nonEvents, u, ties }, basis: { patients: n, events, nonEvents } };
  },
};
