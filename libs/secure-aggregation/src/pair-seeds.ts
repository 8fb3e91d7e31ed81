import { createHmac } from 'node:crypto';
import { SEED_BYTES, type MaskStream } from './mask-stream.js';

/** What a mask is for. Another value anywhere in it gives an independent mask. */
export interface MaskPurpose {
  readonly run: string;
  readonly round: string;
  readonly attempt: number;
  /** sha256 of the question: step, view and parameters. */
  readonly question: string;
  /** sha256 of the list of participants with their session keys, which every site has checked. */
  readonly list: string;
  /** The sites whose terms are added. */
  readonly sites: readonly string[];
}

const FIRST_BLOCK = Uint8Array.of(1);

/** HKDF with SHA-512 of a key for one purpose. The key is not found from any number of its seeds. */
export function seedFor(key: Uint8Array, { run, round, attempt, question, list, sites }: MaskPurpose): Uint8Array {
  const purpose = JSON.stringify(['consilium mask 1', run, round, attempt, question, [...sites].sort()]);
  // RFC 5869 with one block of output, as crypto.hkdfSync computes it and in a third of its time: a site needs a seed for every pair in every sum.
  const extracted = createHmac('sha512', list).update(key).digest();
  const seed = createHmac('sha512', extracted).update(purpose).update(FIRST_BLOCK).digest();
  extracted.fill(0);
  return Uint8Array.from(seed.subarray(0, SEED_BYTES));
}

/**
 * The streams with which `self` masks its term among the sites of the purpose, one for each other site: the earlier of two names adds it, the later takes
 * it away, so that over all sites nothing is left.
 */
export function pairStreams(self: string, keys: ReadonlyMap<string, Uint8Array>, purpose: MaskPurpose): MaskStream[] {
  const others = purpose.sites.filter((site) => site !== self);
  return others.map((site) => {
    const key = keys.get(site);
    if (!key) throw new Error('A mask needs a key for every other site.');
    return { seed: seedFor(key, purpose), sign: self < site ? 1 : -1 };
  });
}
