import type { AgentRuntime } from '../agent/agent-options.js';
import type { ConnectionService } from '../agent/connection.service.js';
import type { SiteRecords } from '../exchange/site-records.js';
import type { Site } from '../site.js';
import type { ConsoleAccess } from './console-password.js';

/** What of the running agent the console shows and moves. */
export interface ConsoleParts {
  readonly access: ConsoleAccess;
  readonly site: Site;
  readonly records: SiteRecords;
  readonly connection: Pick<ConnectionService, 'state' | 'changedAt'>;
  readonly runtime: Pick<AgentRuntime, 'clock' | 'logger'>;
}

export const CONSOLE_PARTS = Symbol('CONSOLE_PARTS');
