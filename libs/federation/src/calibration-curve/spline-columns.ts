import { restrictedCubicSpline } from '@consilium/evaluation';

/** The columns of a spline of logit p in units of their values at the last knot, 0 at the first: of order one, whatever the knots. */
export function splineColumns(logits: Float64Array, knots: Float64Array): Float64Array[] {
  const ends = restrictedCubicSpline([knots[0]!, knots.at(-1)!], knots);
  return restrictedCubicSpline(logits, knots).map((column, j) => column.map((value) => (value - ends[j]![0]!) / (ends[j]![1]! - ends[j]![0]!)));
}
