import type { AgentRuntime } from '../agent/agent-options.js';
import type { ConnectionService } from '../agent/connection.service.js';
import type { SiteRecords } from '../exchange/site-records.js';
import type { ExtractionBoard } from '../extraction/extraction-board.js';
import type { ExtractionPause } from '../extraction/extraction-pause.js';
import type { SiteExtraction } from '../extraction/site-extraction.js';
import type { PatientsDesk } from '../patients/patients-desk.js';
import type { SettingsDesk } from '../settings/settings-desk.js';
import type { Site } from '../site.js';
import type { ConsoleAccess } from './console-password.js';

/** What of the running agent the console shows and moves. */
export interface ConsoleSources {
  readonly site: Site;
  readonly records: SiteRecords;
  readonly connection: Pick<ConnectionService, 'state' | 'changedAt'>;
  readonly runtime: Pick<AgentRuntime, 'clock' | 'logger'>;
  readonly settings: SettingsDesk;
  readonly patients: PatientsDesk;
  readonly extraction: SiteExtraction;
  readonly board: ExtractionBoard;
  readonly rest: ExtractionPause;
}

export interface ConsoleParts extends ConsoleSources {
  readonly access: ConsoleAccess;
}

export const CONSOLE_SOURCES = Symbol('CONSOLE_SOURCES');
export const CONSOLE_PARTS = Symbol('CONSOLE_PARTS');
