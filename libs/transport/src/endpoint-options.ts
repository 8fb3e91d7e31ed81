import type { Clock, Identity, SuiteName } from '@consilium/secure-channel';
import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Server as SocketServer } from 'socket.io';
import type { Link } from './link.js';

/** What an agent says of itself before it is admitted. Its possession of the key is already proven; the rest is only stated. */
export interface AgentHello {
  readonly name: string;
  readonly productVersion: string;
  readonly protocol: number;
  /** Remote address of the socket; that of the reverse proxy where there is one. */
  readonly address: string;
}

/**
 * The coordinator's answer to a proven key. `name` is the site's name in this study centre, whatever the agent calls itself.
 * unknown: never enrolled; waiting: enrolled, fingerprints not yet compared; revoked, suspended: as they say.
 */
export type Admission = { readonly verdict: 'admitted'; readonly name: string } | { readonly verdict: 'unknown' | 'waiting' | 'revoked' | 'suspended' };

export type EndpointEvent =
  | { readonly event: 'refused'; readonly code: string; readonly sentence: string; readonly address: string; readonly publicKey?: string }
  | { readonly event: 'clock-skew'; readonly name: string; readonly milliseconds: number }
  /** Two live programs hold one identity. Both links are closed; the key stays suspended until `release`, or for good if `admit` says so. */
  | { readonly event: 'parallel-sessions'; readonly publicKey: string; readonly name: string };

export interface EndpointLimits {
  /** Sockets at once, admitted or not. */
  readonly connections: number;
  /** Sockets that have not finished the handshake. */
  readonly handshakes: number;
  readonly handshakeMilliseconds: number;
  /** Messages a second of one connection, sustained and at once. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly bodyBytes: number;
  /** Long bodies over all links at once: assembled in memory, and on their way out. */
  readonly arrivals: number;
  readonly departures: number;
  /** A granted upload that delivers nothing for this long loses its link. */
  readonly stallMilliseconds: number;
  /** How long an older link has to answer before a new program with its key takes its place. */
  readonly probeMilliseconds: number;
  /** How long, and up to how many bytes, verified parts of broken-off bodies are kept. */
  readonly keepMilliseconds: number;
  readonly keepBytes: number;
}

export interface AgentEndpointOptions {
  /** The server to attach to, or a socket.io server made with `agentSocketOptions` (a Nest gateway's). */
  readonly server: HttpServer | HttpsServer | SocketServer;
  readonly identity: Identity;
  readonly clock?: Clock;
  readonly suites?: readonly SuiteName[];
  readonly limits?: Partial<EndpointLimits>;
  admit(publicKey: string, hello: AgentHello): Promise<Admission>;
  /** A link is up: set onMessage here or later. At most one link a public key is up at any time. */
  onLink(link: Link): void;
  onEvent?(event: EndpointEvent): void;
}

/** Where agents arrive. */
export interface AgentEndpoint {
  readonly links: readonly Link[];
  linkOf(publicKey: string): Link | undefined;
  /** Closes the live link of a key, for example when it was revoked; the agent is told which. */
  disconnect(publicKey: string, verdict: 'revoked' | 'suspended' | 'replaced'): void;
  /** Lifts the suspension that parallel sessions caused. */
  release(publicKey: string): void;
  close(): Promise<void>;
}
