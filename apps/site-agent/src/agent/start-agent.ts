import { createLogger, NestPinoLogger } from '@consilium/operations';
import { PRODUCT_VERSION, type ConsiliumError } from '@consilium/protocol';
import { systemClock } from '@consilium/secure-channel';
import type { ConnectorState } from '@consilium/transport';
import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';
import 'reflect-metadata';
import { lockFolder } from '../folder/folder-lock.js';
import { storageTrouble } from '../folder/storage-trouble.js';
import { openSite } from '../site.js';
import { AgentModule } from './agent.module.js';
import type { AgentRuntime, StartAgentOptions } from './agent-options.js';
import { ConnectionService } from './connection.service.js';

export interface RunningAgent {
  /** The site's name at the coordinating centre. */
  readonly site: string;
  readonly state: ConnectorState;
  /** Resolves when the agent has ended: with the reason where it ended by itself, because its disk failed. */
  readonly ended: Promise<ConsiliumError | undefined>;
  stop(): Promise<void>;
}

/**
 * Starts the agent of a site folder: it dials out, keeps the link up, and answers what its steward approved. One agent works in a folder
 * at a time (E312). Stopping waits for the computation at hand; a kill at any instant loses nothing either.
 */
export async function startAgent(root: string, options: StartAgentOptions = {}): Promise<RunningAgent> {
  const site = await openSite(root);
  const lock = await lockFolder(site.folder.lock);
  let tellEnd!: (reason: ConsiliumError | undefined) => void;
  const ended = new Promise<ConsiliumError | undefined>((resolve) => (tellEnd = resolve));
  let stopping: Promise<void> | undefined;
  const stop = (reason?: ConsiliumError): Promise<void> =>
    (stopping ??= application.close().finally(async () => {
      await lock.release();
      tellEnd(reason);
    }));
  const logger = createLogger({ name: 'site-agent', level: site.settings.logLevel, destination: options.logTo ?? join(site.folder.logs, 'agent.log') });
  const runtime: AgentRuntime = { ...options, clock: options.clock ?? systemClock, logger, onTrouble: (error) => setImmediate(() => void stop(error).catch((failure: unknown) => logger.error({ err: failure }, 'A part did not close.'))) };
  const application = await NestFactory.createApplicationContext(AgentModule.forSite(site, runtime), { logger: new NestPinoLogger(logger), abortOnError: false })
    .catch(async (error: unknown) => {
      await lock.release();
      throw storageTrouble(error, 'Nothing was started.') ?? error;
    });
  logger.info({ site: site.enrolment.site, version: PRODUCT_VERSION }, 'The agent has started.');
  const connection = application.get(ConnectionService);
  return {
    site: site.enrolment.site,
    get state() {
      return connection.state;
    },
    ended,
    stop: () => stop(),
  };
}
