import { NodeWebSocket } from 'socket.io-client';

const NO_MASK = (mask: Buffer): void => void mask.fill(0);

/**
 * A WebSocket whose masks are zero, for connections over TLS.
 *
 * Masks keep a web page from choosing the bytes that a cache on the way sees. Here every byte is ciphertext inside TLS, so a mask protects nothing,
 * and masking and unmasking a million doubles costs more than sealing them.
 */
export class SealedWebSocket extends NodeWebSocket {
  override createSocket(uri: string, protocols: string | string[] | undefined, options: Record<string, unknown>): ReturnType<NodeWebSocket['createSocket']> {
    return super.createSocket(uri, protocols, { ...options, generateMask: NO_MASK });
  }
}
