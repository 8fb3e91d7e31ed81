import type { ConfusionCounts } from '@consilium/evaluation';
import { RoundRefused, type Federation } from '../federation.js';
import type { ViewSpec } from '../view.js';
import { pooledSums } from './exchange.js';
import { isValue, mapFigure, suppressed, type Figure } from './figures.js';
import { confusionFigure } from './model-figures.js';
import type { ValidationShape } from './per-site.js';
import { refusedSum, smallDifference } from './pooled.js';
import type { ConfusionFigure, SiteValidation } from './results.js';

const zero: ConfusionCounts = { tp: 0, fp: 0, fn: 0, tn: 0 };
const add = (a: ConfusionCounts, b: ConfusionCounts): ConfusionCounts => ({ tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn, tn: a.tn + b.tn });

interface Case {
  readonly model: string;
  readonly m: number;
  readonly t: number;
  readonly threshold: number;
}

/**
 * The 2 × 2 tables of all sites together. Where every site shows its own they are added. Where one site's is suppressed the pooled one is suppressed
 * too: less the others' it would give it back. Where several are, the sum is asked for, and shown if neither it nor what it has beyond
 * the sites shown holds a small count. Of two tables of a model between whose thresholds lie a few patients of all sites the later one is suppressed: their difference would
 * be these few.
 */
export async function pooledConfusions(
  federation: Federation,
  view: ViewSpec,
  shape: ValidationShape,
  sites: readonly SiteValidation[],
): Promise<{ threshold: number; figures: Figure<ConfusionFigure> }[][]> {
  const cases = shape.models.flatMap((model, m) => (shape.thresholds[m] ?? []).map((threshold, t): Case => ({ model, m, t, threshold })));
  const known = cases.map((one) => fromSites(one, sites));
  const asked = cases.filter((_, c) => known[c] === undefined);
  const sums = asked.length === 0 ? [] : await askSums(federation, view, asked);
  const single = cases.map((one, c) => known[c] ?? checked(sums[asked.indexOf(one)]!, shownBy(one, sites), shape.minimumCell));
  const figures = keptApart(cases, single, shape.minimumCell);
  return shape.models.map((_, m) => cases.flatMap((one, c) => (one.m === m ? [{ threshold: one.threshold, figures: confusionFigure(figures[c]!) }] : [])));
}

const tablesOf = ({ m, t }: Case, sites: readonly SiteValidation[]) => sites.map((site) => site.models[m]!.confusion[t]!.figures);

const shownBy = (one: Case, sites: readonly SiteValidation[]): ConfusionCounts =>
  tablesOf(one, sites).reduce((sum, table) => (isValue(table) ? add(sum, table.counts) : sum), zero);

/** The table the sites' own give, the reason why there is none, or undefined where the sum must be asked. */
function fromSites(one: Case, sites: readonly SiteValidation[]): Figure<ConfusionCounts> | undefined {
  const hidden = tablesOf(one, sites).filter((table) => !isValue(table)).length;
  if (hidden === 0) return shownBy(one, sites);
  return hidden === 1 ? suppressed('complement', 'With the other sites it would give back the table of the one site that is suppressed') : undefined;
}

async function askSums(federation: Federation, view: ViewSpec, cases: readonly Case[]): Promise<Figure<ConfusionCounts>[]> {
  try {
    const confusion = cases.map(({ model, threshold }) => ({ model, threshold }));
    const { sums } = await federation.sum(pooledSums, { view, parameters: { models: [], confusion } });
    const cell = (c: number, at: number) => sums.confusion[4 * c + at]!;
    return cases.map((_, c) => ({ tp: cell(c, 0), fp: cell(c, 1), fn: cell(c, 2), tn: cell(c, 3) }));
  } catch (error) {
    if (!(error instanceof RoundRefused)) throw error;
    return cases.map(() => refusedSum(error));
  }
}

const checked = (total: Figure<ConfusionCounts>, shown: ConfusionCounts, k: number): Figure<ConfusionCounts> =>
  mapFigure(total, (counts) => (smallDifference(counts, shown, k) ? suppressed('minimum-cell', `A count between 1 and ${k - 1}`) : counts));

/** Below a threshold are fn + tn patients; of two tables these are equal or differ by at least k. */
function keptApart(cases: readonly Case[], figures: readonly Figure<ConfusionCounts>[], k: number): Figure<ConfusionCounts>[] {
  const shown = new Map<number, number[]>();
  return cases.map(({ m }, c) => {
    const figure = figures[c]!;
    if (!isValue(figure)) return figure;
    const below = figure.fn + figure.tn;
    const others = shown.get(m) ?? [];
    if (others.some((other) => other !== below && Math.abs(other - below) < k)) {
      return suppressed('cut-difference', `Fewer than ${k} patients of all sites lie between this threshold and an earlier one of the model; one with ${k} patients between would be shown`);
    }
    shown.set(m, [...others, below]);
    return figure;
  });
}
