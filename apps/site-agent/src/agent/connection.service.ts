import { connectAgent, type AgentConnector, type ConnectorState } from '@consilium/transport';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { proxySettings } from '../enrolment/https-request.js';
import { AgentExchange } from '../exchange/agent-exchange.js';
import type { Site } from '../site.js';
import { isStopped } from './site-stop.js';
import type { AgentRuntime } from './agent-options.js';
import { AGENT_RUNTIME, SITE } from './tokens.js';

/** Keeps the link to the coordinator up: the agent dials out, and no other machine can reach it. */
@Injectable()
export class ConnectionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private connector: AgentConnector | undefined;
  private changed: number;

  constructor(
    @Inject(SITE) private readonly site: Site,
    @Inject(AGENT_RUNTIME) private readonly runtime: AgentRuntime,
    @Inject(AgentExchange) readonly exchange: AgentExchange,
  ) {
    this.changed = runtime.clock.now();
  }

  /** When the state became what it is, milliseconds since 1970. */
  get changedAt(): number {
    return this.changed;
  }

  get state(): ConnectorState {
    return this.connector?.state ?? { state: 'closed' };
  }

  onApplicationBootstrap(): void {
    if (!isStopped(this.site.folder)) this.dial();
  }

  /** Connects, where no connection is kept up. */
  dial(): void {
    if (this.connector) return;
    const { enrolment, identity, settings } = this.site;
    const { transport, ca } = settings.connection;
    const proxy = proxySettings(settings.connection);
    this.connector = connectAgent({
      url: enrolment.url,
      identity,
      coordinatorKey: enrolment.coordinatorKey,
      name: enrolment.site,
      transport,
      clock: this.runtime.clock,
      ...(enrolment.caDigest === null ? {} : { caDigest: enrolment.caDigest }),
      ...(ca === null ? {} : { ca: readFileSync(ca, 'utf8') }),
      ...(proxy ? { proxy } : {}),
      ...(this.runtime.limits ? { limits: this.runtime.limits } : {}),
      onEvent: ({ milliseconds }) => this.runtime.logger.warn({ milliseconds }, "The clocks of site and coordinator differ. Set this machine's clock by a time server."),
    });
    this.connector.onState((state) => this.tell(state));
    this.exchange.attach(this.connector);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.hangUp();
    await this.exchange.stop();
  }

  async hangUp(): Promise<void> {
    const { connector } = this;
    this.connector = undefined;
    await connector?.close();
  }

  private tell(state: ConnectorState): void {
    this.changed = this.runtime.clock.now();
    if (state.state === 'waiting' || state.state === 'refused') {
      this.runtime.logger.warn({ state: state.state, code: state.error.code, seconds: Math.round(state.milliseconds / 1000) }, state.error.message);
    } else this.runtime.logger.info({ state: state.state }, `The connection is ${state.state}.`);
    this.runtime.onState?.(state);
  }
}
