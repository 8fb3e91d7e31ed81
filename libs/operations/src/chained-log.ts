import { fstatSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { ConsiliumError, infrastructureErrors } from '@consilium/protocol';

import { decodeRecord, emptyHead, encodeRecord, isBreak, type ChainBreak, type ChainedRecord, type ChainHead } from './chained-record.js';
import { syncFolder } from './durable-file.js';
import { writeWhole } from './write-whole.js';

export interface ChainVerification {
  readonly intact: boolean;
  /** Records that are whole and in order, up to the first break. */
  readonly records: number;
  readonly head: ChainHead;
  readonly firstBreak?: ChainBreak;
}

interface Waiting {
  readonly content: { readonly entry: unknown } | { readonly note: string };
  readonly resolve: (head: ChainHead) => void;
  readonly reject: (error: unknown) => void;
}

const lineEnd = 0x0a;

const SOON_MILLISECONDS = 50;

/** Read at explicit positions: a stream would hold the handle beyond the reader's interest in it. */
async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(1 << 18), 0, 1 << 18, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The whole lines of a file with the byte position after each; a last line without an end comes with `whole: false`. */
async function* linesOf(handle: FileHandle): AsyncGenerator<{ line: string; end: number; whole: boolean }> {
  let rest: Buffer = Buffer.alloc(0);
  let end = 0;
  for await (const chunk of chunksOf(handle)) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = rest.indexOf(lineEnd); at !== -1; at = rest.indexOf(lineEnd, from)) {
      end += at + 1 - from;
      yield { line: rest.toString('utf8', from, at), end, whole: true };
      from = at + 1;
    }
    rest = rest.subarray(from);
  }
  if (rest.length > 0) yield { line: rest.toString('utf8'), end: end + rest.length, whole: false };
}

/** Follows the chain from its start. Stops at the first break. */
async function follow(
  handle: FileHandle,
  purpose: string,
  visit: (head: ChainHead, end: number) => void,
): Promise<{ firstBreak?: ChainBreak; torn: boolean }> {
  let head = emptyHead(purpose);
  for await (const { line, end, whole } of linesOf(handle)) {
    if (!whole) return { torn: true };
    const record = decodeRecord(head, line);
    if (isBreak(record)) return { firstBreak: record, torn: false };
    head = { sequence: record.sequence, digest: record.digest };
    visit(head, end);
  }
  return { torn: false };
}

/**
 * An append-only file of JSON lines in which each record carries the digest of the one before, so that a change, a removal or an insertion
 * anywhere shows as a break at that place. One program writes a file at a time. Records cut off at the end show only against a head kept elsewhere.
 *
 * `append` resolves when the record is on the disk. Appends that wait at the same time share one write and one wait for the disk;
 * `appendSoon` waits for another's, for at most a twentieth of a second.
 */
export class ChainedLog<T> {
  private readonly waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private closed = false;
  private soon: NodeJS.Timeout | undefined;

  private constructor(
    private readonly handle: FileHandle,
    readonly purpose: string,
    private current: ChainHead,
    private length: number,
  ) {}

  /**
   * Opens or makes the log and checks the whole chain. A last line without an end is what a crash leaves of a record nobody was told is
   * safe: it is removed, and a note takes its place. Any other break is refused with E712 and nothing is changed.
   */
  static async open<T>(path: string, purpose: string): Promise<ChainedLog<T>> {
    const handle = await open(path, 'a+', 0o600);
    try {
      let head = emptyHead(purpose);
      let length = 0;
      const { firstBreak, torn } = await follow(handle, purpose, (next, end) => ([head, length] = [next, end]));
      if (firstBreak) {
        throw new ConsiliumError(infrastructureErrors.recordBroken, `Record ${firstBreak.sequence} is ${sayBreak(firstBreak)}. Nothing was written.`);
      }
      const log = new ChainedLog<T>(handle, purpose, head, length);
      await syncFolder(dirname(path));
      if (torn) await log.replaceTornLine();
      return log;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The last record that is safely on the disk. */
  get head(): ChainHead {
    return this.current;
  }

  append(entry: T): Promise<ChainHead> {
    const appended = this.enqueue({ entry });
    this.startWriting();
    return appended;
  }

  /** For what nobody waits for: written with the next record that somebody does, in the order of the calls. */
  appendSoon(entry: T): Promise<ChainHead> {
    const appended = this.enqueue({ entry });
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.startWriting();
    }, SOON_MILLISECONDS);
    return appended;
  }

