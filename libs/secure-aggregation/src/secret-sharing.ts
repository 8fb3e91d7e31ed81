import { randomBytes } from 'node:crypto';

/** 2^255 − 19. */
export const SHARING_PRIME = 2n ** 255n - 19n;
export const SECRET_BYTES = 32;

/** A value of the polynomial: `y` at `x`, which is the number of its holder, from 1. */
export interface Share {
  readonly x: number;
  readonly y: bigint;
}

/**
 * Shamir's secret sharing over the field of 2^255 − 19 elements: f(x) = secret + a1·x + … of degree threshold − 1, and share i is (i, f(i)). Any `threshold` shares
 * give the secret; fewer say nothing about it. Shamir, "How to share a secret", Communications of the ACM 22 (1979).
 *
 * `coefficients` stand for a1, a2, … where a test has them; they are drawn otherwise.
 */
export function shareSecret(secret: bigint, threshold: number, holders: number, coefficients?: readonly bigint[]): Share[] {
  if (secret < 0n || secret >= SHARING_PRIME) throw new RangeError('a secret is a number of the field');
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > holders) throw new RangeError('the threshold is from 1 to the number of holders');
  const polynomial = [secret, ...(coefficients ?? Array.from({ length: threshold - 1 }, randomElement))];
  if (polynomial.length !== threshold) throw new RangeError('a polynomial has as many coefficients as the threshold');
  return Array.from({ length: holders }, (_, i) => ({ x: i + 1, y: evaluate(polynomial, BigInt(i + 1)) }));
}

/** The secret of at least threshold shares, all different. Of fewer shares it is another number, which nobody can tell from the right one. */
export function recoverSecret(shares: readonly Share[]): bigint {
  const weights = lagrangeAtZero(shares.map(({ x }) => x));
  return shares.reduce((secret, { y }, i) => (secret + y * weights[i]!) % SHARING_PRIME, 0n);
}

/** The weights with which values at `xs` add up to the value at zero: Π_{m≠j} x_m / (x_m − x_j). */
export function lagrangeAtZero(xs: readonly number[]): bigint[] {
  if (new Set(xs).size !== xs.length) throw new RangeError('two shares of one holder');
  return xs.map((own) => {
    let above = 1n;
    let below = 1n;
    for (const other of xs) {
      if (other === own) continue;
      above = (above * BigInt(other)) % SHARING_PRIME;
      below = modulo(below * BigInt(other - own));
    }
    return (above * power(below, SHARING_PRIME - 2n)) % SHARING_PRIME;
  });
}

/** 32 random bytes whose number is of the field: what may be shared. */
export function newSecret(): Uint8Array {
  for (;;) {
    const bytes = randomBytes(SECRET_BYTES);
    if (numberOf(bytes) < SHARING_PRIME) return Uint8Array.from(bytes);
  }
}

/** The number of bytes, most significant first. */
export const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

/** 32 bytes of a number, most significant first. */
export const bytesOf = (element: bigint): Uint8Array => Uint8Array.from(Buffer.from(element.toString(16).padStart(2 * SECRET_BYTES, '0'), 'hex'));

const randomElement = (): bigint => numberOf(newSecret());

function evaluate(polynomial: readonly bigint[], x: bigint): bigint {
  return polynomial.reduceRight((value, coefficient) => (value * x + coefficient) % SHARING_PRIME, 0n);
}

const modulo = (value: bigint): bigint => ((value % SHARING_PRIME) + SHARING_PRIME) % SHARING_PRIME;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, bits = exponent; bits > 0n; bits >>= 1n, square = (square * square) % SHARING_PRIME) {
    if (bits & 1n) result = (result * square) % SHARING_PRIME;
  }
  return result;
}
