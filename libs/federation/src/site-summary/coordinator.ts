import { isSuppressed, suppressedSchema, type Suppressed } from '../disclosure.js';
import type { Federation } from '../federation.js';
import { suppressed } from '../validation/figures.js';
import type { ViewSpec } from '../view.js';
import { siteSummary, type SiteSummary } from './exchange.js';

/** Means and standard deviations of one site, a number a feature. */
export interface SiteMoments {
  readonly site: string;
  readonly patients: number;
  readonly mean: readonly number[];
  /** ddof 1; 0 for one patient. */
  readonly sd: readonly number[];
}

export interface SiteSummaries {
  readonly features: readonly string[];
  readonly sites: readonly (SiteMoments | ({ readonly site: string } & Suppressed))[];
  /**
   * R² of each feature on the site: the part of its variation that lies between the sites shown, Σ n_s (m_s - m)² / Σ (x - m)². Null for a
   * constant feature, and with fewer than two sites.
   */
  readonly varianceExplainedBySite: readonly (number | null)[];
}

/** Means and standard deviations of the view's features at every site, and how much of each the site explains. One round. */
export async function federatedSiteSummary(federation: Federation, view: ViewSpec): Promise<SiteSummaries> {
  const answers = await federation.gather(siteSummary, { view, parameters: null });
  const shown: Exclude<SiteSummary['moments'], Suppressed>[] = [];
  const sites = answers.map((answer) => {
    const { site } = answer;
    if (!('answer' in answer)) return { site, ...suppressed(answer.refusal.rule, answer.refusal.sentence) };
    const { moments } = answer.answer;
    if (isSuppressed(moments)) return { site, ...suppressedSchema.parse(moments) };
    shown.push(moments);
    const { patients, mean, m2 } = moments;
    return { site, patients, mean: [...mean], sd: Array.from(m2, (x) => (patients > 1 ? Math.sqrt(x / (patients - 1)) : 0)) };
  });
  return { features: view.features, sites, varianceExplainedBySite: view.features.map((_, j) => explained(shown.filter(({ patients }) => patients > 0), j)) };
}

function explained(sites: readonly Exclude<SiteSummary['moments'], Suppressed>[], j: number): number | null {
  if (sites.length < 2) return null;
  const n = sites.reduce((sum, { patients }) => sum + patients, 0);
  const mean = sites.reduce((sum, one) => sum + (one.patients * one.mean[j]!) / n, 0);
  const between = sites.reduce((sum, one) => sum + one.patients * (one.mean[j]! - mean) ** 2, 0);
  const within = sites.reduce((sum, { m2 }) => sum + m2[j]!, 0);
  return between + within > 0 ? between / (between + within) : null;
}
