/**
 * The columns of a restricted cubic spline of x: x itself and k - 2 further ones, with which a linear model is a cubic between the k knots, smooth at
 * them and straight beyond the first and last (Harrell 2015, section 2.4.5; his norm 2, as R's rms::rcs):
 *
 *   [ (x - t_j)₊³ - (x - t_{k-1})₊³ (t_k - t_j)/(t_k - t_{k-1}) + (x - t_k)₊³ (t_{k-1} - t_j)/(t_k - t_{k-1}) ] / (t_k - t_1)²,  j = 1 … k - 2
 *
 * @param knots three or more, ascending
 */
export function restrictedCubicSpline(x: ArrayLike<number>, knots: ArrayLike<number>): Float64Array[] {
  const k = knots.length;
  if (k < 3 || Array.from(knots).some((knot, j) => j > 0 && !(knot > knots[j - 1]))) throw new RangeError('A spline needs three ascending knots or more.');
  const [last, before] = [knots[k - 1], knots[k - 2]];
  const cube = (value: number) => (value > 0 ? value ** 3 : 0);
  const unit = (last - knots[0]) ** 2;
  const values = Float64Array.from(x);
  const curved = Array.from({ length: k - 2 }, (_, j) => {
    const [left, right] = [(last - knots[j]) / (last - before), (before - knots[j]) / (last - before)];
    return values.map((v) => (cube(v - knots[j]) - cube(v - before) * left + cube(v - last) * right) / unit);
  });
  return [values, ...curved];
}
