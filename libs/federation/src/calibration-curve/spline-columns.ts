import { restrictedCubicSpline } from '@consilium/evaluation';

const GRID = 101;

/**
 * The columns of a spline of logit p, made uncorrelated and of sd 1 over equal steps between the outer knots (Gram-Schmidt): the same curves, with
 * coefficients of order one. Only the knots decide the units, so all sites have the same.
 */
export function splineColumns(logits: Float64Array, knots: Float64Array): Float64Array[] {
  const [first, last] = [knots[0]!, knots.at(-1)!];
  const grid = Float64Array.from({ length: GRID }, (_, i) => first + ((last - first) * i) / (GRID - 1));
  const onGrid = restrictedCubicSpline(grid, knots);
  const columns = restrictedCubicSpline(logits, knots);
  onGrid.forEach((own, j) => {
    const mean = own.reduce((sum, value) => sum + value, 0) / GRID;
    shift(own, columns[j]!, () => mean);
    for (let k = 0; k < j; k++) {
      const product = own.reduce((sum, value, i) => sum + value * onGrid[k]![i]!, 0) / GRID;
      shift(own, columns[j]!, (i, target) => product * (target === own ? onGrid[k]! : columns[k]!)[i]!);
    }
    const sd = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0) / GRID);
    for (const target of [own, columns[j]!]) target.forEach((value, i) => (target[i] = value / sd));
  });
  return columns;
}

/** Takes the same from a column on the grid and from the column of patients. */
function shift(own: Float64Array, column: Float64Array, by: (i: number, target: Float64Array) => number): void {
  for (const target of [own, column]) for (let i = 0; i < target.length; i++) target[i]! -= by(i, target);
}
