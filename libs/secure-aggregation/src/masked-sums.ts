import { ConsiliumError, methodErrors } from '@consilium/protocol';
import { addStream, bytesOfWords, wordsOfBytes, type MaskStream } from './mask-stream.js';
import { addNumbers, sumRing, wordsOf } from './ring.js';

/** Blocks of numbers by name, as a site's term of a sum. */
export type Blocks = Readonly<Record<string, Float64Array>>;

/** A masked term as it was read: the words of each block, and of the element that shows whether masks cancel. */
export interface MaskedTerm {
  /** Names of the blocks and how many numbers each has, in their order. */
  readonly entries: readonly (readonly [string, number])[];
  /** The words of all of them, and of the check, one after another. */
  readonly words: Uint32Array;
  readonly blocks: ReadonlyMap<string, Uint32Array>;
  readonly check: Uint32Array;
}

const MAGIC = 0x00314d43; // 'CM1\0' read as a little-endian integer
const HEAD_START = 8;
const LARGEST_HEAD = 16 * 1024 * 1024;
const WORD_BYTES = 4;

/** Every site adds a one; where all masks cancel, the sum of these is the number of sites, and nearly never otherwise. */
const ONE = Float64Array.of(1);

/**
 * A site's term under its masks, as bytes:
 *
 *   'CM1\0' | u32 length of the head | head: JSON [[name, numbers], ...], names in code-unit order, space-padded to a multiple of 4 | words
 *
 * The words are those of all blocks in the head's order and of one more number, 1. Without the seeds the words of one site are uniformly distributed whatever
 * the numbers are. Throws E602, before anything is masked, where a number is not finite or not below 2^62 / terms: the sum would leave the ring.
 */
export function maskBlocks(blocks: Blocks, streams: readonly MaskStream[], terms: number): Uint8Array<ArrayBuffer> {
  const names = Object.keys(blocks).sort();
  for (const name of names) checkRange(blocks[name]!, 2 ** 62 / terms);
  const numbers = names.reduce((total, name) => total + blocks[name]!.length, 0);
  const digits = new Float64Array(sumRing.words * (numbers + 1));
  let at = 0;
  for (const name of names) {
    addNumbers(sumRing, digits, blocks[name]!, at);
    at += blocks[name]!.length;
  }
  addNumbers(sumRing, digits, ONE, at);
  for (const stream of streams) addStream(digits, stream);
  return withHead(names.map((name) => [name, blocks[name]!.length]), wordsOf(sumRing, digits));
}

function withHead(entries: readonly (readonly [string, number])[], words: Uint32Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(JSON.stringify(entries));
  const start = Math.ceil((HEAD_START + head.length) / WORD_BYTES) * WORD_BYTES;
  const bytes = new Uint8Array(start + words.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, start - HEAD_START, true);
  bytes.set(head, HEAD_START);
  bytes.fill(0x20, HEAD_START + head.length, start);
  bytes.set(bytesOfWords(words), start);
  return bytes;
}

function checkRange(block: Float64Array, bound: number): void {
  for (let i = 0; i < block.length; i++) if (!(Math.abs(block[i]!) < bound)) throw new ConsiliumError(methodErrors.sumRange);
}

/** What maskBlocks wrote. The words may be views of the bytes. Throws E601 for anything else; lengths are checked before they are used. */
export function readMaskedTerm(bytes: Uint8Array): MaskedTerm {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes.length < HEAD_START || view.getUint32(0, true) !== MAGIC ? Infinity : HEAD_START + view.getUint32(4, true);
  if (start > Math.min(bytes.length, LARGEST_HEAD) || start % WORD_BYTES !== 0 || (bytes.length - start) % WORD_BYTES !== 0) throw misshapen();
  const entries = readHead(bytes.subarray(HEAD_START, start));
  const words = wordsOfBytes(bytes.subarray(start));
  const blocks = new Map<string, Uint32Array>();
  let at = 0;
  for (const [name, numbers] of entries) {
    const end = at + sumRing.words * numbers;
    if (blocks.has(name) || end > words.length) throw misshapen();
    blocks.set(name, words.subarray(at, end));
    at = end;
  }
  if (words.length - at !== sumRing.words) throw misshapen();
  return { entries, words, blocks, check: words.subarray(at) };
}

function readHead(bytes: Uint8Array): [string, number][] {
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw misshapen();
  }
  const isEntry = (entry: unknown): entry is [string, number] =>
    Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'string' && Number.isSafeInteger(entry[1]) && entry[1] >= 0;
  if (!Array.isArray(head) || !head.every(isEntry)) throw misshapen();
  return head;
}

const misshapen = () => new ConsiliumError(methodErrors.sumShape, 'A masked contribution does not have the shape of this release.');
