/**
 * The four pointwise image types of pyradiomics, for the voxels of a region. With m = max|x| of the whole image (not of the region):
 *   square       (c x)²                       c = 1 / √m
 *   squareRoot   sign(x) √(c |x|)             c = m
 *   logarithm    sign(x) c log(|x| + 1)       c = m / log(m + 1)
 *   exponential  exp(c x)                     c = log(m) / m
 * An image of zeros has no square, logarithm or exponential: their values are not numbers.
 */
export interface PointwiseInput {
  /** Values of the region. */
  readonly values: Float64Array;
  /** Largest absolute value of the image. */
  readonly largest: number;
}

/** max|x|; NaN when any value is not a number. */
export function largestMagnitude(image: ArrayLike<number>): number {
  let max = 0;
  for (let i = 0; i < image.length; i++) {
    const magnitude = Math.abs(image[i]);
    if (Number.isNaN(magnitude)) return NaN;
    if (magnitude > max) max = magnitude;
  }
  return max;
}

export function square({ values, largest }: PointwiseInput): Float64Array {
  const coefficient = 1 / Math.sqrt(largest);
  return values.map((x) => (coefficient * x) ** 2);
}

export function squareRoot({ values, largest }: PointwiseInput): Float64Array {
  return values.map((x) => (x > 0 ? Math.sqrt(x * largest) : x < 0 ? -Math.sqrt(-x * largest) : 0));
}

export function logarithm({ values, largest }: PointwiseInput): Float64Array {
  const factor = largest / Math.log(largest + 1);
  return values.map((x) => (x > 0 ? Math.log(x + 1) : x < 0 ? -Math.log(-(x - 1)) : 0) * factor);
}

export function exponential({ values, largest }: PointwiseInput): Float64Array {
  const coefficient = Math.log(largest) / largest;
  return values.map((x) => Math.exp(coefficient * x));
}
