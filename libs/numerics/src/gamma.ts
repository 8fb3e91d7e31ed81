/**
 * Functions around Γ. Accuracy: 1e-14 relative for ln Γ (its zeros at 1 and 2 included), 1e-13 for the incomplete functions
 * including both tails, for parameters up to about 1e8.
 */

/** ζ(k) - 1 for k = 2, 3, …: the coefficients of ln Γ about 2 (Abramowitz, Stegun 1964, 6.1.33). */
const zetaMinusOne = [
  0.64493406684822643647, 0.2020569031595942854, 0.082323233711138191516, 0.036927755143369926331, 0.017343061984449139715,
  0.0083492773819228268398, 0.0040773561979443393787, 0.0020083928260822144179, 0.00099457512781808533715, 0.0004941886041194645587,
  0.00024608655330804829864, 0.00012271334757848914675, 6.1248135058704829259e-5, 3.0588236307020493552e-5, 1.5282259408651871733e-5,
  7.6371976378997622736e-6, 3.8172932649998398565e-6, 1.9082127165539389257e-6, 9.5396203387279611315e-7, 4.7693298678780646312e-7,
  2.3845050272773299e-7, 1.1921992596531107307e-7, 5.9608189051259479612e-8, 2.9803503514652280186e-8, 1.4901554828365041235e-8,
];

/** Bernoulli numbers over 2k(2k-1): Stirling's series (Abramowitz, Stegun 1964, 6.1.41). */
const stirlingCoefficients = [
  0.083333333333333333333, -0.0027777777777777777778, 7.9365079365079365079e-4, -5.9523809523809523810e-4, 8.4175084175084175084e-4,
  -0.0019175269175269175269, 0.0064102564102564102564,
];

const oneMinusEuler = 0.4227843350984671393934879;
const halfLogTwoPi = 0.9189385332046727417803297;
const mostTerms = 1_000_000;

/**
 * ln Γ(x) for x > 0. NaN gives NaN; ∞ gives ∞; x ≤ 0 throws a `RangeError` (R's `lgamma` continues to negative x; nothing here needs it).
 *
 * @example logGamma(10) // 12.801827480081469 = ln 9!
 */
export function logGamma(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (!(x > 0)) throw new RangeError('ln Γ is defined here for positive arguments.');
  if (x < 0.5) return logGamma(x + 1) - Math.log(x);
  if (x < 1.5) return aboutTwo(x - 1) - Math.log1p(x - 1);
  if (x <= 2.5) return aboutTwo(x - 2);
  if (x >= 16) return x === Infinity ? Infinity : (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingError(x);
  let product = 1;
  let reduced = x;
  while (reduced > 2.5) {
    reduced -= 1;
    product *= reduced;
  }
  return Math.log(product) + aboutTwo(reduced - 2);
}

/** ln Γ(2 + z) for |z| ≤ 0.5: z (1 - γ) + Σ_{k≥2} (-1)^k (ζ(k) - 1) z^k / k. */
function aboutTwo(z: number): number {
  let sum = 0;
  for (let k = zetaMinusOne.length + 1; k >= 2; k--) sum = sum * -z + zetaMinusOne[k - 2] / k;
  return z * (oneMinusEuler + z * sum);
}

/**
 * δ(a) = ln Γ(a) - [(a - ½) ln a - a + ½ ln 2π], the error of Stirling's formula, for a > 0. Powers of large parameters are computed
 * through it so that ln Γ of large numbers never cancel (Loader 2000, "Fast and accurate computation of binomial probabilities").
 */
export function stirlingError(a: number): number {
  let shift = 0;
  let x = a;
  for (; x < 16; x += 1) shift += (x + 0.5) * Math.log1p(1 / x) - 1;
  const inverseSquare = 1 / (x * x);
  let series = 0;
  for (let k = stirlingCoefficients.length - 1; k >= 0; k--) series = series * inverseSquare + stirlingCoefficients[k];
  return shift + series / x;
}

/**
 * The deviance term x ln(x / m) + m - x ≥ 0 for x > 0, m ≥ 0, without cancellation when x is near m (Loader 2000):
 * with v = (x - m)/(x + m) it is (x - m) v + 2x Σ_{j≥1} v^{2j+1}/(2j + 1).
 */
export function devianceTerm(x: number, m: number): number {
  const difference = x - m;
  if (Math.abs(difference) >= 0.1 * (x + m)) return m === 0 ? Infinity : x * Math.log(x / m) - difference;
  const v = difference / (x + m);
  let sum = difference * v;
  let power = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** x^a e^-x / Γ(a): the slope of P(a, x) in ln x. */
export function gammaSlope(a: number, x: number): number {
  return Math.sqrt(a / (2 * Math.PI)) * Math.exp(-stirlingError(a) - devianceTerm(a, x));
}

/**
 * P(a, x) = γ(a, x) / Γ(a), the regularised lower incomplete gamma function, for a > 0, x ≥ 0.
 *
 * @example gammaRegularisedP(1, 2) // 0.8646647167633873 = 1 - e^-2
 */
export function gammaRegularisedP(a: number, x: number): number {
  return incompleteGamma(a, x).lower;
}

/** Q(a, x) = 1 - P(a, x), accurate where it is small: not computed as a difference from 1 there. */
export function gammaRegularisedQ(a: number, x: number): number {
  return incompleteGamma(a, x).upper;
}

/** Both tails. Series for x < a + 1, otherwise the continued fraction of Q (Press et al. 2007, Numerical Recipes, section 6.2). */
export function incompleteGamma(a: number, x: number): { lower: number; upper: number } {
  if (Number.isNaN(a) || Number.isNaN(x)) return { lower: NaN, upper: NaN };
  if (!(a > 0) || a === Infinity || x < 0) throw new RangeError('The incomplete gamma function needs a > 0 and x ≥ 0.');
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  if (x >= a + 1) {
    const upper = gammaSlope(a, x) * upperFraction(a, x);
    return { lower: 1 - upper, upper };
  }
  const lower = (gammaSlope(a, x) / a) * lowerSeries(a, x);
  return { lower, upper: a < 0.5 ? smallShapeUpper(a, x) : 1 - lower };
}

/** Σ_{n≥0} x^n / ((a + 1) … (a + n)). */
function lowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < mostTerms; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * (Number.EPSILON / 4)) return sum;
  }
  throw new RangeError('The incomplete gamma series did not settle: the parameter is too large.');
}

/** Q for a < ½ and x < a + 1, where 1 - P would cancel: -expm1(a ln x - ln Γ(1 + a)) less the terms of the power series after the first. */
function smallShapeUpper(a: number, x: number): number {
  const logLead = a * Math.log(x) - (aboutTwo(a) - Math.log1p(a));
  let sum = 0;
  let power = 1;
  for (let n = 1; n < 100; n++) {
    power *= -x / n;
    const next = sum + power / (a + n);
    if (next === sum) break;
    sum = next;
  }
  return -Math.expm1(logLead) - Math.exp(logLead) * a * sum;
}

/** Γ(a, x) e^x x^-a by the modified Lentz method. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / Number.MIN_VALUE ** 0.5;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < mostTerms; i++) {
    const numerator = -i * (i - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const factor = c * d;
    h *= factor;
    if (Math.abs(factor - 1) < Number.EPSILON) return h;
  }
  throw new RangeError('The incomplete gamma fraction did not settle: the parameter is too large.');
}
