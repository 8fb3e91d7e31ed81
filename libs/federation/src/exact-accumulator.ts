import { ConsiliumError, decodeValue, encodeValue, methodErrors, type MemoryFor, type Refusal } from '@consilium/protocol';
import { addStream, addWords, type MaskStream } from '@consilium/secure-aggregation';
import type { Sums } from './step.js';

/** Limbs of a number, highest first; those of one number stand together. */
const LIMBS = 4;
const LIMB = 2 ** 32;
const INVERSE_LIMB = 2 ** -32;
/** Adding and subtracting it rounds a double below 2^51 to an integer, ties to even, in two additions. */
const ROUNDER = 1.5 * 2 ** 52;
/** A limb grows by at most 2^32 an addition, so after 2^20 additions it is below 2^53 and still exact. */
const ADDITIONS_BEFORE_CARRY = 2 ** 20;

/**
 * Exact sums of blocks of doubles, the same to the bit in whatever order the blocks come.
 *
 * Each number x becomes the integer round(x · 2^64) (ties to even) and the integers are added without error, so addition is associative
 * and commutative. The ring is Z_2^128: with |x| < 2^62 / terms a sum of `terms` numbers never wraps. An integer is held as four signed
 * limbs of 32 bits, of weights 2^32, 1, 2^-32 and 2^-64, in a Float64Array; limbs carry only when they might leave 53 bits.
 *
 * Numbers below 2^-65 in magnitude, subnormals among them, add nothing; every double of magnitude 2^-12 or more is added exactly.
 */
export class ExactAccumulator {
  private readonly limbs: Float64Array;
  private readonly bound: number;
  private additions = 0;

  /** Sums of blocks of `length` numbers, of at most `terms` blocks. */
  constructor(
    readonly length: number,
    readonly terms: number,
    private readonly store?: LimbStore,
  ) {
    this.bound = 2 ** 62 / Math.max(1, terms);
    this.limbs = store?.take(LIMBS * length) ?? new Float64Array(LIMBS * length);
  }

  /** Throws, with nothing added, where the block has another length or a number is not finite or not below 2^62 / terms. */
  check(block: Float64Array): void {
    if (block.length !== this.length) throw new ConsiliumError(methodErrors.sumShape);
    const bound = this.bound;
    for (let i = 0; i < block.length; i++) if (!(Math.abs(block[i]!) < bound)) throw new ConsiliumError(methodErrors.sumRange);
  }

  add(block: Float64Array): void {
    this.check(block);
    this.addChecked(block);
  }

  /** As add, for a block that check has seen. */
  addChecked(block: Float64Array): void {
    if (this.additions === this.terms) throw new ConsiliumError(methodErrors.sumTerms);
    if (this.additions === 0) this.limbs.fill(0);
    const { limbs } = this;
    for (let i = 0, at = 0; i < block.length; i++, at += LIMBS) {
      const x = block[i]!;
      const high = x * INVERSE_LIMB + ROUNDER - ROUNDER;
      let rest = x - high * LIMB;
      const units = rest + ROUNDER - ROUNDER;
      rest = (rest - units) * LIMB;
      const low = rest + ROUNDER - ROUNDER;
      rest = (rest - low) * LIMB;
      limbs[at]! += high;
      limbs[at + 1]! += units;
      limbs[at + 2]! += low;
      limbs[at + 3]! += rest + ROUNDER - ROUNDER;
    }
    if (++this.additions % ADDITIONS_BEFORE_CARRY === 0) this.carry();
  }

  /** As add, for numbers that are elements of the ring: four words each, highest first. Under masks they are any elements at all, and only their sum means something. */
  addElements(words: Uint32Array): void {
    if (words.length !== this.limbs.length) throw new ConsiliumError(methodErrors.sumShape);
    if (this.additions === this.terms) throw new ConsiliumError(methodErrors.sumTerms);
    if (this.additions === 0) this.limbs.fill(0);
    addWords(this.limbs, words, 1);
    if (++this.additions % ADDITIONS_BEFORE_CARRY === 0) this.carry();
  }

