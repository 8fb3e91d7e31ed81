import { federatedCutPoints } from '../cut-points/coordinator.js';
import { RoundRefused, type Federation } from '../federation.js';
import { federatedMoments } from '../moments/coordinator.js';
import { notEstimable, type Figure } from '../validation/figures.js';
import { refusedSum } from '../validation/pooled.js';
import type { ViewSpec } from '../view.js';

/** Between which values nearly all patients lie. */
export interface FeatureRange {
  readonly feature: string;
  readonly low: number;
  readonly high: number;
}

export interface FeatureRanges {
  /** The share of patients outside at each end: 1 %, or more where 1 % would be fewer than the minimum count. */
  readonly tail: number;
  readonly ranges: readonly FeatureRange[];
}

/**
 * The 1st and 99th percentile of every feature of the view over all sites, rounded to four digits: what a nomogram may draw and what a prediction may
 * call usual. Where a hundredth of the patients is fewer than k the tails are wider. The indicator of a level is 0 to 1. No minimum and
 * no maximum is asked for. Rounds: 2 for moments, up to 4 for the counts.
 */
export async function federatedRanges(federation: Federation, view: ViewSpec, minimumCell = 0): Promise<Figure<FeatureRanges>> {
  const numbers = view.features.filter((name) => !name.includes('='));
  try {
    const asked = { ...view, features: numbers };
    const moments = await federatedMoments(federation, asked);
    const bins = Math.min(100, Math.floor(moments.all.n / Math.max(minimumCell, 1)));
    if (bins < 2) return notEstimable('Too few patients have the features for a range.');
    const { cuts } = await federatedCutPoints(federation, { view: asked, bins, moments });
    const range = (feature: string): FeatureRange => {
      const j = numbers.indexOf(feature);
      if (j < 0) return { feature, low: 0, high: 1 };
      const own = cuts[j]!;
      const constant = moments.all.mean[j]!;
      return { feature, low: rounded(own[0] ?? constant), high: rounded(own.at(-1) ?? constant) };
    };
    return { tail: 1 / bins, ranges: view.features.map(range) };
  } catch (error) {
    if (error instanceof RoundRefused) return refusedSum(error);
    throw error;
  }
}

const rounded = (x: number): number => Number(x.toPrecision(4));
