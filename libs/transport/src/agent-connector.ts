import { channelErrors, ConsiliumError } from '@consilium/protocol';
import { AgentHandshake, fingerprintOf, systemClock, WARNING_CLOCK_SKEW_MILLISECONDS, type Session } from '@consilium/secure-channel';
import { randomBytes, randomInt } from 'node:crypto';
import type { Agent } from 'node:https';
import { io, type Socket } from 'socket.io-client';
import type { AgentConnector, AgentLimits, AgentOptions, ConnectorState } from './agent-options.js';
import { AGENT_PATH } from './agent-socket-options.js';
import { AgentPolling, AgentWebSocket, SealedWebSocket } from './agent-transports.js';
import { connectionProblem, mayBlockWebSockets } from './connection-problem.js';
import { FRAME_EVENT, frameParser } from './frame-parser.js';
import { KeptBodies } from './kept-bodies.js';
import type { Link, Peer } from './link.js';
import { fetchPinnedAuthority } from './pinned-authority.js';
import { isLoopback } from './proxy.js';
import { SealedLink } from './sealed-link.js';
import { Slots } from './slots.js';
import { tunnelFor } from './tunnel.js';
import { socketWire, type Wire } from './wire.js';

export const AGENT_LIMITS: AgentLimits = {
  firstDelayMilliseconds: 500,
  longestDelayMilliseconds: 60_000,
  refusedDelayMilliseconds: 300_000,
  admissionDelayMilliseconds: 10_000,
  connectMilliseconds: 20_000,
  bodyBytes: 2 ** 30,
  arrivals: 4,
  departures: 4,
  stallMilliseconds: 600_000,
  keepMilliseconds: 600_000,
  keepBytes: 2 ** 28,
};

const LINGER_MILLISECONDS = 500;

/** Starts connecting at once and keeps one link up until closed. Throws only for an address without TLS that is not this machine's. */
export function connectAgent(options: AgentOptions): AgentConnector {
  return new SocketAgentConnector(options);
}

