import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { In, type DataSource } from 'typeorm';
import { channelErrors, type ErrorCode } from '@consilium/protocol';
import type { Identity } from '@consilium/secure-channel';
import { createAgentEndpoint, type Admission, type AgentEndpoint, type EndpointEvent } from '@consilium/transport';
import type { AuditRecord } from '../audit/audit-record.js';
import type { Log } from '../log.js';
import { KeySuccession } from '../sites/key-succession.entity.js';
import { Site } from '../sites/site.entity.js';
import type { AgentDesk } from './agent-desk.js';
import type { AgentSessions } from './agent-sessions.js';

export interface GatewayParts {
  readonly database: DataSource;
  readonly identity: Identity;
  readonly sessions: AgentSessions;
  readonly desk: AgentDesk;
  readonly audit: AuditRecord;
  readonly logger: Log;
}

const CHECK_MILLISECONDS = 2_000;

/** A link that ended so was disturbed on its way, or by a peer that keeps to no rules: one line in the log, and the agent comes back by itself. */
const SIGNS_OF_TAMPERING: ReadonlySet<ErrorCode> = new Set([
  channelErrors.frameReplayed,
  channelErrors.frameMissing,
  channelErrors.frameAltered,
  channelErrors.frameTruncated,
  channelErrors.frameReflected,
  channelErrors.malformedMessage,
  channelErrors.messageTooLong,
  channelErrors.tooManyMessages,
  channelErrors.bodyMismatch,
]);

/** Where agents arrive: lets admitted keys in, hands their messages to the desk, and shows revoked ones out. */
export class AgentsGateway {
  private endpoint: AgentEndpoint | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: GatewayParts) {}

  start(server: Server | SecureServer): void {
    const { identity, sessions, desk } = this.parts;
    this.endpoint = createAgentEndpoint({
      server,
      identity,
      admit: (publicKey) => this.admit(publicKey),
      onLink: (link) => {
        link.onClose((reason) => {
          sessions.remove(link);
          if (reason.code && SIGNS_OF_TAMPERING.has(reason.code)) this.parts.logger.warn({ site: link.peer.name, code: reason.code.code }, reason.sentence);
          void desk.left(link);
        });
        link.onMessage((head, body) => desk.receive(link, head, body));
      },
      onEvent: (event) => this.record(event),
    });
    this.timer = setInterval(() => void this.showOut(), CHECK_MILLISECONDS);
    this.timer.unref();
  }

  hangUp(publicKey: string): void {
    this.endpoint?.disconnect(publicKey, 'revoked');
  }

  /** Lets a key in again that was suspended because two programs used it at once. */
  release(publicKey: string): void {
    this.endpoint?.release(publicKey);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.endpoint?.close();
  }

  private async admit(publicKey: string): Promise<Admission> {
    const site = await this.parts.database.getRepository(Site).findOneBy({ publicKey });
    if (!site) return { verdict: (await this.parts.database.getRepository(KeySuccession).existsBy({ oldKey: publicKey })) ? 'revoked' : 'unknown' };
    return site.state === 'admitted' ? { verdict: 'admitted', name: site.name } : { verdict: site.state };
  }

  /** Another process may have revoked a site whose link is here. */
  private async showOut(): Promise<void> {
    const live = this.parts.sessions.entries();
    if (live.length === 0) return;
    try {
      const admitted = await this.parts.database
        .getRepository(Site)
        .find({ select: { name: true, publicKey: true }, where: { name: In(live.map(([name]) => name)), state: 'admitted' } });
      for (const [name, link] of live) {
        if (!admitted.some((site) => site.name === name && site.publicKey === link.peer.publicKey)) this.hangUp(link.peer.publicKey);
      }
    } catch (error) {
      this.parts.logger.warn(
        { error: error instanceof Error ? error.message : 'unknown' },
        'revocations could not be read; tried again in two seconds',
      );
    }
  }

  private record(event: EndpointEvent): void {
    const { logger, audit } = this.parts;
    if (event.event === 'refused') logger.warn({ code: event.code, address: event.address }, event.sentence);
    if (event.event === 'clock-skew') logger.warn({ site: event.name, milliseconds: event.milliseconds }, 'the clock of a site differs from ours');
    if (event.event !== 'parallel-sessions') return;
    audit
      .addAlone({
        actor: 'coordinator',
        action: 'parallel sessions',
        subject: event.name,
        detail: { measure: 'both links were closed and the key is suspended' },
      })
      .catch((error: unknown) => logger.error({ err: error }, 'an event could not be audited'));
  }
}
