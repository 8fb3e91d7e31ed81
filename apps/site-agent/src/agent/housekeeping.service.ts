import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { timestamp, type SiteRecords } from '../exchange/site-records.js';
import { storageTrouble } from '../folder/storage-trouble.js';
import { keyText } from '../outbox/outbox.js';
import type { Site } from '../site.js';
import { ConnectionService } from './connection.service.js';
import { markCarriedOut, stoppedOf } from './site-stop.js';
import type { AgentRuntime } from './agent-options.js';
import { AGENT_RUNTIME, SITE, SITE_RECORDS } from './tokens.js';

const LOOK_MILLISECONDS = 250;
const RETENTION_MILLISECONDS = 6 * 3_600_000;

/** What happens by the clock: telling the coordinator of decisions made on the command line, and letting go of old contributions. */
@Injectable()
export class HousekeepingService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly timers: NodeJS.Timeout[] = [];
  /** What is being done by the clock now. */
  private looking: Promise<void> | null = null;
  private releasing: Promise<void> | null = null;
  private halted = false;

  constructor(
    @Inject(SITE) private readonly site: Site,
    @Inject(SITE_RECORDS) private readonly records: SiteRecords,
    @Inject(AGENT_RUNTIME) private readonly runtime: AgentRuntime,
    @Inject(ConnectionService) private readonly connection: ConnectionService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // A stop that was carried out before this start has nothing left to be done but to be lifted, and that may be at once.
    this.halted = stoppedOf(this.site.folder)?.carriedOut === true;
    await this.releaseOld();
    this.timers.push(setInterval(() => this.look(), LOOK_MILLISECONDS), setInterval(() => this.release(), RETENTION_MILLISECONDS));
  }

  /** Nothing is written after the agent has stopped: what has begun is waited for. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all([this.looking, this.releasing]);
  }

  private look(): void {
    this.looking ??= this.obeyStop()
      .then(() => this.connection.exchange.tellDecisions())
      .then(() => this.connection.exchange.tellWithdrawals())
      .catch((error: unknown) => this.fail(error))
      .finally(() => void (this.looking = null));
  }

  private release(): void {
    this.releasing ??= this.releaseOld()
      .catch((error: unknown) => this.fail(error))
      .finally(() => void (this.releasing = null));
  }

  /** The mark of a stopped site appeared, or is gone. */
  private async obeyStop(): Promise<void> {
    const stopped = stoppedOf(this.site.folder);
    if (stopped && !this.halted) {
      this.halted = true;
      if (!stopped.carriedOut) await this.connection.exchange.stopForGood(stopped);
      await this.connection.hangUp();
      await markCarriedOut(this.site.folder, stopped);
      this.runtime.logger.warn({}, 'The site is stopped by its people. Nothing is sent until they resume it.');
    } else if (!stopped && this.halted) {
      this.halted = false;
      await this.connection.exchange.resumed();
      this.connection.dial();
      this.runtime.logger.info({}, 'The site is resumed.');
    }
  }

  private async releaseOld(): Promise<void> {
    const { keepDays } = this.site.settings;
    const released = await this.records.outbox.releaseOlderThan(keepDays);
    if (released.length === 0) return;
    await this.records.ledger.append({ event: 'purged', at: timestamp(this.records), keys: released.map(keyText), why: `kept for ${keepDays} days without being settled` });
    this.runtime.logger.info({ contributions: released.length }, 'Contributions older than the retention were let go.');
  }

  private fail(error: unknown): void {
    this.runtime.logger.error({ err: error }, 'Housekeeping met a fault.');
    const known = error instanceof ConsiliumError ? error : storageTrouble(error, 'Nothing was sent.');
    if (known?.definition === agentErrors.storageTrouble) this.runtime.onTrouble(known);
  }
}