  /** Adds or takes away what a mask's stream holds, over all numbers from the first. */
  applyStream(stream: MaskStream): void {
    addStream(this.limbs, stream);
  }

  /** The sums, each rounded to a double once (to nearest, ties to even). Zero is +0. */
  total(): Float64Array {
    const result = new Float64Array(this.length);
    if (this.additions === 0) return result;
    const { limbs } = this;
    for (let i = 0, at = 0; i < result.length; i++, at += LIMBS) {
      // As carry(), but what is carried is not written back.
      let lowest = limbs[at + 3]!;
      let over = Math.floor(lowest * INVERSE_LIMB);
      lowest -= over * LIMB;
      let low = limbs[at + 2]! + over;
      over = Math.floor(low * INVERSE_LIMB);
      low -= over * LIMB;
      let units = limbs[at + 1]! + over;
      over = Math.floor(units * INVERSE_LIMB);
      units -= over * LIMB;
      const top = limbs[at]! + over;
      // The ring ends at 2^64: what masks carried beyond it is nothing. Sums without masks never reach its half.
      const high = top - Math.floor(top * INVERSE_LIMB + 0.5) * LIMB;
      result[i] = high >= 0 ? roundLimbs(high, units, low, lowest) : -roundNegative(high, units, low, lowest);
    }
    return result;
  }

  /** Hands the memory back for other sums. The accumulator must not be used after it. */
  release(): void {
    this.store?.giveBack(this.limbs);
  }

  /** Brings the three lower limbs into [0, 2^32); the sign stays in the highest. */
  private carry(): void {
    const { limbs } = this;
    for (let at = 0; at < limbs.length; at += LIMBS) {
      let over = Math.floor(limbs[at + 3]! * INVERSE_LIMB);
      limbs[at + 3]! -= over * LIMB;
      const middle = limbs[at + 2]! + over;
      over = Math.floor(middle * INVERSE_LIMB);
      limbs[at + 2] = middle - over * LIMB;
      const units = limbs[at + 1]! + over;
      over = Math.floor(units * INVERSE_LIMB);
      limbs[at + 1] = units - over * LIMB;
      limbs[at]! += over;
    }
  }
}

/**
 * Memory of finished sums, for the next ones. A million numbers take 32 MB; asked of the system anew and cleared in every round of an iterative
 * method, they cost more than the additions.
 */
export class LimbStore {
  private readonly free = new Map<number, Float64Array[]>();
  private held = 0;

  constructor(private readonly keptNumbers = 8_000_000) {}

  /** Memory of this length, holding anything, or undefined. */
  take(length: number): Float64Array | undefined {
    const limbs = this.free.get(length)?.pop();
    if (limbs) this.held -= length;
    return limbs;
  }

  giveBack(limbs: Float64Array): void {
    if (this.held + limbs.length > this.keptNumbers) this.clear();
    if (limbs.length > this.keptNumbers) return;
    this.held += limbs.length;
    const same = this.free.get(limbs.length);
    if (same) same.push(limbs);
    else this.free.set(limbs.length, [limbs]);
  }

  private clear(): void {
    this.free.clear();
    this.held = 0;
  }
}

/** Magnitude of a negative number in limbs, rounded: the limbs are negated with their borrows first. */
function roundNegative(high: number, units: number, low: number, lowest: number): number {
  let borrow = lowest > 0 ? 1 : 0;
  const m0 = borrow * LIMB - lowest;
  const minusLow = -low - borrow;
  borrow = minusLow < 0 ? 1 : 0;
  const m1 = minusLow + borrow * LIMB;
  const minusUnits = -units - borrow;
  borrow = minusUnits < 0 ? 1 : 0;
  return roundLimbs(-high - borrow, minusUnits + borrow * LIMB, m1, m0);
}

