import type { ServerOptions } from 'socket.io';
import { SOCKET_LIMIT_BYTES } from './chunking.js';
import { frameParser } from './frame-parser.js';

export const AGENT_PATH = '/agents';

/** A new connection is answered with this many others and no more. */
export interface SocketPlaces {
  readonly connections: number;
  /** How many there are now. */
  taken(): number;
}

/**
 * The options of a socket.io server for agents: for `new Server`, or for the decorator of a Nest gateway, whose server is then given to createAgentEndpoint.
 * Agents are programs: a request with an Origin comes from a web page and is refused.
 * Where `places` are given, a connection beyond them is refused before there is a socket.
 */
export function agentSocketOptions(places?: SocketPlaces): Partial<ServerOptions> {
  return {
    path: AGENT_PATH,
    parser: frameParser,
    serveClient: false,
    transports: ['websocket', 'polling'],
    allowUpgrades: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: SOCKET_LIMIT_BYTES,
    // Below the minute after which proxies drop a silent connection.
    pingInterval: 20_000,
    pingTimeout: 20_000,
    connectTimeout: 10_000,
    allowRequest: (request, decide) => decide(null, request.headers.origin === undefined && (places === undefined || places.taken() < places.connections)),
  };
}
