import { EventEmitter } from 'node:events';

/**
 * How socket.io packets travel here: an event is one binary message and nothing else, the rest a few characters of JSON.
 *
 * The usual parser announces attachments in text and collects them, which doubles the messages and lets a stranger shape what is parsed.
 * This one has no attachments, acknowledgements, event names or namespaces: what is not a frame or one of three small control packets is an error.
 */
export const FRAME_EVENT = 'f';

const CONNECT = 0;
const DISCONNECT = 1;
const EVENT = 2;
const CONNECT_ERROR = 4;
const CONTROL_LIMIT = 400;

interface Packet {
  readonly type: number;
  readonly nsp: string;
  readonly data?: unknown;
}

export class FrameEncoder {
  encode(packet: Packet): (string | Uint8Array)[] {
    if (packet.type === EVENT) {
      const [event, bytes] = packet.data as [string, unknown];
      if (event !== FRAME_EVENT || !(bytes instanceof Uint8Array)) throw new TypeError('only frames travel');
      return [bytes];
    }
    const sid = (packet.data as { sid?: unknown } | undefined)?.sid;
    return [JSON.stringify({ type: packet.type, ...(typeof sid === 'string' ? { sid } : {}) })];
  }
}

export class FrameDecoder extends EventEmitter {
  /** Throws for what is neither a frame nor a control packet; socket.io closes the connection then. */
  add(message: unknown): void {
    const bytes = bytesOf(message);
    if (bytes) this.emit('decoded', { type: EVENT, nsp: '/', data: [FRAME_EVENT, bytes] } satisfies Packet);
    else this.emit('decoded', readControl(message));
  }

  destroy(): void {
    this.removeAllListeners();
  }

  /** The client's own emitter calls it so. */
  override off(event: string, listener: (...args: unknown[]) => void): this {
    return this.removeListener(event, listener);
  }
}

function bytesOf(message: unknown): Uint8Array | undefined {
  if (message instanceof Uint8Array) return message;
  return message instanceof ArrayBuffer ? new Uint8Array(message) : undefined;
}

function readControl(message: unknown): Packet {
  if (typeof message !== 'string' || message.length > CONTROL_LIMIT) throw new TypeError('not a control packet');
  const { type, sid } = JSON.parse(message) as { type?: unknown; sid?: unknown };
  if (type === CONNECT) return { type, nsp: '/', data: typeof sid === 'string' ? { sid } : undefined };
  if (type === DISCONNECT || type === CONNECT_ERROR) return { type, nsp: '/', data: type === CONNECT_ERROR ? { message: 'refused' } : undefined };
  throw new TypeError('not a control packet');
}

/** For the `parser` option of both sides. */
export const frameParser = { Encoder: FrameEncoder, Decoder: FrameDecoder };