  /** All records in order, as they were when the reading began. */
  async *records(): AsyncGenerator<ChainedRecord<T>> {
    const last = this.current.sequence;
    let head = emptyHead(this.purpose);
    if (last === 0) return;
    for await (const { line } of linesOf(this.handle)) {
      const record = decodeRecord<T>(head, line);
      if (isBreak(record)) throw new ConsiliumError(infrastructureErrors.recordBroken, `Record ${record.sequence} is ${sayBreak(record)}.`);
      yield record;
      head = record;
      if (record.sequence === last) return;
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.soon);
    this.startWriting();
    await this.writing;
    await this.handle.close();
  }

  private async replaceTornLine(): Promise<void> {
    const { size } = await this.handle.stat();
    await this.handle.truncate(this.length);
    const noted = this.enqueue({ note: `A crash left an incomplete last line of ${size - this.length} bytes. It was removed.` });
    this.startWriting();
    await noted;
  }

  private enqueue(content: Waiting['content']): Promise<ChainHead> {
    if (this.closed) return Promise.reject(new Error('The chained log is closed.'));
    return new Promise((resolve, reject) => void this.waiting.push({ content, resolve, reject }));
  }

  private startWriting(): void {
    if (this.waiting.length > 0) this.writing ??= this.writeWaiting();
  }

  private async writeWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0);
      try {
        const heads = await this.write(batch.map(({ content }) => content));
        batch.forEach(({ resolve }, index) => resolve(heads[index] as ChainHead));
      } catch (error) {
        batch.forEach(({ reject }) => reject(error));
      }
    }
    // In the same turn as the last look at the queue: who appends next must find either a writer that will look again or none.
    this.writing = undefined;
  }

  private async write(contents: readonly Waiting['content'][]): Promise<ChainHead[]> {
    const heads: ChainHead[] = [];
    let head = this.current;
    let text = '';
    for (const content of contents) {
      const encoded = encodeRecord(head, content);
      head = encoded.head;
      heads.push(head);
      text += `${encoded.line}\n`;
    }
    if (fstatSync(this.handle.fd).size !== this.length) throw new ConsiliumError(infrastructureErrors.recordBroken, 'Another program changed the record file. Nothing was written.');
    const bytes = Buffer.from(text, 'utf8');
    try {
      await writeWhole(this.handle, bytes, null);
      await this.handle.datasync();
    } catch (error) {
      // A full disk may have taken half a line: the records before it must stay readable, and nobody was told of these.
      await this.handle.truncate(this.length);
      throw error;
    }
    this.current = head;
    this.length += bytes.length;
    return heads;
  }
}

/**
 * Checks a log without changing it. With a head kept elsewhere, records cut off or rewritten up to that head show too
 * ('missing', 'replaced'). A torn last line counts as a break here ('incomplete'); opening the log for writing repairs that one.
 */
export async function verifyChainedLog(path: string, purpose: string, known?: ChainHead): Promise<ChainVerification> {
  const handle = await open(path, 'r');
  try {
    let head = emptyHead(purpose);
    let knownDigest = known?.sequence === 0 ? head.digest : undefined;
    const { firstBreak, torn } = await follow(handle, purpose, (next) => {
      head = next;
      if (next.sequence === known?.sequence) knownDigest = next.digest;
    });
    const found = firstBreak ?? (torn ? ({ sequence: head.sequence + 1, reason: 'incomplete' } as const) : compareKnown(known, knownDigest));
    return { intact: found === undefined, records: head.sequence, head, ...(found ? { firstBreak: found } : {}) };
  } finally {
    await handle.close();
  }
}

function compareKnown(known: ChainHead | undefined, digest: string | undefined): ChainBreak | undefined {
  if (!known || digest === known.digest) return undefined;
  return { sequence: known.sequence, reason: digest === undefined ? 'missing' : 'replaced' };
}

const sayBreak = ({ reason }: ChainBreak): string =>
  reason === 'does not follow the record before' ? 'not the one that follows the record before' : reason;
