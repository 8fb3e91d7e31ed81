/** ln 2 in two parts: the first has trailing zeros, so that its multiples by whole numbers up to 2¹⁰ are exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** Terms of the series: beyond the fourteenth nothing is left of |r| ≤ ln 2 / 2 in double precision. */
const TERMS = 14;

/**
 * eˣ by additions, multiplications and divisions alone, which every engine rounds alike. A page in a browser and the command line write the same bytes of a report; the last bit of `Math.exp` is each
 * engine's own. Within two units in the last place; 0 below −745, infinite above 709.78, NaN of NaN.
 *
 * x = k ln 2 + r with |r| ≤ ln 2 / 2, eˣ = 2ᵏ Σ rⁿ / n!, the series summed from its end.
 */
export function exponential(x: number): number {
  if (x > 709.78) return Infinity;
  if (x < -745) return 0;
  const k = Math.round(x / (LN2_HIGH + LN2_LOW));
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = TERMS; n >= 1; n--) sum = 1 + (r * sum) / n;
  // In two steps, since 2ᵏ alone may lie beyond the range.
  const half = Math.trunc(k / 2);
  return sum * powerOfTwo(half) * powerOfTwo(k - half);
}

/** 1 / (1 + e⁻ᶻ) */
export const logistic = (z: number): number => 1 / (1 + exponential(-z));

function powerOfTwo(k: number): number {
  let power = 1;
  for (let i = 0; i < Math.abs(k); i++) power *= k < 0 ? 0.5 : 2;
  return power;
}
