import { channelErrors, ConsiliumError, errorCodes, type ErrorCode } from '@consilium/protocol';
import { CoordinatorHandshake, fingerprintOf, systemClock, WARNING_CLOCK_SKEW_MILLISECONDS, type ProvenAgent } from '@consilium/secure-channel';
import { performance } from 'node:perf_hooks';
import { Server as SocketServer, type Socket } from 'socket.io';
import { agentSocketOptions } from './agent-socket-options.js';
import { SOCKET_LIMIT_BYTES } from './chunking.js';
import { discardSent, type SendingSocket } from './discard-sent.js';
import type { Admission, AgentEndpoint, AgentEndpointOptions, EndpointLimits } from './endpoint-options.js';
import { FRAME_EVENT } from './frame-parser.js';
import { KeptBodies } from './kept-bodies.js';
import { FRAME, jsonFrame } from './link-frames.js';
import type { Link, Peer } from './link.js';
import { RateLimit } from './rate-limit.js';
import { SealedLink } from './sealed-link.js';
import { Slots } from './slots.js';
import { socketWire, type Wire } from './wire.js';

export const ENDPOINT_LIMITS: EndpointLimits = {
  connections: 1000,
  handshakes: 100,
  handshakeMilliseconds: 10_000,
  messagesPerSecond: 1000,
  messageBurst: 5000,
  bodyBytes: 2 ** 30,
  arrivals: 4,
  departures: 16,
  stallMilliseconds: 120_000,
  probeMilliseconds: 5000,
  keepMilliseconds: 600_000,
  keepBytes: 2 ** 28,
};

const VERDICT_CODES = {
  unknown: channelErrors.unknownKey,
  waiting: channelErrors.awaitingAdmission,
  revoked: channelErrors.keyRevoked,
  suspended: channelErrors.parallelSessions,
  replaced: channelErrors.linkReplaced,
} as const;

interface LiveLink {
  readonly link: SealedLink;
  readonly instance: string;
}

/** Lets agents in: handshake, admission by the coordinator's records, one link a key. */
export function createAgentEndpoint(options: AgentEndpointOptions): AgentEndpoint {
  return new SocketAgentEndpoint(options);
}

class SocketAgentEndpoint implements AgentEndpoint {
  readonly #options: AgentEndpointOptions;
  readonly #limits: EndpointLimits;
  readonly #io: SocketServer;
  readonly #ownsServer: boolean;
  readonly #live = new Map<string, LiveLink>();
  readonly #suspended = new Set<string>();
  readonly #arrivals: Slots;
  readonly #departures: Slots;
  readonly #kept: KeptBodies;
  readonly #onConnection = (socket: Socket): void => this.#welcomeSocket(socket);
  /** Counts what may make an admission stale that is just being decided. */
  #revision = 0;
  #connections = 0;
  #handshakes = 0;

  constructor(options: AgentEndpointOptions) {
    this.#options = options;
    this.#limits = { ...ENDPOINT_LIMITS, ...options.limits };
    this.#arrivals = new Slots(this.#limits.arrivals);
    this.#departures = new Slots(this.#limits.departures);
    this.#kept = new KeptBodies(this.#limits.keepMilliseconds, this.#limits.keepBytes);
    this.#ownsServer = !(options.server instanceof SocketServer);
    this.#io = options.server instanceof SocketServer ? options.server : new SocketServer(options.server, agentSocketOptions({ connections: this.#limits.connections, taken: () => this.#io.engine.clientsCount }));
    this.#io.engine.on('connection', prepareTransport);
    this.#io.on('connection', this.#onConnection);
  }

