import { agentErrors, ConsiliumError, type ContributionKey, type RequestMessage } from '@consilium/protocol';
import { createHash } from 'node:crypto';

/** One question of a request, with its bytes. */
export interface AskedPart extends ContributionKey {
  readonly step: string;
  readonly version: number;
  readonly bytes: Uint8Array;
  /** sha256 of the bytes. */
  readonly asked: string;
  /** The sites among which the term is to be masked. */
  readonly maskedAmong?: readonly string[];
}

/** The questions of a request. Lengths and digests must be those of the body, and no key may stand twice: else E318. */
export function splitRequest({ run, parts }: RequestMessage, body: Uint8Array): AskedPart[] {
  const keys = new Set(parts.map(({ round, attempt }) => `${round} ${attempt}`));
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  if (total !== body.length || keys.size !== parts.length) throw misshapen();
  let offset = 0;
  return parts.map(({ round, attempt, step, version, length, digest, maskedAmong }) => {
    const bytes = body.subarray(offset, offset + length);
    offset += length;
    if (createHash('sha256').update(bytes).digest('hex') !== digest) throw misshapen();
    return { run, round, attempt, step, version, bytes, asked: digest, ...(maskedAmong ? { maskedAmong } : {}) };
  });
}

const misshapen = () => new ConsiliumError(agentErrors.messageShape, 'The parts of a request do not match its body. Nothing was computed.');
