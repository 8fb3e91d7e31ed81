import { randomEffects } from '@consilium/statistics';
import type { SiteValidation } from '@consilium/federation';
import type { MetaOptions } from '../plan/plan-schema.js';
import { isSuppressed } from './run-results.js';

const methods = { REML: 'reml', DL: 'dersimonian-laird', PM: 'paule-mandel', fixed: 'fixed' } as const;

/** A pooled AUC as the plan wants it, on the scale of the AUC. */
export interface Headline {
  readonly model: string;
  readonly sites: number;
  readonly auc: number;
  readonly confidence: readonly [number, number];
  /** Where the AUC of a new site lies; null for two sites and for a fixed effect. */
  readonly prediction: readonly [number, number] | null;
  readonly tau2: number;
  readonly i2: number;
  readonly excluded: readonly { readonly site: string; readonly reason: string }[];
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** What the pooled AUC would be without each site, and how far the site lies from what the others foretell. */
export interface SiteInfluenceOnAuc {
  readonly site: string;
  /** The pooled AUC of the others. */
  readonly without: number;
  /** The pooled AUC of all less that of the others. */
  readonly change: number;
  /** The deleted residual on the logit scale over its standard deviation: beyond ±3 a site is not like the others (Viechtbauer and Cheung 2010). */
  readonly residual: number;
}

/** Leave-one-site-out influence on each headline: of three sites or more that have an AUC; null otherwise. No site is asked again. */
export function influences(sites: readonly SiteValidation[], models: readonly string[], options: MetaOptions): { readonly model: string; readonly sites: readonly SiteInfluenceOnAuc[] | null }[] {
  return models.map((model, m) => {
    const usable = sites.flatMap(({ site, models: own }) => {
      const estimate = logitOf(own[m]!.auc);
      return typeof estimate === 'string' ? [] : [{ site, ...estimate }];
    });
    const all = usable.length < 3 ? null : pooledOf(usable, options);
    if (all === null) return { model, sites: null };
    return {
      model,
      sites: usable.map((one) => {
        const { estimate, standardError, tau2 } = pooledOf(usable.filter(({ site }) => site !== one.site), { ...options, interval: 'wald' })!;
        const without = sigmoid(estimate);
        return { site: one.site, without, change: sigmoid(all.estimate) - without, residual: (one.logit - estimate) / Math.sqrt(one.variance + tau2 + standardError ** 2) };
      }),
    };
  });
}

const pooledOf = (usable: readonly { readonly logit: number; readonly variance: number }[], options: MetaOptions) =>
  randomEffects({
    estimates: usable.map(({ logit }) => logit),
    variances: usable.map(({ variance }) => variance),
    method: methods[options.method],
    interval: options.interval,
    prediction: options.prediction === 'k-1' ? 'metafor' : 't-k-2',
    level: options.level,
  });

/** Random effects over the sites' logit AUC with the plan's estimator and intervals, one model after another; null where fewer than two sites have it. */
export function headlines(sites: readonly SiteValidation[], models: readonly string[], options: MetaOptions): (Headline | { readonly model: string; readonly notEstimable: string })[] {
  return models.map((model, m) => {
    const excluded: { site: string; reason: string }[] = [];
    const usable = sites.flatMap((site) => {
      const estimate = logitOf(site.models[m]!.auc);
      if (typeof estimate !== 'string') return [estimate];
      excluded.push({ site: site.site, reason: estimate });
      return [];
    });
    const pooled = pooledOf(usable, options);
    if (pooled === null) return { model, notEstimable: 'Fewer than two sites have an AUC with a variance. Nothing is pooled.' };
    const back = ({ low, high }: { low: number; high: number }): [number, number] => [sigmoid(low), sigmoid(high)];
    const { estimate, confidence, prediction, tau2, i2 } = pooled;
    return { model, sites: usable.length, auc: sigmoid(estimate), confidence: back(confidence), prediction: prediction === null ? null : back(prediction), tau2, i2, excluded };
  });
}

/** logit AUC and its variance, or why the site is left out. */
function logitOf(figure: SiteValidation['models'][number]['auc']): { readonly logit: number; readonly variance: number } | string {
  if ('notEstimable' in figure) return figure.notEstimable;
  if (isSuppressed(figure)) return figure.suppressed.reason;
  const { auc, standardError } = figure;
  if (typeof standardError !== 'number') return 'notEstimable' in standardError ? standardError.notEstimable : standardError.suppressed.reason;
  if (auc <= 0 || auc >= 1 || standardError === 0) return 'An AUC of 0 or 1, or without variance, has no place on the logit scale.';
  return { logit: Math.log(auc / (1 - auc)), variance: (standardError / (auc * (1 - auc))) ** 2 };
}
