import { channelErrors, ConsiliumError, errorCodes, type ErrorCode } from '@consilium/protocol';
import { discard, FrameOpener, FrameSealer, NEXT_KEY_FRAME, type Session } from '@consilium/secure-channel';
import { performance } from 'node:perf_hooks';
import { CHUNK_BYTES, HEAD_LIMIT_BYTES } from './chunking.js';
import { IncomingBodies } from './incoming-bodies.js';
import type { KeptBodies } from './kept-bodies.js';
import type { Body, ChannelClose, Link, MessageHandler, Peer } from './link.js';
import { FRAME, jsonFrame, readAnnouncement, readGrant, readJson, splitPayload, uint32 } from './link-frames.js';
import { OutgoingBodies } from './outgoing-bodies.js';
import { prepareBody, type PreparedBody } from './prepared-body.js';
import type { RateLimit } from './rate-limit.js';
import type { Slots } from './slots.js';
import type { Wire } from './wire.js';

export interface SealedLinkOptions {
  readonly wire: Wire;
  readonly session: Session;
  readonly peer: Peer;
  /** Places for long bodies that are assembled here, and for those that leave. */
  readonly arrivals: Slots;
  readonly departures: Slots;
  readonly kept: KeptBodies;
  readonly bodyBytes: number;
  readonly stallMilliseconds: number;
  readonly rate?: RateLimit;
  /** At an agent: the coordinator admitted it. */
  readonly onWelcome?: () => void;
}

const NO_BODY = new Uint8Array(0);

/** A Link over a wire after the handshake. */
export class SealedLink implements Link {
  readonly peer: Peer;
  readonly #options: SealedLinkOptions;
  readonly #sealer: FrameSealer;
  readonly #opener: FrameOpener;
  readonly #outgoing: OutgoingBodies;
  readonly #incoming: IncomingBodies;
  readonly #unheard: [unknown, Uint8Array, () => void][] = [];
  readonly #closeHandlers: ((reason: ChannelClose) => void)[] = [];
  readonly #aliveWaiters: (() => void)[] = [];
  #handler: MessageHandler | undefined;
  #closed: ChannelClose | undefined;

