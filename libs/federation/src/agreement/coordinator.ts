import { cohenKappa, iccAbsoluteAgreement, iccConsistency, type IntraclassCorrelation, type Kappa, type KappaWeights } from '@consilium/statistics';
import type { Federation } from '../federation.js';
import { clean, joinedSquares, unitOf } from '../moments/group-moments.js';
import type { ViewSpec } from '../view.js';
import { pairCounts, ratingSquares, ratingTotals } from './exchange.js';

/** Readings of one feature by several readers, or of several segmentations: a column each. */
export interface RatedItem {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface AgreementOfItem {
  readonly name: string;
  /** Patients who have all readings. */
  readonly patients: number;
  /** ICC(2,1), absolute agreement, and ICC(3,1), consistency; null with fewer than two patients or without any spread. */
  readonly absolute: IntraclassCorrelation | null;
  readonly consistency: IntraclassCorrelation | null;
}

/**
 * Intraclass correlations from the sums of the two-way analysis of variance, in two rounds for any number of features: totals, then squares
 * about the means. Equal to the pooled figures. Each item rests on the patients who have all its readings.
 */
export async function federatedIntraclassCorrelations(federation: Federation, view: ViewSpec, rated: readonly RatedItem[], level = 0.95): Promise<AgreementOfItem[]> {
  if (rated.length === 0) return [];
  const items = rated.map(({ columns }) => ({ columns: [...columns] }));
  const asked = { ...view, features: [] };
  const { sums, sites } = await federation.sum(ratingTotals, { view: asked, parameters: { items } });
  const starts = items.map((_, at) => items.slice(0, at).reduce((sum, { columns }) => sum + columns.length, 0));
  const means = sums.totals.slice();
  items.forEach(({ columns }, at) => columns.forEach((_, k) => (means[starts[at]! + k]! /= Math.max(1, sums.n[at]!))));
  const units = Float64Array.from(items, ({ columns }, at) => unitOf(sums.magnitudes[at]!, Math.max(1, sums.n[at]!) * columns.length, sites.length));
  const squares = (await federation.sum(ratingSquares, { view: asked, parameters: { items, means, units } })).sums;
  const [subjects, residuals] = [joinedSquares(squares.subjects, squares.fineSubjects), joinedSquares(squares.residuals, squares.fineResiduals)];
  return rated.map(({ name, columns }, at) => {
    const [n, k] = [sums.n[at]!, columns.length];
    const own = means.subarray(starts[at], starts[at]! + k);
    const grand = own.reduce((sum, mean) => sum + mean, 0) / k;
    const square = units[at]! ** 2;
    const meanSquares = {
      subjects: n,
      raters: k,
      betweenSubjects: (k * clean(subjects[at]! * square, n, grand)) / (n - 1),
      betweenRaters: (n * own.reduce((sum, mean) => sum + (mean - grand) ** 2, 0)) / (k - 1),
      residual: clean(residuals[at]! * square, n * k, grand) / ((n - 1) * (k - 1)),
    };
    const estimable = n >= 2 && meanSquares.betweenSubjects > 0;
    return { name, patients: n, absolute: estimable ? iccAbsoluteAgreement(meanSquares, level) : null, consistency: estimable ? iccConsistency(meanSquares, level) : null };
  });
}

export interface RatedPair {
  readonly first: string;
  readonly second: string;
  /** Categories in order. */
  readonly levels: readonly string[];
}

export interface KappaOfPair extends Kappa {
  readonly table: readonly (readonly number[])[];
}

/** Cohen's kappa of pairs of readings from their summed tables, in one round. Equal to the pooled figure. */
export async function federatedKappas(federation: Federation, view: ViewSpec, pairs: readonly RatedPair[], weights: KappaWeights): Promise<KappaOfPair[]> {
  if (pairs.length === 0) return [];
  const parameters = { pairs: pairs.map(({ first, second, levels }) => ({ first, second, levels: [...levels] })) };
  const { sums } = await federation.sum(pairCounts, { view: { ...view, features: [] }, parameters });
  let at = 0;
  return pairs.map(({ levels }) => {
    const table = levels.map(() => Array.from(sums.counts.subarray(at, (at += levels.length))));
    return { ...cohenKappa(table, weights), table };
  });
}
