import { ChainedLog, verifyChainedLog, type ChainedRecord, type ChainVerification } from '@consilium/operations';
import type { ContributionKey, LedgerEntry } from '@consilium/protocol';
import { existsSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { unwritten } from '../folder/storage-trouble.js';
import { keyText } from '../outbox/outbox.js';

const PURPOSE = 'ledger of a site';

/** What was sent under a key. */
export interface Sent {
  readonly digest: string;
  readonly asked: string;
  readonly step: string;
}

/** The site's record of all that left it: append-only, hash-chained, on the disk before anything is sent. */
export class Ledger {
  private readonly sent = new Map<string, Sent>();

  private constructor(private readonly log: ChainedLog<LedgerEntry>) {}

  /** Checks the whole chain; a broken ledger is refused (E712) and nothing is sent until people have looked. */
  static async open(path: string): Promise<Ledger> {
    const ledger = new Ledger(await ChainedLog.open<LedgerEntry>(path, PURPOSE));
    for await (const { entry } of ledger.log.records()) if (entry) ledger.remember(entry);
    return ledger;
  }

  /** Resolves when the entry is on the disk; E319 when it cannot be. */
  async append(entry: LedgerEntry): Promise<void> {
    await this.log.append(entry).catch(refuseTrouble);
    this.remember(entry);
  }

  /** For what says something about records before it and is waited for by nobody who would send: on the disk with the next record, or soon. */
  async appendSoon(entry: LedgerEntry): Promise<void> {
    await this.log.appendSoon(entry).catch(refuseTrouble);
    this.remember(entry);
  }

  /** What was recorded for a contribution, also long after its bytes are gone. */
  sentUnder(key: ContributionKey): Sent | undefined {
    return this.sent.get(keyText(key));
  }

  get records(): number {
    return this.log.head.sequence;
  }

  close(): Promise<void> {
    return this.log.close();
  }

  private remember(entry: LedgerEntry): void {
    if (entry.event !== 'contributions') return;
    for (const { round, attempt, digest, asked, step } of entry.parts) this.sent.set(keyText({ run: entry.run, round, attempt }), { digest, asked, step });
  }
}

function refuseTrouble(cause: unknown): never {
  throw unwritten('The ledger', cause);
}

/** A last line that is not whole is looked at again: the agent may be writing it. */
const LOOKS = 5;
const BETWEEN_LOOKS_MILLISECONDS = 100;

/** Whether the chain is whole; names the first break. Changes nothing. */
export async function verifyLedger(path: string): Promise<ChainVerification | null> {
  if (!existsSync(path)) return null;
  for (let look = 1; ; look++) {
    const verified = await verifyChainedLog(path, PURPOSE);
    if (verified.firstBreak?.reason !== 'incomplete' || look === LOOKS) return verified;
    await pause(BETWEEN_LOOKS_MILLISECONDS);
  }
}

/**
 * The whole records of a ledger in order, without opening it for writing, so that it can be read while the agent works. Ends at the
 * first line that is no record: verifyLedger says whether something is wrong there.
 */
export async function* readLedger(path: string): AsyncGenerator<ChainedRecord<LedgerEntry>> {
  if (!existsSync(path)) return;
  const handle: FileHandle = await open(path, 'r');
  try {
    for await (const line of handle.readLines({ autoClose: false })) {
      const record = parseRecord(line);
      if (!record) return;
      yield record;
    }
  } finally {
    await handle.close();
  }
}

function parseRecord(line: string): ChainedRecord<LedgerEntry> | null {
  try {
    return JSON.parse(line) as ChainedRecord<LedgerEntry>;
  } catch {
    return null;
  }
}
