import { sha256Words } from './sha256.js';

/**
 * A reproducible random source for statistics: folds, bootstraps, subsamples. **Never for keys, masks or nonces.**
 *
 * The generator is SFC64 (Doty-Humphrey, PractRand 0.93; NumPy's `SFC64`): three 64-bit words and a counter, period at least 2⁶⁴.
 * The words are the first 192 bits of SHA-256 of the seed text, the counter starts at 1 and twelve outputs are dropped, so different
 * texts give unrelated streams. The same text gives the same integers and uniforms everywhere; normal deviates pass through
 * `Math.log`, which engines may round differently in the last bit.
 *
 * @example SeededRandom.fromSeed('study 7 / folds').uniform()
 */
export class SeededRandom {
  /** a, b, c, counter, output: each as low word, high word. */
  private readonly words = new Uint32Array(10);
  private spareNormal: number | undefined;

  private constructor() {}

  static fromSeed(seed: string): SeededRandom {
    const random = SeededRandom.fromState(Uint32Array.of(...sha256Words(seed).subarray(0, 6), 1, 0));
    for (let i = 0; i < 12; i++) random.next();
    return random;
  }

  /** A stream from raw state: a, b, c and the counter, as low word, high word each. For comparison with other implementations. */
  static fromState(state: Uint32Array): SeededRandom {
    if (state.length !== 8) throw new RangeError('The state is eight 32-bit words.');
    const random = new SeededRandom();
    random.words.set(state);
    return random;
  }

  /** Uniform in [0, 1): the top 53 bits over 2⁵³. */
  uniform(): number {
    this.next();
    return (this.words[9] * 2 ** 21 + (this.words[8] >>> 11)) / 2 ** 53;
  }

  /** A whole number uniform in 0 … n - 1, n up to 2⁵³, without bias: values above the last whole multiple of n are drawn again. */
  integerBelow(n: number): number {
    if (!(Number.isSafeInteger(n) && n > 0)) throw new RangeError('An upper bound is a positive whole number.');
    const limit = 2 ** 53 - (2 ** 53 % n);
    for (;;) {
      const value = this.uniform() * 2 ** 53;
      if (value < limit) return value % n;
    }
  }

  /** A standard normal deviate, by the polar method (Marsaglia, Bray 1964); they are made in pairs. */
  normal(): number {
    if (this.spareNormal !== undefined) {
      const spare = this.spareNormal;
      this.spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.spareNormal = y * factor;
      return x * factor;
    }
  }

  /** Puts the elements in random order, in place (Fisher, Yates; Durstenfeld 1964), and returns them. */
  shuffle<T extends Indexed>(elements: T): T {
    for (let i = elements.length - 1; i > 0; i--) {
      const j = this.integerBelow(i + 1);
      const held = elements[i];
      elements[i] = elements[j];
      elements[j] = held;
    }
    return elements;
  }

  /** `count` different whole numbers of 0 … n - 1 in random order. */
  sampleWithoutReplacement(n: number, count: number): Int32Array {
    if (!(count >= 0 && count <= n)) throw new RangeError('A sample without replacement is no larger than what it is drawn from.');
    const pool = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const j = i + this.integerBelow(n - i);
      const held = pool[i];
      pool[i] = pool[j];
      pool[j] = held;
    }
    return pool.slice(0, count);
  }

  /** output = a + b + counter; a = b ^ (b >>> 11); b = c + (c << 3); c = rotate(c, 24) + output: on pairs of 32-bit words. */
  private next(): void {
    const w = this.words;
    const [aLow, aHigh, bLow, bHigh, cLow, cHigh, countLow, countHigh] = w;
    const low = aLow + bLow + countLow;
    const outLow = low >>> 0;
    const outHigh = (aHigh + bHigh + countHigh + Math.floor(low / 2 ** 32)) >>> 0;
    w[0] = bLow ^ ((bLow >>> 11) | (bHigh << 21));
    w[1] = bHigh ^ (bHigh >>> 11);
    const sum = cLow + ((cLow << 3) >>> 0);
    w[2] = sum;
    w[3] = cHigh + ((cHigh << 3) | (cLow >>> 29)) + (sum >= 2 ** 32 ? 1 : 0);
    const rotated = ((cLow << 24) | (cHigh >>> 8)) >>> 0;
    const last = rotated + outLow;
    w[4] = last;
    w[5] = ((cHigh << 24) | (cLow >>> 8)) + outHigh + (last >= 2 ** 32 ? 1 : 0);
    w[6] = countLow + 1;
    w[7] = countHigh + (countLow === 0xffffffff ? 1 : 0);
    w[8] = outLow;
    w[9] = outHigh;
  }
}

interface Indexed {
  readonly length: number;
  [index: number]: unknown;
}
