import { agreementMeanSquares, iccConsistency } from '@consilium/statistics';
import type { BatchRow } from './extract-batch.js';

/** ICC(3,1) of each feature over the regions, with its 95 % interval: each small change is a rater, the unchanged region is none. Empty where a feature does not vary. */
export function agreementCsv(rows: readonly BatchRow[]): string {
  const names = [...new Set(rows.flatMap(({ table }) => table.features.map(({ name }) => name)))];
  const ratings = rows.map(({ repeats }) => repeats.map((table) => new Map(table.features.map(({ name, value }) => [name, value]))));
  const lines = names.map((name) => {
    const complete = ratings.map((raters) => raters.map((values) => values.get(name) ?? null)).filter((row): row is number[] => row.every((value) => value !== null));
    return `${name},${figures(complete)}`;
  });
  return `feature,icc,lower,upper,regions\n${lines.join('\n')}\n`;
}

function figures(ratings: readonly number[][]): string {
  if (ratings.length < 2) return `,,,${ratings.length}`;
  const squares = agreementMeanSquares(ratings);
  if (squares.betweenSubjects === 0 && squares.residual === 0) return `,,,${ratings.length}`;
  const { icc, confidence } = iccConsistency(squares);
  return [icc, confidence.low, confidence.high].map((figure) => (Number.isFinite(figure) ? figure : '')).join(',') + `,${ratings.length}`;
}
