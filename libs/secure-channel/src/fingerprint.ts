import { createHash } from 'node:crypto';
import { FINGERPRINT_WORDS } from './fingerprint-words.js';

/** A public key in a form that two people compare. */
export interface Fingerprint {
  /** Ten words, to be read over a telephone: the first 80 bits of the digest. */
  readonly words: string;
  /** The whole digest in groups of four hexadecimal characters. */
  readonly hex: string;
}

/** The fingerprint of a public key (64 hexadecimal characters). */
export function fingerprintOf(publicKey: string): Fingerprint {
  const digest = createHash('sha256').update('consilium fingerprint 1\0').update(Buffer.from(publicKey, 'hex')).digest();
  return {
    words: Array.from(digest.subarray(0, 10), (byte) => FINGERPRINT_WORDS[byte]).join(' '),
    hex: digest.toString('hex').match(/.{4}/g)!.join(' '),
  };
}
