/** A whole number from 0 to below `bound`, uniformly. For noise that protects, from a cryptographic source. */
export type UniformBelow = (bound: bigint) => bigint;

/** A positive rational number. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * A draw of the discrete Gaussian: a whole number x with probability proportional to exp(-x²/(2σ²)), exactly. Nothing here is rounded, so that no low bit of a double tells what was added
 * (Mironov 2012 shows how the bits of a rounded Gaussian do). In a fixed-point ring it is the noise of a sum: its variance is at most σ², and its privacy that of a Gaussian.
 *
 * Source: Canonne, Kamath, Steinke 2020, "The discrete Gaussian for differential privacy", algorithms 1 to 3.
 */
export function discreteGaussian(variance: Rational, below: UniformBelow): bigint {
  const { numerator, denominator } = variance;
  if (numerator <= 0n || denominator <= 0n) throw new RangeError('A variance is positive.');
  // t = floor(σ) + 1.
  const t = squareRoot(numerator / denominator) + 1n;
  for (;;) {
    const y = discreteLaplace(t, below);
    const magnitude = y < 0n ? -y : y;
    // exp(-(|y| - σ²/t)² / (2σ²)), over the common denominator.
    const distance = magnitude * t * denominator - numerator;
    if (bernoulliExp({ numerator: distance * distance, denominator: 2n * numerator * denominator * t * t }, below)) return y;
  }
}

/** A whole number x with probability proportional to exp(-|x| / scale), exactly. */
export function discreteLaplace(scale: bigint, below: UniformBelow): bigint {
  for (;;) {
    const rest = below(scale);
    if (!bernoulliExp({ numerator: rest, denominator: scale }, below)) continue;
    let whole = 0n;
    while (bernoulliExp({ numerator: 1n, denominator: 1n }, below)) whole++;
    const magnitude = rest + scale * whole;
    const negative = below(2n) === 1n;
    // Zero would come twice.
    if (!(negative && magnitude === 0n)) return negative ? -magnitude : magnitude;
  }
}

/** True with probability exp(-x), exactly, for a rational x ≥ 0: von Neumann's alternating series for the part below one, as many e^-1 as there are ones. */
function bernoulliExp({ numerator, denominator }: Rational, below: UniformBelow): boolean {
  for (let ones = numerator / denominator; ones > 0n; ones--) if (!bernoulliExpBelowOne({ numerator: 1n, denominator: 1n }, below)) return false;
  return bernoulliExpBelowOne({ numerator: numerator % denominator, denominator }, below);
}

function bernoulliExpBelowOne({ numerator, denominator }: Rational, below: UniformBelow): boolean {
  let k = 1n;
  while (below(denominator * k) < numerator) k++;
  return k % 2n === 1n;
}

/** floor(√n). */
function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (let next = (root + n / root) >> 1n; next < root; next = (root + n / root) >> 1n) root = next;
  return root;
}