  constructor(options: SealedLinkOptions) {
    this.#options = options;
    this.peer = options.peer;
    this.#sealer = new FrameSealer(options.session.sendKey, performance.now());
    this.#opener = new FrameOpener(options.session.receiveKey);
    this.#outgoing = new OutgoingBodies({
      slots: options.departures,
      stallMilliseconds: options.stallMilliseconds,
      sendFrame: (type, payload) => this.sendFrame(type, payload),
      fail: () => this.close({ code: channelErrors.uploadStalled }),
    });
    this.#incoming = new IncomingBodies({
      sender: options.peer.publicKey,
      slots: options.arrivals,
      kept: options.kept,
      bodyBytes: options.bodyBytes,
      stallMilliseconds: options.stallMilliseconds,
      sendFrame: (type, payload) => this.sendFrame(type, payload),
      deliver: (head, body, release) => this.#deliver(head, body, release),
      fail: (code) => this.close({ code }),
    });
    options.wire.onFrame((frame) => this.#receive(frame));
    options.wire.onClosed(() => this.#finish({ sentence: 'The connection was lost.', by: 'network' }));
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  async send(head: object, body: Body = NO_BODY): Promise<void> {
    if (this.#closed) throw closedError(this.#closed);
    const prepared = isPrepared(body) ? body : prepareBody(body);
    const headBytes = jsonFrame(head);
    if (headBytes.length > HEAD_LIMIT_BYTES || prepared.length > this.#options.bodyBytes) throw new ConsiliumError(channelErrors.messageTooLong);
    if (prepared.length > CHUNK_BYTES) return this.#outgoing.send(headBytes, prepared);
    this.sendFrame(FRAME.message, [uint32(headBytes.length), headBytes, ...prepared.pieces]);
    if (this.closed) throw closedError(this.#closed!);
  }

  onMessage(handler: MessageHandler): void {
    this.#handler = handler;
    for (const [head, body, release] of this.#unheard.splice(0)) this.#deliver(head, body, release);
  }

  onClose(handler: (reason: ChannelClose) => void): void {
    if (this.#closed) handler(this.#closed);
    else this.#closeHandlers.push(handler);
  }

  close(reason: { readonly code?: ErrorCode; readonly sentence?: string } = {}, cause?: unknown): void {
    if (this.#closed) return;
    const sentence = reason.sentence ?? reason.code?.title ?? 'The connection was closed.';
    this.sendFrame(FRAME.close, [jsonFrame({ code: reason.code?.code, sentence })]);
    this.#finish({ ...(reason.code ? { code: reason.code } : {}), sentence, by: 'us', ...(cause === undefined ? {} : { cause }) });
    this.#options.wire.close();
  }

  /** Whether the peer's program answers within the time. */
  probe(milliseconds: number): Promise<boolean> {
    if (this.closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), milliseconds);
      this.onClose(() => resolve(false));
      this.#aliveWaiters.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
      this.sendFrame(FRAME.probe, []);
    });
  }

  sendFrame(type: number, payload: readonly Uint8Array[]): void {
    if (this.#closed) return;
    const frames = this.#sealer.seal(type, payload, performance.now());
    if (frames) for (const frame of frames) this.#options.wire.send(frame);
    else this.#hangUp({ code: channelErrors.keyExhausted, sentence: channelErrors.keyExhausted.title, by: 'us' });
  }

  #receive(frame: Uint8Array): void {
    if (this.#closed) return;
    const opened = this.#opener.open(frame);
    discard(frame);
    const problem = opened.ok ? this.#dispatch(opened.type, opened.payload) : opened.error;
    if (problem) this.close({ code: problem });
  }

  #dispatch(type: number, payload: Uint8Array): ErrorCode | undefined {
    if (type === FRAME.chunk) return this.#receiveChunk(payload);
    if (this.#options.rate && !this.#options.rate.allows(performance.now())) return channelErrors.tooManyMessages;
    switch (type) {
      case FRAME.message:
        return this.#receiveMessage(payload);
      case FRAME.begin:
        return this.#receiveBegin(payload);
      case FRAME.grant: {
        const grant = readGrant(payload);
        return grant && this.#outgoing.granted(grant) ? undefined : channelErrors.malformedMessage;
      }
      case FRAME.welcome:
        this.#options.onWelcome?.();
        return undefined;
      case FRAME.close:
        return this.#receiveClose(payload);
      case FRAME.probe:
        this.sendFrame(FRAME.alive, []);
        return undefined;
      case FRAME.alive:
        for (const waiter of this.#aliveWaiters.splice(0)) waiter();
        return undefined;
      case NEXT_KEY_FRAME:
        return undefined;
      default:
        return channelErrors.malformedMessage;
    }
  }

  #receiveMessage(payload: Uint8Array): ErrorCode | undefined {
    const parts = splitPayload(payload);
    const head = parts && parts[0].length <= HEAD_LIMIT_BYTES ? readJson(parts[0]) : null;
    if (!parts || head === null || parts[1].length > CHUNK_BYTES) return channelErrors.malformedMessage;
    this.#deliver(head, parts[1], () => undefined);
    return undefined;
  }

  #receiveBegin(payload: Uint8Array): ErrorCode | undefined {
    const parts = splitPayload(payload);
    const announcement = parts && readAnnouncement(parts[0]);
    const head = parts && parts[1].length <= HEAD_LIMIT_BYTES ? readJson(parts[1]) : null;
    return announcement && head !== null ? this.#incoming.begin(announcement, head) : channelErrors.malformedMessage;
  }

  #receiveChunk(payload: Uint8Array): ErrorCode | undefined {
    if (payload.length < 4) return channelErrors.malformedMessage;
    const transfer = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0, true);
    const problem = this.#incoming.chunk(transfer, payload.subarray(4));
    discard(payload);
    return problem;
  }

  #receiveClose(payload: Uint8Array): undefined {
    this.#hangUp(readClose(payload));
  }

  #hangUp(reason: ChannelClose): void {
    this.#finish(reason);
    this.#options.wire.close();
  }

  #deliver(head: unknown, body: Uint8Array, release: () => void): void {
    if (!this.#handler) {
      this.#unheard.push([head, body, release]);
      return;
    }
    const fail = (cause: unknown): void => this.close({ code: channelErrors.handlerFailed }, cause);
    try {
      const working = this.#handler(head, body);
      if (working) working.catch(fail).finally(release);
      else release();
    } catch (cause) {
      release();
      fail(cause);
    }
  }

  #finish(reason: ChannelClose): void {
    if (this.#closed) return;
    this.#closed = reason;
    this.#incoming.breakOff();
    this.#outgoing.abandonAll(closedError(reason));
    for (const [, , release] of this.#unheard.splice(0)) release();
    for (const handler of this.#closeHandlers.splice(0)) handler(reason);
  }
}

/** A close frame's reason; a sentence from outside is bounded and holds no control characters. */
export function readClose(payload: Uint8Array): ChannelClose {
  const { code, sentence } = readJson(payload) ?? {};
  const known = errorCodes.find((each) => each.code === code);
  const told = typeof sentence === 'string' ? sentence.slice(0, 300).replaceAll(/[\p{Cc}]/gu, ' ') : undefined;
  return { ...(known ? { code: known } : {}), sentence: told ?? known?.title ?? 'The other side closed the connection.', by: 'peer' };
}

const isPrepared = (body: Body): body is PreparedBody => !(body instanceof Uint8Array) && !Array.isArray(body);

const closedError = (reason: ChannelClose): ConsiliumError =>
  new ConsiliumError(channelErrors.linkClosed, `The connection closed before the message was sent. ${reason.sentence}`);
