import { channelErrors, type ErrorCode } from '@consilium/protocol';
import { hkdfSync } from 'node:crypto';
import { discard } from './discard.js';
import { suiteNamed, TAG_BYTES, type Suite, type SuiteName } from './suites.js';

/**
 * Sealed frames: what one direction of a session sends, in strict order.
 *
 *   frame  = header | box( header | payload )
 *   header = type u8 | direction u8 | 0 u16 | payload length u32 | sequence u64      (little-endian, 16 bytes)
 *
 * The header in the clear says which frame this claims to be, so that a refusal can be named; the one inside the box says which it is, and both must be
 * the same bytes. The nonce is the sequence number and is not sent. A side that refused a frame refuses every later one.
 *
 * A key seals 2^20 frames or serves one hour; then the sender sends a frame of type 0 and both sides replace the key by HKDF(key), so that an old frame stays
 * closed to someone who takes a later key. New key agreement comes with a new connection.
 */
export const HEADER_BYTES = 16;
export const FRAME_OVERHEAD_BYTES = 2 * HEADER_BYTES + TAG_BYTES;
/** The frame type that announces the next key; other types (1-255) belong to the caller. */
export const NEXT_KEY_FRAME = 0;

export type Direction = 'agent-to-coordinator' | 'coordinator-to-agent';

export interface FrameKey {
  readonly suite: SuiteName;
  readonly key: Uint8Array;
  readonly direction: Direction;
}

export interface KeyLimits {
  readonly framesPerKey: number;
  readonly millisecondsPerKey: number;
  /** Sequence numbers end here; the connection must be made anew. */
  readonly framesPerSession: number;
}

export const KEY_LIMITS: KeyLimits = { framesPerKey: 2 ** 20, millisecondsPerKey: 3_600_000, framesPerSession: 2 ** 48 };

export type OpenedFrame = { readonly ok: true; readonly type: number; readonly payload: Uint8Array } | { readonly ok: false; readonly error: ErrorCode };

export class FrameSealer {
  readonly #suite: Suite;
  readonly #direction: number;
  readonly #limits: KeyLimits;
  #key: Buffer;
  #sequence = 0;
  #sealedByKey = 0;
  #keySince: number;

  /** `uptime` is a monotonic clock in milliseconds. */
  constructor({ suite, key, direction }: FrameKey, uptime: number, limits: KeyLimits = KEY_LIMITS) {
    this.#suite = suiteNamed(suite);
    this.#direction = directionByte(direction);
    this.#key = Buffer.from(key);
    this.#keySince = uptime;
    this.#limits = limits;
  }

  /** One frame, or two where the key is due; null when the session's sequence numbers are used up. Payload pieces are read, never kept. */
  seal(type: number, payload: readonly Uint8Array[], uptime: number): Buffer[] | null {
    const frames: Buffer[] = [];
    if (this.#sealedByKey >= this.#limits.framesPerKey - 1 || uptime - this.#keySince >= this.#limits.millisecondsPerKey) {
      const announcement = this.#sealOne(NEXT_KEY_FRAME, []);
      if (announcement === null) return null;
      frames.push(announcement);
      this.#key = nextKey(this.#key);
      this.#sealedByKey = 0;
      this.#keySince = uptime;
    }
    const frame = this.#sealOne(type, payload);
    if (frame === null) return null;
    frames.push(frame);
    return frames;
  }

  #sealOne(type: number, payload: readonly Uint8Array[]): Buffer | null {
    if (this.#sequence >= this.#limits.framesPerSession) return null;
    const length = payload.reduce((total, piece) => total + piece.length, 0);
    const header = writeHeader({ type, direction: this.#direction, length, sequence: this.#sequence });
    const box = this.#suite.seal(this.#key, this.#sequence, [header, ...payload]);
    this.#sequence++;
    this.#sealedByKey++;
    const frame = Buffer.concat([header, ...box], FRAME_OVERHEAD_BYTES + length);
    for (const piece of box) discard(piece);
    return frame;
  }
}

export class FrameOpener {
  readonly #suite: Suite;
  readonly #direction: number;
  #key: Buffer;
  #sequence = 0;
  #refusal: ErrorCode | undefined;

  constructor({ suite, key, direction }: FrameKey) {
    this.#suite = suiteNamed(suite);
    this.#direction = directionByte(direction);
    this.#key = Buffer.from(key);
  }

  /** The payload may share memory with nothing the caller holds; it is the caller's to keep. */
  open(frame: Uint8Array): OpenedFrame {
    if (this.#refusal) return { ok: false, error: this.#refusal };
    const opened = this.#open(frame);
    if (!opened.ok) this.#refusal = opened.error;
    return opened;
  }

  #open(frame: Uint8Array): OpenedFrame {
    if (frame.length < FRAME_OVERHEAD_BYTES) return refuse(channelErrors.frameTruncated);
    const claimed = readHeader(frame);
    if (claimed.direction !== this.#direction) return refuse(channelErrors.frameReflected);
    if (claimed.sequence < this.#sequence) return refuse(channelErrors.frameReplayed);
    if (claimed.sequence > this.#sequence) return refuse(channelErrors.frameMissing);
    if (frame.length !== FRAME_OVERHEAD_BYTES + claimed.length) return refuse(channelErrors.frameTruncated);
    const opened = this.#suite.open(this.#key, this.#sequence, frame.subarray(HEADER_BYTES), HEADER_BYTES);
    if (opened === null) return refuse(channelErrors.frameAltered);
    const [header, payload] = opened;
    if (Buffer.compare(header, frame.subarray(0, HEADER_BYTES)) !== 0) return refuse(channelErrors.frameAltered);
    this.#sequence++;
    if (claimed.type === NEXT_KEY_FRAME) this.#key = nextKey(this.#key);
    return { ok: true, type: claimed.type, payload };
  }
}

const refuse = (error: ErrorCode): OpenedFrame => ({ ok: false, error });

const directionByte = (direction: Direction): number => (direction === 'agent-to-coordinator' ? 1 : 2);

function nextKey(key: Buffer): Buffer {
  const next = Buffer.from(hkdfSync('sha512', key, Buffer.alloc(0), 'consilium channel 1 next key', key.length));
  key.fill(0);
  return next;
}

interface Header {
  readonly type: number;
  readonly direction: number;
  readonly length: number;
  readonly sequence: number;
}

function writeHeader({ type, direction, length, sequence }: Header): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = type;
  header[1] = direction;
  header.writeUInt32LE(length, 4);
  header.writeUInt32LE(sequence % 2 ** 32, 8);
  header.writeUInt32LE(Math.floor(sequence / 2 ** 32), 12);
  return header;
}

function readHeader(frame: Uint8Array): Header {
  const view = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  return { type: frame[0]!, direction: frame[1]!, length: view.getUint32(4, true), sequence: view.getUint32(8, true) + view.getUint32(12, true) * 2 ** 32 };
}
