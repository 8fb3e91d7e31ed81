import type { SiteStep } from '../site-step.js';
import { missingCounts, type MissingCountParameters, type MissingCounts } from './exchange.js';

export const missingCountsAtSite: SiteStep<MissingCountParameters, MissingCounts> = {
  step: missingCounts,
  compute(view, { columns }) {
    const recorded = columns.map((column) => view.recorded(column).reduce((count, x) => count + (Number.isNaN(x) ? 0 : 1), 0));
    return { contribution: { patients: Float64Array.of(view.n), recorded: Float64Array.from(recorded) }, basis: { patients: view.n } };
  },
};
