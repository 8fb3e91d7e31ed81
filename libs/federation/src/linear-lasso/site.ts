import { linearSums } from '@consilium/learning';
import type { SiteStep } from '../site-step.js';
import { classBasis, concatenate, rowsByFold, standardisedColumns } from '../standardised-columns.js';
import { foldCounts, foldSums, maximumFolds, type FoldCounts, type FoldSums, type FoldSumsParameters } from './exchange.js';

export const foldSumsAtSite: SiteStep<FoldSumsParameters, FoldSums> = {
  step: foldSums,
  compute(view, { mean, sd, folds }) {
    const columns = standardisedColumns(view, mean, sd);
    const sums = rowsByFold(view, folds).map((rows) => linearSums(columns, view.y, rows));
    const blocks = (of: (fold: (typeof sums)[number]) => Float64Array) => concatenate(sums.map(of));
    return {
      contribution: {
        n: Float64Array.from(sums, ({ n }) => n),
        sumY: Float64Array.from(sums, ({ sumY }) => sumY),
        sumYY: Float64Array.from(sums, ({ sumYY }) => sumYY),
        sumZ: blocks(({ sumZ }) => sumZ),
        sumZY: blocks(({ sumZY }) => sumZY),
        gram: blocks(({ gram }) => gram),
      },
      basis: classBasis(view),
    };
  },
};

export const foldCountsAtSite: SiteStep<Record<string, never>, FoldCounts> = {
  step: foldCounts,
  compute(view) {
    const n = new Float64Array(maximumFolds);
    const events = new Float64Array(maximumFolds);
    rowsByFold(view, maximumFolds).forEach((rows, fold) => {
      n[fold] = rows.length;
      events[fold] = rows.reduce((sum, i) => sum + view.y[i]!, 0);
    });
    return { contribution: { n, events }, basis: classBasis(view) };
  },
};
