import type { Basis } from '../disclosure.js';
import type { SiteStep } from '../site-step.js';
import type { SiteColumn } from '../site-view.js';
import { siteCounts, type SiteCountParameters, type SiteCounts } from './exchange.js';

export const siteCountsAtSite: SiteStep<SiteCountParameters, SiteCounts> = {
  step: siteCounts,
  compute(view, { columns }) {
    const events = view.y.reduce((sum, outcome) => sum + outcome, 0);
    const nonEvents = view.n - events;
    const missing = columns.map((name) => missingCells(view.column(name)));
    const basis: Basis = { patients: view.n };
    const classes: Basis = { patients: view.n, cells: [events, nonEvents] };
    const figures: Record<string, Basis> = { patients: basis, events: classes, nonEvents: classes };
    missing.forEach((count, j) => (figures[`missing/${j}`] = { patients: view.n, cells: [count, view.n - count] }));
    return { contribution: { patients: view.n, events, nonEvents, missing }, basis, figures };
  },
};

function missingCells(cells: SiteColumn): number {
  if (cells.kind === 'number') return cells.values.reduce((count, x) => count + (Number.isNaN(x) ? 1 : 0), 0);
  return cells.codes.reduce((count, code) => count + (code < 0 ? 1 : 0), 0);
}
