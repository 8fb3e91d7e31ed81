import type { ChainedRecord } from '@consilium/operations';
import { open, stat } from 'node:fs/promises';
import type { LedgerEntry } from '@consilium/protocol';

/** A record of the ledger in few words, and where it stands in the file. */
export interface LedgerLine {
  readonly sequence: number;
  readonly at: string;
  readonly event: LedgerEntry['event'] | 'note';
  readonly run: string | null;
  readonly plan: string | null;
  readonly steps: readonly string[];
  readonly rules: readonly string[];
  readonly parts: number;
  readonly refusals: number;
  /** Of contributions sent, once or again. */
  readonly bytes: number;
  readonly digest: string;
  readonly place: { readonly offset: number; readonly length: number };
}

const LINE_END = 0x0a;

/** Heads of all records, read on as the ledger grows: a page of the console costs what is new, not the whole file. */
export class LedgerIndex {
  private known: LedgerLine[] = [];
  private offset = 0;
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  /** All heads, the oldest first. */
  async lines(): Promise<readonly LedgerLine[]> {
    this.reading = this.reading.catch(() => undefined).then(() => this.readOn());
    await this.reading;
    return this.known;
  }

  /** A record as a whole, as it stands in the file. */
  async record(sequence: number): Promise<ChainedRecord<LedgerEntry> | undefined> {
    const line = (await this.lines()).find((one) => one.sequence === sequence);
    if (!line) return undefined;
    const bytes = await read(this.path, line.place.offset, line.place.length);
    return JSON.parse(bytes.toString('utf8')) as ChainedRecord<LedgerEntry>;
  }

  private async readOn(): Promise<void> {
    const size = await stat(this.path).then((found) => found.size, () => 0);
    if (size < this.offset) {
      this.known = [];
      this.offset = 0;
    }
    if (size === this.offset) return;
    const bytes = await read(this.path, this.offset, size - this.offset);
    let from = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
      const record = parseRecord(bytes.toString('utf8', from, end));
      // Behind what is no record nothing can be trusted; the verification says where it is.
      if (!record) return;
      this.known.push(lineOf(record, { offset: this.offset, length: end - from }));
      this.offset += end + 1 - from;
      from = end + 1;
    }
  }
}

async function read(path: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
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

const total = (parts: readonly { readonly size: number }[]): number => parts.reduce((sum, { size }) => sum + size, 0);

function lineOf({ sequence, entry, digest }: ChainedRecord<LedgerEntry>, place: LedgerLine['place']): LedgerLine {
  const line = { sequence, at: entry?.at ?? '', event: entry?.event ?? ('note' as const), run: null, plan: null, steps: [], rules: [], parts: 0, refusals: 0, bytes: 0, digest, place };
  switch (entry?.event) {
    case 'contributions': {
      const rules = [...new Set(entry.refusals.map(({ rule }) => rule))];
      return { ...line, run: entry.run, plan: entry.plan, steps: [...new Set(entry.parts.map(({ step }) => step))], rules, parts: entry.parts.length, refusals: entry.refusals.length, bytes: total(entry.parts) };
    }
    case 'sent-again':
      return { ...line, run: entry.run, parts: entry.parts.length, bytes: total(entry.parts) };
    case 'held-back':
      return { ...line, run: entry.run, refusals: entry.refusals.length, rules: [...new Set(entry.refusals.map(({ rule }) => rule))] };
    case 'mask-key':
      return { ...line, run: entry.run, plan: entry.plan, refusals: entry.refusal ? 1 : 0, rules: entry.refusal ? [entry.refusal.rule] : [] };
    case 'decision':
      return { ...line, plan: entry.plan };
    case 'receipt':
      return { ...line, run: entry.parts[0]?.run ?? null, parts: entry.parts.length };
    case 'purged':
      return { ...line, parts: entry.keys.length };
    default:
      return line;
  }
}
