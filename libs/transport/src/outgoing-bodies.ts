import { CHUNK_BYTES, sliceOf } from './chunking.js';
import { FRAME, jsonFrame, uint32, type Grant } from './link-frames.js';
import type { PreparedBody } from './prepared-body.js';
import type { Slots } from './slots.js';

interface Outgoing {
  readonly body: PreparedBody;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  /** Where the next chunk starts and how far credit goes; undefined before the first credit. */
  sent: number | undefined;
  until: number;
  hasPlace: boolean;
  stall: NodeJS.Timeout | undefined;
  leaveQueue: () => void;
  release: () => void;
}

export interface OutgoingOptions {
  readonly slots: Slots;
  readonly stallMilliseconds: number;
  readonly sendFrame: (type: number, payload: readonly Uint8Array[]) => void;
  readonly fail: () => void;
}

/**
 * Long bodies on their way out. Each is announced at once and waits as long as it takes for the receiver's credit; with the first credit it takes
 * one of our own places, so that the frames in memory stay few, and then goes out chunk by chunk as far as credit goes.
 */
export class OutgoingBodies {
  readonly #open = new Map<number, Outgoing>();
  #nextTransfer = 1;

  constructor(private readonly options: OutgoingOptions) {}

  send(head: Uint8Array, body: PreparedBody): Promise<void> {
    return new Promise((resolve, reject) => {
      const transfer = this.#nextTransfer++;
      const nothing = (): void => undefined;
      this.#open.set(transfer, { body, resolve, reject, sent: undefined, until: 0, hasPlace: false, stall: undefined, leaveQueue: nothing, release: nothing });
      const announcement = jsonFrame({ transfer, length: body.length, digest: body.digest() });
      this.options.sendFrame(FRAME.begin, [uint32(announcement.length), announcement, head]);
    });
  }

  /** False where the credit makes no sense. */
  granted({ transfer, offset, until }: Grant): boolean {
    const outgoing = this.#open.get(transfer);
    if (!outgoing || until > outgoing.body.length || until <= outgoing.until) return false;
    outgoing.until = until;
    if (outgoing.sent === undefined) {
      outgoing.sent = offset;
      outgoing.leaveQueue = this.options.slots.take((release) => {
        outgoing.hasPlace = true;
        outgoing.release = release;
        this.#advance(transfer, outgoing);
      });
    } else if (outgoing.hasPlace) this.#advance(transfer, outgoing);
    return true;
  }

  #advance(transfer: number, outgoing: Outgoing): void {
    let sent = outgoing.sent!;
    while (sent < outgoing.until) {
      const end = Math.min(sent + CHUNK_BYTES, outgoing.until);
      this.options.sendFrame(FRAME.chunk, [uint32(transfer), ...sliceOf(outgoing.body.pieces, sent, end)]);
      sent = end;
    }
    outgoing.sent = sent;
    outgoing.stall ??= setTimeout(() => this.options.fail(), this.options.stallMilliseconds).unref();
    outgoing.stall.refresh();
    if (sent < outgoing.body.length) return;
    this.#forget(transfer, outgoing);
    outgoing.resolve();
  }

  #forget(transfer: number, outgoing: Outgoing): void {
    this.#open.delete(transfer);
    clearTimeout(outgoing.stall);
    outgoing.leaveQueue();
    outgoing.release();
  }

  abandonAll(error: Error): void {
    for (const [transfer, outgoing] of [...this.#open]) {
      this.#forget(transfer, outgoing);
      outgoing.reject(error);
    }
  }
}