  get links(): readonly Link[] {
    return [...this.#live.values()].map(({ link }) => link);
  }

  linkOf(publicKey: string): Link | undefined {
    return this.#live.get(publicKey)?.link;
  }

  disconnect(publicKey: string, verdict: 'revoked' | 'suspended' | 'replaced'): void {
    this.#revision++;
    this.#live.get(publicKey)?.link.close({ code: VERDICT_CODES[verdict] });
  }

  release(publicKey: string): void {
    this.#suspended.delete(publicKey);
  }

  async close(): Promise<void> {
    this.#io.off('connection', this.#onConnection);
    this.#io.engine.off('connection', prepareTransport);
    for (const { link } of [...this.#live.values()]) link.close({ code: channelErrors.coordinatorStops });
    this.#kept.clear();
    if (!this.#ownsServer) return;
    // Only the sockets: the HTTP server belongs to the caller.
    this.#io.disconnectSockets(true);
    this.#io.engine.close();
  }

  #welcomeSocket(socket: Socket): void {
    const wire = socketWire(socket, FRAME_EVENT);
    const address = socket.handshake.address;
    this.#connections++;
    wire.onClosed(() => this.#connections--);
    if (this.#connections > this.#limits.connections || this.#handshakes >= this.#limits.handshakes) {
      this.#refused(channelErrors.tooManyConnections, { address });
      wire.close();
      return;
    }
    this.#handshakes++;
    let isOver = false;
    const over = (): void => {
      if (!isOver) this.#handshakes--;
      isOver = true;
      clearTimeout(timer);
    };
    const timer = setTimeout(() => {
      this.#refused(channelErrors.handshakeTimeout, { address });
      over();
      wire.close();
    }, this.#limits.handshakeMilliseconds);
    wire.onClosed(over);
    this.#shakeHands(wire, address, over);
  }

  #shakeHands(wire: Wire, address: string, over: () => void): void {
    const { identity, suites, clock = systemClock } = this.#options;
    const handshake = new CoordinatorHandshake({ identity, clock, ...(suites ? { suites } : {}) });
    const refuse = (error: unknown): void => {
      over();
      wire.onFrame(() => undefined);
      const known = error instanceof ConsiliumError ? error : new ConsiliumError(channelErrors.malformedHandshake);
      this.#refused(known.definition, { address, sentence: known.message });
      wire.close();
    };
    wire.onFrame((offer) => {
      const reply = handshake.reply(offer);
      wire.send(reply.bytes);
      if (reply.refusal) return refuse(reply.refusal);
      wire.onFrame((proof) => {
        wire.onFrame(() => refuse(new ConsiliumError(channelErrors.malformedHandshake)));
        try {
          this.#admit(proveOrRefuse(handshake, proof), wire, address).then(over, refuse);
        } catch (error) {
          refuse(error);
        }
      });
    });
  }

  async #admit(agent: ProvenAgent, wire: Wire, address: string): Promise<void> {
    const { session, name, instance } = agent;
    const publicKey = session.peerKey;
    const hello = { name, productVersion: session.peerProductVersion, protocol: session.protocol, address };
    let admission: Admission;
    let revision: number;
    do {
      revision = this.#revision;
      if (await this.#isSecondProgram(publicKey, instance)) return this.#suspend(this.#createLink(agent, wire, name));
      admission = this.#suspended.has(publicKey) ? { verdict: 'suspended' } : await this.#options.admit(publicKey, hello);
      // Another socket of the key, or a revocation, may have come while the records were read.
    } while (this.#live.has(publicKey) || revision !== this.#revision);
    if (admission.verdict === 'admitted') return this.#linkUp(this.#createLink(agent, wire, admission.name), instance);
    const code = VERDICT_CODES[admission.verdict];
    this.#createLink(agent, wire, name).close({ code });
    this.#refused(code, { address, publicKey });
  }

  #linkUp(link: SealedLink, instance: string): void {
    if (link.closed) return;
    const { publicKey, name, clockSkewMilliseconds: milliseconds } = link.peer;
    this.#live.set(publicKey, { link, instance });
    link.onClose(() => {
      if (this.#live.get(publicKey)?.link === link) this.#live.delete(publicKey);
    });
    link.sendFrame(FRAME.welcome, [jsonFrame({ name })]);
    if (Math.abs(milliseconds) > WARNING_CLOCK_SKEW_MILLISECONDS) this.#options.onEvent?.({ event: 'clock-skew', name, milliseconds });
    this.#options.onLink(link);
  }

  #createLink({ session }: ProvenAgent, wire: Wire, name: string): SealedLink {
    const peer: Peer = {
      name,
      publicKey: session.peerKey,
      fingerprint: fingerprintOf(session.peerKey),
      productVersion: session.peerProductVersion,
      protocol: session.protocol,
      clockSkewMilliseconds: session.clockSkewMilliseconds,
    };
    const { bodyBytes, stallMilliseconds, messagesPerSecond, messageBurst } = this.#limits;
    const rate = new RateLimit(messagesPerSecond, messageBurst, performance.now());
    return new SealedLink({ wire, session, peer, arrivals: this.#arrivals, departures: this.#departures, kept: this.#kept, bodyBytes, stallMilliseconds, rate });
  }

  /** The same program that comes back replaces its old link; another one with the same key does not, while the first still answers. */
  async #isSecondProgram(publicKey: string, instance: string): Promise<boolean> {
    const before = this.#live.get(publicKey);
    if (!before) return false;
    const isSecond = before.instance !== instance && (await before.link.probe(this.#limits.probeMilliseconds));
    if (!isSecond) before.link.close({ code: channelErrors.linkReplaced });
    return isSecond;
  }

  #suspend(second: SealedLink): void {
    const { publicKey } = second.peer;
    this.#suspended.add(publicKey);
    const sentence = 'Two programs used the same key at once. Both were disconnected, and the key is suspended until the coordinating centre releases it.';
    for (const link of [second, this.#live.get(publicKey)?.link]) link?.close({ code: channelErrors.parallelSessions, sentence });
    this.#options.onEvent?.({ event: 'parallel-sessions', publicKey, name: second.peer.name });
  }

  #refused(code: ErrorCode, { address, sentence = code.title, publicKey }: { address: string; sentence?: string; publicKey?: string }): void {
    this.#options.onEvent?.({ event: 'refused', code: code.code, sentence, address, ...(publicKey ? { publicKey } : {}) });
  }
}

/** An agent that will not go on sends the code of its refusal instead of a proof, so that both ends can say why. */
function proveOrRefuse(handshake: CoordinatorHandshake, proof: Uint8Array): ProvenAgent {
  const told = proof.length === 4 ? Buffer.from(proof).toString('latin1') : undefined;
  const code = errorCodes.find((each) => each.code === told);
  if (code) throw new ConsiliumError(code, `The agent refused this coordinator: ${code.title}.`);
  return handshake.prove(proof);
}

/** engine.io's client fills a poll up to the limit but takes base64 for 1.33 times the bytes; it is a little more. */
function prepareTransport({ transport }: { transport: { name: string; maxHttpBufferSize?: number; socket?: SendingSocket } }): void {
  if (transport.name === 'polling') transport.maxHttpBufferSize = Math.ceil(SOCKET_LIMIT_BYTES * 1.01);
  else if (transport.socket) discardSent(transport.socket);
}