class SocketAgentConnector implements AgentConnector {
  readonly #options: AgentOptions;
  readonly #limits: AgentLimits;
  readonly #url: URL;
  readonly #instance = randomBytes(16).toString('base64');
  readonly #arrivals: Slots;
  readonly #departures: Slots;
  readonly #kept: KeptBodies;
  readonly #linkHandlers: ((link: Link) => void)[] = [];
  readonly #stateHandlers: ((state: ConnectorState) => void)[] = [];
  readonly #ending = new AbortController();
  readonly #done: Promise<void>;
  #transport: 'websocket' | 'polling';
  #pinned: string | undefined;
  #link: SealedLink | undefined;
  #state: ConnectorState = { state: 'connecting', attempt: 1 };

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#limits = { ...AGENT_LIMITS, ...options.limits };
    this.#url = new URL(options.url);
    if (this.#url.protocol !== 'https:' && !(this.#url.protocol === 'http:' && isLoopback(this.#url.hostname))) {
      throw new ConsiliumError(channelErrors.plainConnection);
    }
    this.#transport = options.transport === 'polling' ? 'polling' : 'websocket';
    this.#arrivals = new Slots(this.#limits.arrivals);
    this.#departures = new Slots(this.#limits.departures);
    this.#kept = new KeptBodies(this.#limits.keepMilliseconds, this.#limits.keepBytes);
    this.#done = this.#run();
  }

  get link(): Link | undefined {
    return this.#link;
  }

  get state(): ConnectorState {
    return this.#state;
  }

  onLink(handler: (link: Link) => void): void {
    this.#linkHandlers.push(handler);
    if (this.#link) handler(this.#link);
  }

  onState(handler: (state: ConnectorState) => void): void {
    this.#stateHandlers.push(handler);
  }

  async close(): Promise<void> {
    this.#ending.abort();
    this.#link?.close();
    await this.#done;
  }

  async #run(): Promise<void> {
    for (let attempt = 1; !this.#ending.signal.aborted; attempt++) {
      this.#tell({ state: 'connecting', attempt });
      try {
        const link = await this.#connect();
        attempt = 0;
        await this.#serve(link);
      } catch (error) {
        if (!this.#ending.signal.aborted) await this.#wait(error, attempt);
      }
    }
    this.#kept.clear();
    this.#tell({ state: 'closed' });
  }

  /** Ends, or throws why, when the link is gone. */
  #serve(link: SealedLink): Promise<void> {
    if (this.#ending.signal.aborted) {
      // Closed by its owner between the welcome and here.
      link.close();
      return Promise.resolve();
    }
    this.#link = link;
    this.#tell({ state: 'connected' });
    for (const handler of this.#linkHandlers) handler(link);
    return new Promise((_, reject) =>
      link.onClose((reason) => {
        this.#link = undefined;
        reject(new ConsiliumError(reason.code ?? channelErrors.unreachable, reason.sentence));
      }),
    );
  }

  async #wait(error: unknown, attempt: number): Promise<void> {
    const problem = connectionProblem(error);
    const milliseconds = this.#delayAfter(problem, attempt);
    this.#tell({ state: isRefusal(problem) ? 'refused' : 'waiting', milliseconds, error: problem });
    await pause(milliseconds, this.#ending.signal);
  }

  /** Doubling, with half of it by chance, so that agents do not come back in step after the coordinator was away. */
  #delayAfter(problem: ConsiliumError, attempt: number): number {
    const { firstDelayMilliseconds: first, longestDelayMilliseconds: longest, refusedDelayMilliseconds, admissionDelayMilliseconds } = this.#limits;
    if (problem.definition === channelErrors.awaitingAdmission) return admissionDelayMilliseconds;
    if (isRefusal(problem)) return refusedDelayMilliseconds;
    const delay = Math.min(longest, first * 2 ** Math.min(Math.max(attempt - 1, 0), 20));
    return Math.round(delay / 2 + (delay / 2) * (randomInt(1000) / 1000));
  }

  #tell(state: ConnectorState): void {
    this.#state = state;
    for (const handler of this.#stateHandlers) handler(state);
  }

  async #connect(): Promise<SealedLink> {
    const agent = tunnelFor(this.#url, this.#options.proxy);
    const ca = await this.#inTime(this.#trusted(agent));
    const socket = io(this.#url.origin, {
      path: AGENT_PATH,
      parser: frameParser,
      forceNew: true,
      reconnection: false,
      transports: [this.#transport === 'polling' ? AgentPolling : this.#url.protocol === 'https:' ? SealedWebSocket : AgentWebSocket],
      upgrade: false,
      timeout: this.#limits.connectMilliseconds,
      ...(agent ? { agent: agent as never } : {}),
      ...(ca ? { ca } : {}),
    });
    try {
      return await this.#inTime(this.#shakeHands(socket));
    } catch (error) {
      // A refusal hangs up by itself, after it was told.
      if (!isRefusal(connectionProblem(error))) socket.disconnect();
      this.#reconsiderTransport(error);
      throw error;
    }
  }

  #reconsiderTransport(error: unknown): void {
    if ((this.#options.transport ?? 'automatic') !== 'automatic') return;
    if (this.#transport === 'polling') this.#transport = 'websocket';
    else if (mayBlockWebSockets(error)) this.#transport = 'polling';
  }

  /** What certificates must be signed by; undefined for the authorities that come with Node. */
  async #trusted(agent: Agent | undefined): Promise<string[] | undefined> {
    const { ca, caDigest } = this.#options;
    const configured = ca === undefined ? [] : typeof ca === 'string' ? [ca] : [...ca];
    if (caDigest && this.#url.protocol === 'https:') {
      try {
        const request = { url: this.#url, digest: caDigest, timeoutMilliseconds: this.#limits.connectMilliseconds };
        this.#pinned ??= await fetchPinnedAuthority(agent ? { ...request, agent } : request);
        configured.push(this.#pinned);
      } catch (error) {
        // Behind an inspecting proxy only the hospital's own authority is seen; the sealed channel inside does not depend on either.
        if (configured.length === 0 || connectionProblem(error).definition !== channelErrors.certificateRefused) throw error;
      }
    }
    return configured.length > 0 ? configured : undefined;
  }

  /** Fails when the work takes too long or the connector is closed. */
  async #inTime<T>(work: Promise<T>): Promise<T> {
    const signal = this.#ending.signal;
    let abandon = (): void => undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })), this.#limits.connectMilliseconds);
      abandon = () => reject(new ConsiliumError(channelErrors.linkClosed));
      signal.addEventListener('abort', abandon);
      if (signal.aborted) abandon();
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abandon);
    }
  }

  #shakeHands(socket: Socket): Promise<SealedLink> {
    const { identity, name, coordinatorKey, suites, clock = systemClock } = this.#options;
    const wire = socketWire(socket, FRAME_EVENT, LINGER_MILLISECONDS);
    const handshake = new AgentHandshake({ identity, name, coordinatorKey, instance: this.#instance, clock, ...(suites ? { suites } : {}) });
    return new Promise((resolve, reject) => {
      wire.onClosed(() => reject(new ConsiliumError(channelErrors.unreachable, 'The coordinator hung up during the handshake.')));
      socket.on('connect_error', reject);
      socket.on('connect', () => wire.send(handshake.offer()));
      wire.onFrame((reply) => {
        try {
          wire.send(handshake.answer(reply));
          const link = this.#createLink(wire, handshake.session(), () => resolve(link));
          link.onClose((reason) => reject(new ConsiliumError(reason.code ?? channelErrors.unreachable, reason.sentence)));
        } catch (error) {
          if (error instanceof ConsiliumError) wire.send(Buffer.from(error.code, 'latin1'));
          wire.close();
          reject(connectionProblem(error));
        }
      });
    });
  }

  #createLink(wire: Wire, session: Session, onWelcome: () => void): SealedLink {
    const { peerKey, peerProductVersion, protocol, clockSkewMilliseconds } = session;
    const fingerprint = fingerprintOf(peerKey);
    const peer: Peer = { name: 'coordinator', publicKey: peerKey, fingerprint, productVersion: peerProductVersion, protocol, clockSkewMilliseconds };
    if (Math.abs(clockSkewMilliseconds) > WARNING_CLOCK_SKEW_MILLISECONDS) this.#options.onEvent?.({ event: 'clock-skew', milliseconds: clockSkewMilliseconds });
    const { bodyBytes, stallMilliseconds } = this.#limits;
    return new SealedLink({ wire, session, peer, arrivals: this.#arrivals, departures: this.#departures, kept: this.#kept, bodyBytes, stallMilliseconds, onWelcome });
  }
}

const REFUSALS: ReadonlySet<string> = new Set(
  [
    channelErrors.wrongKey,
    channelErrors.unknownKey,
    channelErrors.keyRevoked,
    channelErrors.awaitingAdmission,
    channelErrors.parallelSessions,
    channelErrors.olderProtocol,
    channelErrors.newerProtocol,
    channelErrors.clockSkew,
    channelErrors.transcriptMismatch,
    channelErrors.noCommonSuite,
    channelErrors.suiteDowngrade,
    channelErrors.weakKey,
    channelErrors.malformedHandshake,
  ].map((definition) => definition.code),
);

const isRefusal = (problem: ConsiliumError): boolean => REFUSALS.has(problem.code);

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
