/**
 * The four pointwise image types of pyradiomics. With m = max|x| of the image (not of the region):
 *   square       (c x)²                       c = 1 / √m
 *   squareRoot   sign(x) √(c |x|)             c = m
 *   logarithm    sign(x) log(|x| + 1), rescaled to maximum m
 *   exponential  exp(c x)                     c = log(m) / m
 * An image of zeros gives zeros (exponential: ones).
 */
const largest = (image: ArrayLike<number>): number => {
  let max = 0;
  for (let i = 0; i < image.length; i++) max = Math.max(max, Math.abs(image[i]!));
  return max;
};

function mapped(image: ArrayLike<number>, f: (x: number) => number): Float64Array {
  const result = new Float64Array(image.length);
  for (let i = 0; i < result.length; i++) result[i] = f(image[i]!);
  return result;
}

export function square(image: ArrayLike<number>): Float64Array {
  const max = largest(image);
  const coefficient = max > 0 ? 1 / Math.sqrt(max) : 0;
  return mapped(image, (x) => (coefficient * x) ** 2);
}

export function squareRoot(image: ArrayLike<number>): Float64Array {
  const coefficient = largest(image);
  return mapped(image, (x) => (x > 0 ? Math.sqrt(x * coefficient) : x < 0 ? -Math.sqrt(-x * coefficient) : 0));
}

export function logarithm(image: ArrayLike<number>): Float64Array {
  const max = largest(image);
  const result = mapped(image, (x) => (x > 0 ? Math.log(x + 1) : x < 0 ? -Math.log(-(x - 1)) : 0));
  const top = largest(result);
  for (let i = 0; i < result.length; i++) result[i] = top > 0 ? result[i]! * (max / top) : 0;
  return result;
}

export function exponential(image: ArrayLike<number>): Float64Array {
  const max = largest(image);
  const coefficient = max > 0 ? Math.log(max) / max : 0;
  return mapped(image, (x) => Math.exp(coefficient * x));
}
