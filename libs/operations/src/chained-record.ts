import { createHash } from 'node:crypto';

/** One line of a chained log: either what a caller recorded, or a note the log wrote about itself. */
export interface ChainedRecord<T> {
  readonly sequence: number;
  /** Digest of the record before; of the log's purpose for the first. */
  readonly previous: string;
  readonly entry?: T;
  readonly note?: string;
  readonly digest: string;
}

/** The last record of a log. Kept elsewhere (at the other party, on paper), it also shows when later lines were cut off. */
export interface ChainHead {
  readonly sequence: number;
  readonly digest: string;
}

export interface ChainBreak {
  readonly sequence: number;
  readonly reason: 'not a record' | 'out of sequence' | 'does not follow the record before' | 'altered' | 'incomplete' | 'missing' | 'replaced';
}

const digestField = ',"digest":"';
const tailLength = digestField.length + 64 + '"}'.length;

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** The head of a log with no records. The purpose in it keeps a log of one kind or site from being continued as another. */
export const emptyHead = (purpose: string): ChainHead => ({ sequence: 0, digest: sha256(`consilium chained log\n${purpose}`) });

/** A record as its line without the line end: the digest is SHA-256 of the line as it is without the digest field. */
export function encodeRecord(head: ChainHead, content: { readonly entry: unknown } | { readonly note: string }): { line: string; head: ChainHead } {
  const sequence = head.sequence + 1;
  const body = JSON.stringify({ sequence, previous: head.digest, ...content });
  const digest = sha256(body);
  return { line: `${body.slice(0, -1)}${digestField}${digest}"}`, head: { sequence, digest } };
}

/** Reads one line as the record that must follow `head`, or names what is wrong with it. */
export function decodeRecord<T>(head: ChainHead, line: string): ChainedRecord<T> | ChainBreak {
  const sequence = head.sequence + 1;
  let record: ChainedRecord<T>;
  try {
    record = JSON.parse(line) as ChainedRecord<T>;
  } catch {
    return { sequence, reason: 'not a record' };
  }
  if (typeof record !== 'object' || record === null || typeof record.digest !== 'string') return { sequence, reason: 'not a record' };
  const wholeTail = line.endsWith(`${digestField}${record.digest}"}`);
  if (!wholeTail || sha256(`${line.slice(0, -tailLength)}}`) !== record.digest) return { sequence, reason: 'altered' };
  if (record.sequence !== sequence) return { sequence, reason: 'out of sequence' };
  if (record.previous !== head.digest) return { sequence, reason: 'does not follow the record before' };
  return record;
}

export const isBreak = (value: object): value is ChainBreak => 'reason' in value;
