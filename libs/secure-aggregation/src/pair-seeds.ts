import { hkdfSync } from 'node:crypto';
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

/** HKDF with SHA-512 of a key for one purpose. The key is not found from any number of its seeds. */
export function seedFor(key: Uint8Array, { run, round, attempt, question, list, sites }: MaskPurpose): Uint8Array {
  const purpose = JSON.stringify(['consilium mask 1', run, round, attempt, question, [...sites].sort()]);
  return new Uint8Array(hkdfSync('sha512', key, Buffer.from(list, 'utf8'), Buffer.from(purpose, 'utf8'), SEED_BYTES));
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
