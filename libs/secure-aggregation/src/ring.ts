/**
 * Fixed-point numbers in the ring Z_2^(32·words): x stands as the integer round(x · 2^fractionBits), ties to even, modulo 2^(32·words).
 * Adding in the ring is exact, so a sum is the same to the bit in whatever order its terms come, with masks or without.
 *
 * An element is held in two forms. As *digits*: signed limbs of 32 bits in doubles, highest first, not carried, to which hundreds of thousands
 * of others may be added before a limb leaves 53 bits. As *words*: the same limbs carried, modulo 2^32 each, highest first: one spelling an element.
 */
export interface Ring {
  readonly words: number;
  readonly fractionBits: number;
}

/** The ring of all sums of this product: 128 bits, 64 of them below the point. */
export const sumRing: Ring = { words: 4, fractionBits: 64 };

const LIMB = 2 ** 32;
const INVERSE_LIMB = 2 ** -32;
/** Adding and subtracting it rounds a double below 2^51 to an integer, ties to even, in two additions. */
const ROUNDER = 1.5 * 2 ** 52;

/**
 * Adds the numbers of a block to digits, from number `at` on.
 *
 * The highest digit is x · 2^fractionBits divided by its weight, to the nearest integer; what is left over is exact, and makes the next digit; only
 * the lowest digit rounds anything away. Numbers must be finite and below half the ring: check them first.
 */
export function addNumbers(ring: Ring, digits: Float64Array, block: Float64Array, at = 0): void {
  const { words, fractionBits } = ring;
  const highest = 2 ** (fractionBits - 32 * (words - 1));
  for (let i = 0, place = at * words; i < block.length; i++) {
    let rest = block[i]! * highest;
    for (let word = 0; word < words; word++, place++) {
      const digit = rest + ROUNDER - ROUNDER;
      digits[place]! += digit;
      rest = (rest - digit) * LIMB;
    }
  }
}

/** The carried words of digits, modulo the ring. */
export function wordsOf(ring: Ring, digits: Float64Array): Uint32Array<ArrayBuffer> {
  const { words } = ring;
  const carried = new Uint32Array(digits.length);
  for (let end = words; end <= digits.length; end += words) {
    let carry = 0;
    for (let place = end - 1; place >= end - words; place--) {
      const digit = digits[place]! + carry;
      carry = Math.floor(digit * INVERSE_LIMB);
      carried[place] = digit - carry * LIMB;
    }
  }
  return carried;
}

/** Adds words to digits, or takes them away. */
export function addWords(digits: Float64Array, words: Uint32Array, sign: 1 | -1, at = 0): void {
  if (sign === 1) for (let i = 0; i < words.length; i++) digits[at + i]! += words[i]!;
  else for (let i = 0; i < words.length; i++) digits[at + i]! -= words[i]!;
}

/** The numbers of words: the integer, signed (half the ring and above are negative), over 2^fractionBits, rounded to a double once. */
export function numbersOf(ring: Ring, words: Uint32Array): Float64Array {
  const modulus = 1n << BigInt(32 * ring.words);
  const numbers = new Float64Array(words.length / ring.words);
  for (let i = 0, place = 0; i < numbers.length; i++) {
    let element = 0n;
    for (let word = 0; word < ring.words; word++) element = (element << 32n) | BigInt(words[place++]!);
    numbers[i] = Number(element >= modulus / 2n ? element - modulus : element) * 2 ** -ring.fractionBits;
  }
  return numbers;
}
