import type { Fingerprint } from '@consilium/secure-channel';
import type { ErrorCode } from '@consilium/protocol';
import type { PreparedBody } from './prepared-body.js';

/** The authenticated party at the other end. */
export interface Peer {
  /** A site's admitted name at the coordinator; 'coordinator' at an agent. */
  readonly name: string;
  /** Ed25519 public key, 64 lower-case hexadecimal characters. */
  readonly publicKey: string;
  readonly fingerprint: Fingerprint;
  /** The program version the peer states in its handshake. */
  readonly productVersion: string;
  /** The protocol version both speak on this link. */
  readonly protocol: number;
  /** The peer's clock minus ours, as measured in the handshake. A warning is due above 30 seconds; above 5 minutes there is no link. */
  readonly clockSkewMilliseconds: number;
}

/** Why a link ended. `code` is absent when somebody simply hung up or the network went away. */
export interface ChannelClose {
  readonly code?: ErrorCode;
  /** One plain sentence, the same at both ends where the peer could still be told. */
  readonly sentence: string;
  readonly by: 'us' | 'peer' | 'network';
  /** What was thrown here, for the local log only; never sent. */
  readonly cause?: unknown;
}

/** What a message carries: nothing, bytes, pieces one after another, or a body prepared once for many links. */
export type Body = Uint8Array | readonly Uint8Array[] | PreparedBody;

/** A message in: the parsed JSON head, unchecked (parse it with its schema), and the body, empty where none was sent. */
export type MessageHandler = (head: unknown, body: Uint8Array) => void | Promise<void>;

/**
 * An authenticated, sealed, ordered connection between an agent and the coordinator.
 *
 * Messages of up to a chunk (1 MiB with their head) arrive in the order sent. A longer body travels in chunks between which other messages pass,
 * so a short message sent after a long one may arrive before it. A message is handed over whole, once, or not at all: what was not handed over
 * when the link closed is sent again by the layer above, and a long body sent again continues where its last verified chunk ended.
 */
export interface Link {
  readonly peer: Peer;
  readonly closed: boolean;
  /**
   * Resolves when the last byte is handed to the socket, which is no promise of arrival. Rejects with a ConsiliumError when the link is closed or
   * the head or body is too long. The body's bytes must not change until then.
   */
  send(head: object, body?: Body): Promise<void>;
  /** One handler; messages that came before it is set wait for it. A body's place in memory is free for the next upload when the promise resolves. */
  onMessage(handler: MessageHandler): void;
  /** Called once, at once if the link is already closed. Several handlers may be set. */
  onClose(handler: (reason: ChannelClose) => void): void;
  /** Tells the peer code and sentence where there is one, then hangs up. */
  close(reason?: { readonly code?: ErrorCode; readonly sentence?: string }): void;
}
