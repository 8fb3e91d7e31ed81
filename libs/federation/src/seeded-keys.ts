import { createHmac } from 'node:crypto';

/** Seeds whose keys are kept for a table: views of all repeats of a run that advance together. */
const KEPT_SEEDS = 64;

const kept = new WeakMap<readonly string[], Map<string, readonly string[]>>();

/** HMAC-SHA256(seed, pseudonym) of each patient of a table, in hexadecimal. Views of one table ask again and again: the last seeds' keys are kept. */
export function seededKeys(pseudonyms: readonly string[], seed: string): readonly string[] {
  let ofTable = kept.get(pseudonyms);
  if (!ofTable) kept.set(pseudonyms, (ofTable = new Map<string, readonly string[]>()));
  const keys = ofTable.get(seed) ?? pseudonyms.map((pseudonym) => createHmac('sha256', seed).update(pseudonym, 'utf8').digest('hex'));
  ofTable.delete(seed);
  ofTable.set(seed, keys);
  if (ofTable.size > KEPT_SEEDS) ofTable.delete(ofTable.keys().next().value!);
  return keys;
}
