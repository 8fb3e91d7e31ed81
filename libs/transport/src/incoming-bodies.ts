import { channelErrors, type ErrorCode } from '@consilium/protocol';
import { memoryFor } from '@consilium/secure-channel';
import { createHash } from 'node:crypto';
import { CHUNK_BYTES, WINDOW_CHUNKS } from './chunking.js';
import type { KeptBodies } from './kept-bodies.js';
import { FRAME, jsonFrame, type Announcement } from './link-frames.js';
import type { Slots } from './slots.js';

/** Announced bodies that one link may have open at once; each costs a little memory before it has a place. */
const ANNOUNCED_LIMIT = 64;
const WINDOW_BYTES = CHUNK_BYTES * WINDOW_CHUNKS;

interface Incoming {
  readonly announcement: Announcement;
  readonly head: unknown;
  bytes: Buffer;
  received: number;
  until: number;
  resumed: boolean;
  stall: NodeJS.Timeout | undefined;
  leaveQueue: () => void;
  release: () => void;
}

export interface IncomingOptions {
  /** The peer's public key: kept parts belong to it. */
  readonly sender: string;
  readonly slots: Slots;
  readonly kept: KeptBodies;
  readonly bodyBytes: number;
  readonly stallMilliseconds: number;
  readonly sendFrame: (type: number, payload: readonly Uint8Array[]) => void;
  /** Whole, and checked; `release` frees the body's place. */
  readonly deliver: (head: unknown, body: Uint8Array, release: () => void) => void;
  readonly fail: (code: ErrorCode) => void;
}

/** Long bodies on their way in: each waits for a place, gets credit chunk by chunk, and is handed over whole. */
export class IncomingBodies {
  readonly #bodies = new Map<number, Incoming>();

  constructor(private readonly options: IncomingOptions) {}

  /** The code of what is wrong with an announcement, if anything. */
  begin(announcement: Announcement, head: unknown): ErrorCode | undefined {
    if (this.#bodies.has(announcement.transfer) || announcement.length <= CHUNK_BYTES) return channelErrors.malformedMessage;
    if (announcement.length > this.options.bodyBytes) return channelErrors.messageTooLong;
    if (this.#bodies.size >= ANNOUNCED_LIMIT) return channelErrors.tooManyMessages;
    const incoming: Incoming = {
      announcement,
      head,
      bytes: Buffer.alloc(0),
      received: 0,
      until: 0,
      resumed: false,
      stall: undefined,
      leaveQueue: () => undefined,
      release: () => undefined,
    };
    this.#bodies.set(announcement.transfer, incoming);
    incoming.leaveQueue = this.options.slots.take((release) => {
      incoming.release = release;
      this.#start(incoming);
    });
    return undefined;
  }

  #start(incoming: Incoming): void {
    const { sender, kept, stallMilliseconds, fail } = this.options;
    const { digest, length } = incoming.announcement;
    const part = kept.take(sender, digest, length);
    incoming.resumed = part !== undefined;
    // Every byte is written before anyone reads it.
    incoming.bytes = part?.bytes ?? memoryFor(length);
    incoming.received = part?.received ?? 0;
    incoming.until = incoming.received;
    incoming.stall = setTimeout(() => fail(channelErrors.uploadStalled), stallMilliseconds).unref();
    this.#grant(incoming);
  }

  #grant(incoming: Incoming): void {
    const { transfer, length } = incoming.announcement;
    const until = Math.min(incoming.received + WINDOW_BYTES, length);
    // Credit goes out by half windows: the sender never waits, and few grants travel.
    if (incoming.until === length || until - incoming.until < Math.min(WINDOW_BYTES / 2, length - incoming.until)) return;
    incoming.until = until;
    this.options.sendFrame(FRAME.grant, [jsonFrame({ transfer, offset: incoming.received, until })]);
  }

  chunk(transfer: number, bytes: Uint8Array): ErrorCode | undefined {
    const incoming = this.#bodies.get(transfer);
    if (!incoming || bytes.length === 0 || bytes.length > incoming.until - incoming.received) return channelErrors.malformedMessage;
    if (bytes.length < CHUNK_BYTES && incoming.received + bytes.length < incoming.until) return channelErrors.malformedMessage;
    incoming.bytes.set(bytes, incoming.received);
    incoming.received += bytes.length;
    incoming.stall?.refresh();
    if (incoming.received < incoming.announcement.length) this.#grant(incoming);
    else return this.#finish(incoming);
    return undefined;
  }

  #finish(incoming: Incoming): ErrorCode | undefined {
    this.#bodies.delete(incoming.announcement.transfer);
    clearTimeout(incoming.stall);
    // Every chunk was authenticated. Only where two connections contributed must the whole be shown to be one body.
    if (incoming.resumed && createHash('sha256').update(incoming.bytes).digest('hex') !== incoming.announcement.digest) {
      incoming.release();
      return channelErrors.bodyMismatch;
    }
    this.options.deliver(incoming.head, incoming.bytes, incoming.release);
    return undefined;
  }

  /** Keeps what has arrived for the peer's next connection. */
  breakOff(): void {
    for (const incoming of this.#bodies.values()) {
      clearTimeout(incoming.stall);
      incoming.leaveQueue();
      incoming.release();
      if (incoming.received > 0) this.options.kept.keep(this.options.sender, incoming.announcement.digest, incoming);
    }
    this.#bodies.clear();
  }
}
