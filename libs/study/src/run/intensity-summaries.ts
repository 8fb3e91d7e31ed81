import { type Federation, federatedSiteSummary, type Intensity, intensityColumns, intensityFigures, type SiteSummaries } from '@consilium/federation';
import type { AnalysisPlan } from '../plan/plan-schema.js';
import { figureOf } from './figure-of.js';
import type { Figure } from './run-results.js';
import { rowsOf, sitesOf, viewOf } from './views.js';

export interface IntensitySummary {
  readonly sequence: string;
  readonly intensity: Intensity;
  readonly figures: readonly string[];
  /** Means and standard deviations over the training images of each site, and how much of each figure's variance the site explains. */
  readonly before: Figure<SiteSummaries>;
  readonly after: Figure<SiteSummaries>;
}

/** What bringing intensities to a scale did to the training images of each site, sequence by sequence; null where they stay as they are. One round. */
export async function intensitySummaries(federation: Federation, plan: AnalysisPlan): Promise<readonly IntensitySummary[] | null> {
  const scaled = (plan.extract?.sequences ?? []).flatMap(({ sequence, intensity }) => (intensity === undefined ? [] : [{ sequence, intensity }]));
  if (scaled.length === 0) return null;
  const rows = rowsOf(plan, 'training');
  const asked = scaled.flatMap(({ sequence }) =>
    (['before', 'after'] as const).map((when) => (branch: Federation) => {
      const view = viewOf(plan, { rows: rows.conditions, features: intensityColumns(sequence, when), folds: false });
      return figureOf(() => federatedSiteSummary(branch, view));
    }),
  );
  const found = await sitesOf(federation, rows).inParallel(asked);
  return scaled.map((one, s) => ({ ...one, figures: intensityFigures, before: found[2 * s]!, after: found[2 * s + 1]! }));
}
