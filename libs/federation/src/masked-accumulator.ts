import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { readMaskedTerm, type MaskStream } from '@consilium/secure-aggregation';
import { ExactAccumulator, type LimbStore } from './exact-accumulator.js';
import type { Sums } from './step.js';

/**
 * Sums of contributions under masks. What is added means nothing until all of them are in and the masks cancel; the number 1 that every site adds last
 * shows whether they did.
 */
export class MaskedSumAccumulator {
  private entries: readonly (readonly [string, number])[] | undefined;
  private all: ExactAccumulator | undefined;
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

  /** Adds the bytes of maskBlocks. Throws, with nothing added, where names or lengths are not those of the first. */
  add(bytes: Uint8Array): void {
    const { entries, words } = readMaskedTerm(bytes);
    if (this.entries && JSON.stringify(this.entries) !== JSON.stringify(entries)) throw new ConsiliumError(methodErrors.sumShape);
    const numbers = entries.reduce((total, [, length]) => total + length, 1);
    const all = this.all ?? new ExactAccumulator(numbers, this.terms, this.store);
    all.addElements(words);
    this.entries = entries;
    this.all = all;
    this.added++;
  }

  /** Takes away what does not cancel by itself: the masks of a recoverable sum. */
  unmask(streams: readonly MaskStream[]): void {
    for (const stream of streams) this.all?.applyStream(stream);
  }

  /** The sums, names in code-unit order. Throws E614 where the masks did not cancel: what was added is noise then. */
  total(): Sums {
    const numbers = this.all?.total() ?? new Float64Array(1);
    if (numbers.at(-1) !== this.added) {
      throw new ConsiliumError(methodErrors.aggregationRefused, 'The masks of the sites did not cancel, so the sum is noise. It was not used, and no term was uncovered.');
    }
    let at = 0;
    return Object.fromEntries((this.entries ?? []).map(([name, length]) => [name, numbers.slice(at, (at += length))]));
  }

  /** Hands the memory back to the store for other sums. The accumulator must not be used after it. */
  release(): void {
    this.all?.release();
    this.all = undefined;
  }
}
