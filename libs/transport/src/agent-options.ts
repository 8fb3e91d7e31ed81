import type { ConsiliumError } from '@consilium/protocol';
import type { Clock, Identity, SuiteName } from '@consilium/secure-channel';
import type { Link } from './link.js';

export interface AgentOptions {
  /** https://host[:port]; http only to a loopback address. */
  readonly url: string;
  readonly identity: Identity;
  /** The coordinator's public key from the invite, hexadecimal. No other is accepted. */
  readonly coordinatorKey: string;
  /** What the agent calls itself; the coordinator's name for the site counts. */
  readonly name: string;
  /** PEM certificates to trust instead of the system's, and the sha256 (hexadecimal) of a private CA's certificate that the server presents. */
  readonly ca?: string | readonly string[];
  readonly caDigest?: string;
  readonly proxy?: ProxySettings;
  /** 'automatic': WebSocket, and long polling when something between blocks it. */
  readonly transport?: 'automatic' | 'websocket' | 'polling';
  readonly suites?: readonly SuiteName[];
  readonly clock?: Clock;
  readonly limits?: Partial<AgentLimits>;
  /** Told for the local log only. */
  onEvent?(event: { readonly event: 'clock-skew'; readonly milliseconds: number }): void;
}

export interface AgentLimits {
  readonly firstDelayMilliseconds: number;
  readonly longestDelayMilliseconds: number;
  /** Between attempts after the coordinator said no (revoked, unknown, older protocol …): it may change its mind. */
  readonly refusedDelayMilliseconds: number;
  /** Between attempts while the coordinating centre has not yet compared fingerprints. */
  readonly admissionDelayMilliseconds: number;
  readonly connectMilliseconds: number;
  readonly bodyBytes: number;
  readonly arrivals: number;
  readonly departures: number;
  readonly stallMilliseconds: number;
  readonly keepMilliseconds: number;
  readonly keepBytes: number;
}

/** As in the usual environment variables; the caller reads them. */
export interface ProxySettings {
  /** http(s)://[user:password@]host:port of a CONNECT proxy. */
  readonly url: string;
  /** Hosts that are reached directly: names, .suffixes, host:port, addresses, '*'; commas between. */
  readonly noProxy?: string;
}

export type ConnectorState =
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'connected' }
  /** The network or the coordinator is away; tried again by itself. */
  | { readonly state: 'waiting'; readonly milliseconds: number; readonly error: ConsiliumError }
  /** One side said no, for the reason in `error`. Tried again by itself, seldom. */
  | { readonly state: 'refused'; readonly milliseconds: number; readonly error: ConsiliumError }
  | { readonly state: 'closed' };

/** Keeps one link to the coordinator up until closed. */
export interface AgentConnector {
  readonly link: Link | undefined;
  readonly state: ConnectorState;
  /** Called for each new link, at once for the present one. */
  onLink(handler: (link: Link) => void): void;
  onState(handler: (state: ConnectorState) => void): void;
  close(): Promise<void>;
}
