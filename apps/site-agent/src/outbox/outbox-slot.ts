import { writeWhole } from '@consilium/operations';
import { keySchema, digestSchema, type ContributionKey } from '@consilium/protocol';
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';

const headSchema = z.strictObject({
  at: z.string(),
  plan: digestSchema,
  parts: z.array(keySchema.extend({ digest: digestSchema, asked: digestSchema, length: z.int().nonnegative() })).min(1),
});

export type SlotHead = z.infer<typeof headSchema>;

/** One contribution to keep. */
export interface KeptPart extends ContributionKey {
  /** sha256 of the bytes. */
  readonly digest: string;
  /** sha256 of the request that asked for it. */
  readonly asked: string;
  readonly bytes: Uint8Array;
}

export interface ReadSlot {
  readonly head: SlotHead;
  /** Where the first part's bytes begin. */
  readonly start: number;
  /** Where the last part's bytes end; what follows in the file is of an answer before. */
  readonly end: number;
}

const MAGIC = 0x31424f43; // 'COB1' read as a little-endian integer
const PREFIX = 4 + 4 + 32;
const LARGEST_HEAD = 16 * 1024 * 1024;
const PIECE = 4 * 1024 * 1024;

/**
 * A slot is a file of the outbox: the parts of one answer, `'COB1' | u32 length of the head | sha256 of the head | head (JSON) | bytes`.
 * An empty slot has no bytes, or zeros where its mark was. Resolves when the slot is on the disk.
 */
export async function writeSlot(handle: FileHandle, at: string, plan: string, parts: readonly KeptPart[]): Promise<ReadSlot> {
  const head: SlotHead = { at, plan, parts: parts.map(({ run, round, attempt, digest, asked, bytes }) => ({ run, round, attempt, digest, asked, length: bytes.length })) };
  const text = Buffer.from(JSON.stringify(head), 'utf8');
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32LE(MAGIC, 0);
  prefix.writeUInt32LE(text.length, 4);
  prefix.set(createHash('sha256').update(text).digest(), 8);
  const pieces = [Buffer.concat([prefix, text]), ...parts.map(({ bytes }) => bytes)];
  const length = pieces.reduce((total, piece) => total + piece.length, 0);
  const small = length <= PIECE ? [Buffer.concat(pieces, length)] : pieces;
  let position = 0;
  for (const piece of small) {
    await writeWhole(handle, piece, position);
    position += piece.length;
  }
  await handle.datasync();
  return { head, start: PREFIX + text.length, end: length };
}

/** What a slot holds, or null when it is empty or was torn by a crash: nobody was told that such an answer is safe. */
export async function readSlot(handle: FileHandle): Promise<ReadSlot | null> {
  const { size } = await handle.stat();
  const prefix = await readAt(handle, 0, PREFIX);
  if (size < PREFIX || prefix.length < PREFIX || prefix.readUInt32LE(0) !== MAGIC) return null;
  const headLength = prefix.readUInt32LE(4);
  if (headLength > LARGEST_HEAD || PREFIX + headLength > size) return null;
  const text = await readAt(handle, PREFIX, headLength);
  if (!createHash('sha256').update(text).digest().equals(prefix.subarray(8))) return null;
  const head = headSchema.parse(JSON.parse(text.toString('utf8')));
  let position = PREFIX + headLength;
  for (const { length, digest } of head.parts) {
    if (position + length > size || (await digestAt(handle, position, length)) !== digest) return null;
    position += length;
  }
  return { head, start: PREFIX + headLength, end: position };
}

/** The bytes of one part. */
export async function readPart(handle: FileHandle, slot: ReadSlot, index: number): Promise<Buffer> {
  const before = slot.head.parts.slice(0, index).reduce((total, { length }) => total + length, 0);
  return readAt(handle, slot.start + before, slot.head.parts[index]!.length);
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let from = 0;
  while (from < length) {
    const { bytesRead } = await handle.read(buffer, from, length - from, position + from);
    if (bytesRead === 0) return buffer.subarray(0, from);
    from += bytesRead;
  }
  return buffer;
}

async function digestAt(handle: FileHandle, position: number, length: number): Promise<string> {
  const hash = createHash('sha256');
  for (let from = 0; from < length; from += PIECE) hash.update(await readAt(handle, position + from, Math.min(PIECE, length - from)));
  return hash.digest('hex');
}
