import type { Server } from 'node:http';

/** How long a stranger may take to say what he wants, and how many may be on the line at once. */
export interface ServerLimits {
  /** Until the last header of a request has come. */
  readonly headersMilliseconds: number;
  /** How often connections are looked at; they live at most this much longer. */
  readonly checkMilliseconds: number;
  /** TCP connections at once, agents and browsers together; further ones are closed before a byte is read. */
  readonly connections: number;
}

export const SERVER_LIMITS: ServerLimits = { headersMilliseconds: 15_000, checkMilliseconds: 5_000, connections: 4_096 };

/** Options for the making of a server: how often it looks can be said nowhere else. */
export const checkingOptions = ({ checkMilliseconds }: ServerLimits): { connectionsCheckingInterval: number } => ({ connectionsCheckingInterval: checkMilliseconds });

/** Connections that send their headers a byte at a time end in time, and thousands of them take no places from agents that are in. */
export function limitServer(server: Server, { headersMilliseconds, connections }: ServerLimits = SERVER_LIMITS): void {
  server.headersTimeout = headersMilliseconds;
  server.maxConnections = connections;
}
