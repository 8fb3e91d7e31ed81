import { logitAuc, netBenefitOf, type CalibrationFigures, type Interval } from '@consilium/evaluation';
import { sigmoid } from '@consilium/numerics';
import { randomEffects } from '@consilium/statistics';
import { isSuppressed } from '../disclosure.js';
import { isValue, mapFigure, notEstimable, type Figure } from './figures.js';
import { pairs } from './per-site.js';
import type { ModelMetaAnalysis, Pooling, SiteValidation, ValidationResult } from './results.js';

/** A site's estimate and its variance on the scale on which sites are pooled, or why it has none. */
type SiteEstimate = { readonly estimate: number; readonly variance: number } | string;

/** Random effects over the sites for every model and every pair of models. */
export function metaAnalyses(sites: readonly SiteValidation[], models: readonly string[]): Pick<ValidationResult, 'metaAnalysis' | 'comparisons'> {
  const pool = (of: (site: SiteValidation) => SiteEstimate) => poolSites(sites.map((site) => ({ site: site.site, of: of(site) })));
  const perModel = models.map((model, m): ModelMetaAnalysis => {
    const logit = pool((site) => siteLogitAuc(site, m));
    return {
      model,
      logitAuc: logit,
      auc: mapFigure(logit, ({ hartungKnapp: { estimate, confidence, prediction } }) => ({
        estimate: sigmoid(estimate),
        confidence: backTransformed(confidence),
        prediction: prediction && backTransformed(prediction),
      })),
      logObservedOverExpected: pool((site) => squared(mapFigure(site.models[m]!.calibration, logOfRatio))),
      calibrationSlope: pool((site) => squared(mapFigure(site.models[m]!.recalibration, ({ slope }) => slope))),
      calibrationInTheLarge: pool((site) => squared(mapFigure(site.models[m]!.recalibration, ({ inTheLarge }) => inTheLarge))),
      netBenefit: thresholdsOf(sites, m).map((threshold) => ({ threshold, pooled: pool((site) => siteNetBenefit(site.models[m]!, threshold)) })),
    };
  });
  const comparisons = pairs(models).map(([a, b], at) => ({
    models: [models[a]!, models[b]!] as const,
    difference: pool((site) => squared(mapFigure(site.comparisons[at]!.difference, (one) => ({ ...one, estimate: one.difference })))),
  }));
  return { metaAnalysis: perModel, comparisons };
}

const thresholdsOf = (sites: readonly SiteValidation[], m: number): number[] => [...new Set(sites.flatMap(({ models }) => models[m]!.confusion.map(({ threshold }) => threshold)))];

/** From the site's own counts at the threshold: pooled over sites as Wynants et al. 2018 do (Stat Med 37:2034). */
function siteNetBenefit({ confusion }: SiteValidation['models'][number], threshold: number): SiteEstimate {
  const found = confusion.find((one) => one.threshold === threshold);
  return found === undefined ? 'The site has no counts at this threshold' : squared(mapFigure(found.figures, ({ counts }) => netBenefitOf(counts, threshold) ?? notEstimable('Net benefit has no value without patients')));
}

const logOfRatio = (figures: CalibrationFigures) => figures.logObservedOverExpected ?? notEstimable('log O:E has no variance');

const backTransformed = ({ low, high }: Interval): Interval => ({ low: sigmoid(low), high: sigmoid(high) });

function siteLogitAuc(site: SiteValidation, m: number): SiteEstimate {
  const { auc } = site.models[m]!;
  if (!isValue(auc)) return reasonOf(auc);
  if (!isValue(auc.standardError)) return reasonOf(auc.standardError);
  return logitAuc(auc.auc, auc.standardError ** 2) ?? 'AUC of 0 or 1, or without variance';
}

const squared = (figure: Figure<{ readonly estimate: number; readonly standardError: number }>): SiteEstimate =>
  isValue(figure) ? { estimate: figure.estimate, variance: figure.standardError ** 2 } : reasonOf(figure);

const reasonOf = (figure: Figure<unknown>): string => (isSuppressed(figure) ? figure.suppressed.reason : (figure as { notEstimable: string }).notEstimable);

function poolSites(estimates: readonly { readonly site: string; readonly of: SiteEstimate }[]): Figure<Pooling> {
  const usable = estimates.filter((one): one is { site: string; of: Exclude<SiteEstimate, string> } => typeof one.of !== 'string' && one.of.variance > 0);
  const input = { estimates: usable.map(({ of }) => of.estimate), variances: usable.map(({ of }) => of.variance), method: 'reml' as const };
  const hartungKnapp = randomEffects({ ...input, interval: 'hartung-knapp' });
  const modified = randomEffects({ ...input, interval: 'modified-hartung-knapp' });
  if (hartungKnapp === null || modified === null) return notEstimable('Fewer than two sites have the figure. Nothing is pooled.');
  if (hartungKnapp.standardError === 0) return notEstimable('All sites have the same value. Its standard error has no estimate.');
  return {
    hartungKnapp,
    modifiedHartungKnapp: modified,
    included: usable.map(({ site }) => site),
    excluded: estimates
      .filter((one) => !usable.some(({ site }) => site === one.site))
      .map(({ site, of }) => ({ site, reason: typeof of === 'string' ? of : 'Variance of 0' })),
  };
}
