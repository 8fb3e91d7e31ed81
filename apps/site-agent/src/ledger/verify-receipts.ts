import { settledStatement } from '@consilium/protocol';
import { verifySignature } from '@consilium/secure-channel';
import { keyText } from '../outbox/outbox.js';
import { readLedger } from './ledger.js';

export interface ReceiptVerification {
  /** Receipts that the coordinator's key verifies and whose digests are those of recorded contributions. */
  readonly receipts: number;
  /** Contributions with a receipt, and those still without. */
  readonly confirmed: number;
  readonly unconfirmed: number;
  /** Records of receipts that do not verify, or that name what this site never recorded. */
  readonly wrong: readonly number[];
}

/**
 * Holds the coordinator's receipts on a ledger against its key and against the contributions before them. A receipt is the centre's signature under the digests it committed: with
 * it neither side can later say that something else was sent.
 */
export async function verifyReceipts(path: string, coordinatorKey: string): Promise<ReceiptVerification> {
  const sent = new Map<string, string>();
  const confirmed = new Set<string>();
  const wrong: number[] = [];
  let receipts = 0;
  for await (const { sequence, entry } of readLedger(path)) {
    if (entry?.event === 'contributions') for (const { round, attempt, digest } of entry.parts) sent.set(keyText({ run: entry.run, round, attempt }), digest);
    if (entry?.event !== 'receipt') continue;
    const genuine = verifySignature({ publicKey: coordinatorKey, signature: entry.signature, ...settledStatement(entry.parts) });
    if (!genuine || entry.parts.some((part) => sent.get(keyText(part)) !== part.digest)) wrong.push(sequence);
    else {
      receipts++;
      for (const part of entry.parts) confirmed.add(keyText(part));
    }
  }
  return { receipts, confirmed: confirmed.size, unconfirmed: sent.size - confirmed.size, wrong };
}