function roundLimbs(m3: number, m2: number, m1: number, m0: number): number {
  if (m3 > 0) return roundTop(m3, m2, m1, m0 > 0);
  if (m2 > 0) return roundTop(m2, m1, m0, false) * INVERSE_LIMB;
  return (m1 * LIMB + m0) * INVERSE_LIMB * INVERSE_LIMB;
}

/**
 * top · 2^32 + next + last · 2^-32, rounded once; `top` is not zero. What lies below the two limbs that fill 53 bits stands as a half: it
 * never reaches a rounding boundary by itself, so it rounds as any other non-zero remainder does.
 */
function roundTop(top: number, next: number, last: number, sticky: boolean): number {
  if (top < 2 ** 21) return ((top * LIMB + next) * LIMB + (last + (sticky ? 0.5 : 0))) * INVERSE_LIMB;
  return top * LIMB + (next + (last > 0 || sticky ? 0.5 : 0));
}

/** Sums of whole contributions: each is checked against the first and the bound, and then added whole, or nothing of it is. */
export class SumAccumulator {
  private blocks: ReadonlyMap<string, ExactAccumulator> | undefined;
  private added = 0;

  /** Sums of at most `terms` contributions, one a site. */
  constructor(
    readonly terms: number,
    private readonly store?: LimbStore,
  ) {}

  /** How many contributions have been added. */
  get count(): number {
    return this.added;
  }

  /** Throws a ConsiliumError, with nothing added, where names, lengths or magnitudes do not fit. */
  add(contribution: Sums): void {
    const blocks = this.blocks ?? this.allocate(contribution);
    const names = Object.keys(contribution);
    if (names.length !== blocks.size) throw new ConsiliumError(methodErrors.sumShape);
    if (this.added === this.terms) throw new ConsiliumError(methodErrors.sumTerms);
    for (const name of names) {
      const accumulator = blocks.get(name);
      const block = contribution[name];
      if (!accumulator || !(block instanceof Float64Array)) throw new ConsiliumError(methodErrors.sumShape);
      accumulator.check(block);
    }
    for (const name of names) blocks.get(name)!.addChecked(contribution[name]!);
    this.blocks = blocks;
    this.added++;
  }

  /** As add, but a contribution that does not fit is answered with the refusal to record for its site. */
  offer(contribution: Sums): Refusal | undefined {
    return refusedTerm(() => this.add(contribution));
  }

  /** The sums so far, names in code-unit order. */
  total(): Sums {
    return Object.fromEntries([...(this.blocks ?? [])].map(([name, accumulator]) => [name, accumulator.total()]));
  }

  /** Hands the memory back to the store for other sums. The accumulator must not be used after it. */
  release(): void {
    for (const accumulator of this.blocks?.values() ?? []) accumulator.release();
    this.blocks = undefined;
  }

  private allocate(contribution: Sums): ReadonlyMap<string, ExactAccumulator> {
    const names = Object.keys(contribution).sort();
    return new Map(names.map((name) => [name, new ExactAccumulator(contribution[name]!.length, this.terms, this.store)]));
  }
}

/** The refusal to record where a term of a sum does not fit; undefined where it does. */
export function refusedTerm(add: () => void): Refusal | undefined {
  try {
    add();
    return undefined;
  } catch (error) {
    if (error instanceof ConsiliumError) return { code: error.code, rule: 'exact-sum', sentence: `${error.message}. ${error.definition.help}` };
    throw error;
  }
}

/** Bytes of a total, for a journal: the canonical encoding, so equal sums give equal digests. */
export const encodeSums = (sums: Sums, memoryFor?: MemoryFor): Uint8Array => encodeValue(sums, memoryFor);

/** A total from encodeSums. Throws where the bytes hold anything but named blocks. */
export function decodeSums(bytes: Uint8Array): Sums {
  const value = decodeValue(bytes);
  const isSums = value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Float64Array);
  if (!isSums || !Object.values(value).every((block) => block instanceof Float64Array)) throw new ConsiliumError(methodErrors.sumShape);
  return value as Sums;
}
