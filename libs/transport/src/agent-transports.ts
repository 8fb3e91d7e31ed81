import { NodeWebSocket, NodeXHR } from 'socket.io-client';
import { discardSent, type SendingSocket } from './discard-sent.js';
import { isReadable, type EnginePacket } from './first-packet.js';

const DAMAGED = 'the first packet is damaged';
const NO_MASK = (mask: Buffer): void => void mask.fill(0);

/** A WebSocket that hangs up on a damaged first packet. */
export class AgentWebSocket extends NodeWebSocket {
  protected override onPacket(packet: EnginePacket): void {
    if (isReadable(packet)) super.onPacket(packet as never);
    else this.onError(DAMAGED, undefined);
  }
}

/** Requests instead of a WebSocket, with the same care. */
export class AgentPolling extends NodeXHR {
  protected override onPacket(packet: EnginePacket): void {
    if (isReadable(packet)) super.onPacket(packet as never);
    else this.onError(DAMAGED, undefined);
  }
}

/**
 * A WebSocket whose masks are zero, for connections over TLS.
 *
 * Masks keep a web page from choosing the bytes that a cache on the way sees. Here every byte is ciphertext inside TLS, so a mask protects nothing,
 * and masking and unmasking a million doubles costs more than sealing them.
 */
export class SealedWebSocket extends AgentWebSocket {
  override createSocket(uri: string, protocols: string | string[] | undefined, options: Record<string, unknown>): ReturnType<NodeWebSocket['createSocket']> {
    const socket = super.createSocket(uri, protocols, { ...options, generateMask: NO_MASK }) as SendingSocket;
    discardSent(socket);
    return socket;
  }
}
