import { Module, type DynamicModule } from '@nestjs/common';
import { CohortReader } from '../data/cohort.js';
import { AgentExchange } from '../exchange/agent-exchange.js';
import type { SiteRecords } from '../exchange/site-records.js';
import { AdaptiveExecutor } from '../execution/adaptive-executor.js';
import { InlineExecutor } from '../execution/inline-executor.js';
import type { StepExecutor } from '../execution/step-call.js';
import { WorkerExecutor } from '../execution/worker-executor.js';
import type { Site } from '../site.js';
import type { AgentRuntime } from './agent-options.js';
import { ConnectionService } from './connection.service.js';
import { HousekeepingService } from './housekeeping.service.js';
import { openRecords } from './open-records.js';
import { StorageService } from './storage.service.js';
import { AGENT_RUNTIME, SITE, SITE_RECORDS, STEP_EXECUTOR } from './tokens.js';

/** One site's agent. Headless: no port, no route, no user interface. */
@Module({})
export class AgentModule {
  static forSite(site: Site, runtime: AgentRuntime): DynamicModule {
    return {
      module: AgentModule,
      providers: [
        { provide: SITE, useValue: site },
        { provide: AGENT_RUNTIME, useValue: runtime },
        { provide: SITE_RECORDS, useFactory: () => openRecords(site, runtime.clock) },
        { provide: STEP_EXECUTOR, useFactory: (records: SiteRecords) => makeExecutor(site, runtime, records), inject: [SITE_RECORDS] },
        {
          provide: AgentExchange,
          useFactory: (records: SiteRecords, executor: StepExecutor) =>
            new AgentExchange({ records, executor, settings: site.settings, enrolment: site.enrolment, log: runtime.logger, onTrouble: runtime.onTrouble }),
          inject: [SITE_RECORDS, STEP_EXECUTOR],
        },
        ConnectionService,
        HousekeepingService,
        StorageService,
      ],
    };
  }
}

function makeExecutor({ folder, settings: { tables } }: Site, { compute = 'adaptive', findStep }: AgentRuntime, { artefacts }: SiteRecords): StepExecutor {
  const cohort = new CohortReader(folder.root, tables);
  const here = new InlineExecutor({ cohort, artefacts, ...(findStep ? { find: findStep } : {}) });
  if (compute === 'inline') return here;
  const thread = new WorkerExecutor({ root: folder.root, tables, artefacts: folder.artefacts });
  return new AdaptiveExecutor({ here, thread, rows: () => cohort.read().table.pseudonyms.length });
}
