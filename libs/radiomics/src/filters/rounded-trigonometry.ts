/**
 * Sine, cosine, arc cosine and arc tangent rounded correctly to doubles, by series in fixed point of 120 bits. JavaScript engines and C libraries differ in the last bit of these; where sums of
 * them decide which of two equal patterns is the larger, that bit counts. Some tens of microseconds a value: for tables, not for voxels.
 */
const BITS = 120n;
const ONE = 1n << BITS;

/** A double as fixed point, exactly (below 2⁻⁶⁷ rounded). */
function fixed(x: number): bigint {
  if (x === 0) return 0n;
  const exponent = Math.max(-1022, Math.floor(Math.log2(Math.abs(x))));
  const mantissa = BigInt(x * 2 ** (52 - exponent));
  const shift = BITS - 52n + BigInt(exponent);
  return shift >= 0n ? mantissa << shift : mantissa >> -shift;
}

/** The nearest double. */
const rounded = (x: bigint): number => Number(x) / 2 ** 120;

const multiply = (a: bigint, b: bigint): bigint => (a * b) >> BITS;

/** cos and sin of a fixed-point angle of a few turns at most. */
function cosineAndSine(angle: bigint): { cos: bigint; sin: bigint } {
  const square = multiply(angle, angle);
  let [cos, sin, term] = [0n, 0n, ONE];
  for (let k = 1n; term !== 0n && term !== -1n; k += 2n) {
    cos += term;
    const odd = multiply(term, angle) / k;
    sin += odd;
    term = -multiply(term, square) / (k * (k + 1n));
  }
  return { cos, sin };
}

export const cosine = (angle: number): number => rounded(cosineAndSine(fixed(angle)).cos);

export const sine = (angle: number): number => (angle === 0 ? angle : rounded(cosineAndSine(fixed(angle)).sin));

/** x in [−1, 1]. */
export function arcCosine(x: number): number {
  if (Math.abs(x) === 1) return Math.acos(x);
  const abscissa = fixed(x);
  return rounded(refined(fixed(Math.acos(x)), abscissa, root(ONE - multiply(abscissa, abscissa))));
}

/** Square root in fixed point, by Newton's steps from a double's. */
function root(x: bigint): bigint {
  let y = fixed(Math.sqrt(rounded(x)));
  for (let step = 0; step < 2; step++) y = (y + (x << BITS) / y) >> 1n;
  return y;
}

export function arcTangent(y: number, x: number): number {
  if (x === 0 || y === 0) return Math.atan2(y, x);
  return rounded(refined(fixed(Math.atan2(y, x)), fixed(x), fixed(y)));
}

/** The angle of the point (x, y), from one that is right to about 2⁻⁵⁰: Newton's steps on the cross product. */
function refined(start: bigint, x: bigint, y: bigint): bigint {
  let angle = start;
  for (let step = 0; step < 2; step++) {
    const { cos, sin } = cosineAndSine(angle);
    const cross = multiply(cos, y) - multiply(sin, x);
    const dot = multiply(cos, x) + multiply(sin, y);
    angle += (cross << BITS) / dot;
  }
  return angle;
}
