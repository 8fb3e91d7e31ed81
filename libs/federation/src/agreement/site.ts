import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { splitSquare } from '../moments/group-moments.js';
import type { SiteStep } from '../site-step.js';
import type { SiteColumn, SiteView } from '../site-view.js';
import { pairCounts, ratingSquares, ratingTotals, type PairCounts, type PairParameters, type RatingParameters, type RatingSquareParameters, type RatingSquares, type RatingTotals } from './exchange.js';

export const ratingTotalsAtSite: SiteStep<RatingParameters, RatingTotals> = {
  step: ratingTotals,
  compute(view, { items }) {
    const ratings = items.map(({ columns }) => completeRatings(view, columns));
    return {
      contribution: {
        n: Float64Array.from(ratings, (rows) => rows.length),
        totals: Float64Array.from(ratings.flatMap((rows, at) => items[at]!.columns.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0)))),
        magnitudes: Float64Array.from(ratings, (rows) => rows.reduce((sum, row) => sum + row.reduce((own, x) => own + Math.abs(x), 0), 0)),
      },
      basis: basisOf(view, ratings),
    };
  },
};

export const ratingSquaresAtSite: SiteStep<RatingSquareParameters, RatingSquares> = {
  step: ratingSquares,
  compute(view, { items, means, units }) {
    if (means.length !== items.reduce((sum, { columns }) => sum + columns.length, 0) || units.length !== items.length || !units.every((unit) => unit > 0)) {
      throw new ConsiliumError(methodErrors.requestShape, 'The means do not fit the readings. Nothing was computed.');
    }
    const ratings = items.map(({ columns }) => completeRatings(view, columns));
    let at = 0;
    const squares = ratings.map((rows, item) => squaresOf(rows, means.subarray(at, (at += items[item]!.columns.length)), units[item]!));
    const [subjects, residuals] = [squares.map((one) => splitSquare(one.subjects)), squares.map((one) => splitSquare(one.residuals))];
    const [coarse, fine] = [(parts: typeof subjects) => Float64Array.from(parts, ({ square }) => square), (parts: typeof subjects) => Float64Array.from(parts, (part) => part.fine)];
    return {
      contribution: { subjects: coarse(subjects), residuals: coarse(residuals), fineSubjects: fine(subjects), fineResiduals: fine(residuals) },
      basis: basisOf(view, ratings),
    };
  },
};

export const pairCountsAtSite: SiteStep<PairParameters, PairCounts> = {
  step: pairCounts,
  compute(view, { pairs }) {
    const tables = pairs.map(({ first, second, levels }) => {
      const [rows, columns] = [levelsOf(view.column(first), levels), levelsOf(view.column(second), levels)];
      const counts = new Float64Array(levels.length ** 2);
      for (let i = 0; i < view.n; i++) if (rows[i]! >= 0 && columns[i]! >= 0) counts[rows[i]! * levels.length + columns[i]!]!++;
      return counts;
    });
    const cells = tables.flatMap((counts) => [...counts]);
    return { contribution: { counts: Float64Array.from(cells) }, basis: { patients: view.n, cells } };
  },
};

/** The patients of the view who have every reading, one row of readings each. */
function completeRatings(view: SiteView, columns: readonly string[]): number[][] {
  const readings = columns.map((name) => view.recorded(name));
  return Array.from({ length: view.n }, (_, i) => readings.map((values) => values[i]!)).filter((row) => !row.some(Number.isNaN));
}

function squaresOf(rows: readonly (readonly number[])[], means: Float64Array, unit: number): { subjects: number; residuals: number } {
  const grand = means.reduce((sum, mean) => sum + mean, 0) / means.length;
  let [subjects, residuals] = [0, 0];
  for (const row of rows) {
    const own = row.reduce((sum, x) => sum + x, 0) / row.length;
    subjects += ((own - grand) / unit) ** 2;
    row.forEach((x, k) => (residuals += ((x - own - means[k]! + grand) / unit) ** 2));
  }
  return { subjects, residuals };
}

/** Counts of complete patients leave: each nobody, or at least k. */
const basisOf = (view: SiteView, ratings: readonly (readonly unknown[])[]) => ({ patients: view.n, cells: ratings.map(({ length }) => length) });

/** The place of each row's level, -1 where it is missing or none of them. */
function levelsOf(column: SiteColumn, levels: readonly string[]): number[] {
  if (column.kind === 'category') return Array.from(column.codes, (code) => (code < 0 ? -1 : levels.indexOf(column.levels[code]!)));
  const wanted = levels.map(Number);
  return Array.from(column.values, (x) => wanted.indexOf(x));
}
