import { createCipheriv } from 'node:crypto';

const CHUNK_BYTES = 1 << 18;
const ZEROS = Buffer.alloc(CHUNK_BYTES);
const NO_OFFSET = Buffer.alloc(16);
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

export const SEED_BYTES = 32;

/** One key stream of a mask: added by one side of a pair and taken away by the other. */
export interface MaskStream {
  /** 32 bytes. A seed makes one stream, under one question and one set of sites. */
  readonly seed: Uint8Array;
  readonly sign: 1 | -1;
}

/**
 * Adds a stream to digits, or takes it away: AES-256 in counter mode under the seed, from counter zero, as little-endian words. The cipher is the machine's
 * own (several gigabytes a second), so that the additions are what a mask costs.
 */
export function addStream(digits: Float64Array, { seed, sign }: MaskStream): void {
  const cipher = createCipheriv('aes-256-ctr', seed, NO_OFFSET);
  for (let from = 0; from < digits.length; from += CHUNK_BYTES / 4) {
    const length = Math.min(CHUNK_BYTES / 4, digits.length - from);
    const words = wordsOfBytes(cipher.update(ZEROS.subarray(0, 4 * length)));
    if (sign === 1) for (let i = 0; i < length; i++) digits[from + i]! += words[i]!;
    else for (let i = 0; i < length; i++) digits[from + i]! -= words[i]!;
  }
}

/** Bytes as little-endian words; a view where the place allows it. */
export function wordsOfBytes(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 && littleEndian ? bytes : Uint8Array.from(bytes);
  if (!littleEndian) Buffer.from(aligned.buffer, aligned.byteOffset, aligned.byteLength).swap32();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** The same the other way. */
export function bytesOfWords(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  return littleEndian ? bytes : Buffer.from(Uint8Array.from(bytes)).swap32();
}
