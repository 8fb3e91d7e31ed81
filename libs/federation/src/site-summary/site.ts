import { compensatedSum } from '@consilium/numerics';
import type { SiteStep } from '../site-step.js';
import { indicatorCells, viewColumn } from '../standardised-columns.js';
import { siteSummary, type SiteSummary } from './exchange.js';

export const siteSummaryAtSite: SiteStep<null, SiteSummary> = {
  step: siteSummary,
  compute(view) {
    const mean = new Float64Array(view.features.length);
    const m2 = new Float64Array(view.features.length);
    view.features.forEach((_, j) => {
      const values = viewColumn(view, j);
      mean[j] = view.n === 0 ? 0 : compensatedSum(values) / view.n;
      m2[j] = compensatedSum(values.map((x) => (x - mean[j]!) ** 2));
    });
    // The mean of an indicator is its count.
    const cells = view.features.flatMap((name) => indicatorCells(view, name));
    return { contribution: { moments: { patients: view.n, mean, m2 } }, basis: { patients: view.n }, figures: { moments: { patients: view.n, cells } } };
  },
};
