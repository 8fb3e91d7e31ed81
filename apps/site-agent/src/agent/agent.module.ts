import { Module, type DynamicModule } from '@nestjs/common';
import { ConsoleService } from '../console/console.service.js';
import { CaseStore } from '../extraction/case-store.js';
import { ExtractingExecutor } from '../extraction/extracting-executor.js';
import { inlineCaseExtractor } from '../extraction/extract-case.js';
import { SiteExtraction } from '../extraction/site-extraction.js';
import { ThreadedCaseExtractor } from '../extraction/threaded-case-extractor.js';
import { CohortReader } from '../data/cohort.js';
import { openImageSource } from '../images/image-source.js';
import { AgentExchange } from '../exchange/agent-exchange.js';
import type { SiteRecords } from '../exchange/site-records.js';
import { AdaptiveExecutor } from '../execution/adaptive-executor.js';
import { InlineExecutor, type InlineExecutorOptions } from '../execution/inline-executor.js';
import type { StepExecutor } from '../execution/step-call.js';
import { WorkerExecutor } from '../execution/worker-executor.js';
import type { Site } from '../site.js';
import type { AgentRuntime } from './agent-options.js';
import { ConnectionService } from './connection.service.js';
import { HousekeepingService } from './housekeeping.service.js';
import { openRecords } from './open-records.js';
import { StorageService } from './storage.service.js';
import { AGENT_RUNTIME, SITE, SITE_RECORDS, STEP_EXECUTOR } from './tokens.js';

/** One site's agent. It dials out; the console on loopback is all that listens, once its password is set. */
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
            new AgentExchange({ records, executor, settings: site.settings, enrolment: site.enrolment, log: runtime.logger, onTrouble: runtime.onTrouble, questions: runtime.questions ?? 'of-the-plan' }),
          inject: [SITE_RECORDS, STEP_EXECUTOR],
        },
        ConnectionService,
        HousekeepingService,
        ConsoleService,
        StorageService,
      ],
    };
  }
}

function makeExecutor(site: Site, runtime: AgentRuntime, records: SiteRecords): StepExecutor {
  const { folder, settings } = site;
  const cohort = new CohortReader(folder.root, settings.tables);
  const inline = runtime.compute === 'inline';
  const extraction = new SiteExtraction({
    source: settings.images === null ? null : openImageSource(folder.root, settings.images),
    store: new CaseStore(folder.extraction),
    extractors: inline ? [inlineCaseExtractor] : Array.from({ length: settings.extraction.threads }, () => new ThreadedCaseExtractor()),
  });
  const { artefacts, plans } = records;
  const planOf = (digest: string) => plans.find(digest)?.plan;
  return new ExtractingExecutor({ inner: stepExecutor(site, runtime, { cohort, artefacts, planOf }), cohort, artefacts, planOf, extraction, site: site.enrolment.site });
}

type StepSources = Pick<InlineExecutorOptions, 'cohort' | 'artefacts' | 'planOf'>;

function stepExecutor({ folder, settings: { tables }, enrolment: { site, coordinatorKey } }: Site, { compute, findStep }: AgentRuntime, sources: StepSources): StepExecutor {
  const here = new InlineExecutor({ ...sources, site, ...(findStep ? { find: findStep } : {}) });
  if (compute === 'inline') return here;
  const thread = new WorkerExecutor({ root: folder.root, tables, artefacts: folder.artefacts, plans: folder.plans, coordinatorKey, site });
  return new AdaptiveExecutor({ here, thread, rows: () => sources.cohort.read().table.pseudonyms.length });
}
