import { withinBatchSums } from '@consilium/harmonisation';
import type { SiteStep } from '../site-step.js';
import { batchesOf } from '../site-harmoniser.js';
import { indicatorCells, standardisedColumns } from '../standardised-columns.js';
import { combatSums, type CombatParameters, type CombatSums } from './exchange.js';

export const combatSumsAtSite: SiteStep<CombatParameters, CombatSums> = {
  step: combatSums,
  compute(view, { covariates, mean, sd, batch, leastPatients }) {
    const columns = standardisedColumns(view, mean, sd);
    const p = Math.max(0, columns.length - covariates);
    const { batches, count } = batchesOf(batch === null ? undefined : view.column(batch), view.n);
    const groups: number[][] = Array.from({ length: count }, () => []);
    batches.forEach((b, row) => groups[b]?.push(row));
    const used = groups.filter((rows) => rows.length >= leastPatients);
    const { n, ...sums } = withinBatchSums(columns.slice(0, p), columns.slice(p), used);
    const indicators = view.features.slice(p).flatMap((name) => indicatorCells(view, name));
    // What is left out is the difference to the sums of moments.
    return { contribution: { n: Float64Array.of(n), ...sums }, basis: { patients: view.n, cells: [view.n - n, ...indicators] } };
  },
};
