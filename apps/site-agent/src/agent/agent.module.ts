import { Module, type DynamicModule } from '@nestjs/common';
import { CONSOLE_SOURCES, type ConsoleSources } from '../console/console-parts.js';
import { ConsoleService } from '../console/console.service.js';
import { CaseStore } from '../extraction/case-store.js';
import { usualCaseLimits } from '../extraction/case-time.js';
import { ExtractingExecutor } from '../extraction/extracting-executor.js';
import { inlineCaseExtractor } from '../extraction/extract-case.js';
import { ExtractionBoard } from '../extraction/extraction-board.js';
import { ExtractionPause } from '../extraction/extraction-pause.js';
import { ScaleMemory } from '../extraction/scale-memory.js';
import { SiteExtraction } from '../extraction/site-extraction.js';
import { ThreadedCaseExtractor } from '../extraction/threaded-case-extractor.js';
import { CohortReader } from '../data/cohort.js';
import { openImageSource } from '../images/image-source.js';
import { SeriesChoices } from '../images/series-choices.js';
import { AgentExchange } from '../exchange/agent-exchange.js';
import type { SiteRecords } from '../exchange/site-records.js';
import { AdaptiveExecutor } from '../execution/adaptive-executor.js';
import { InlineExecutor, type InlineExecutorOptions } from '../execution/inline-executor.js';
import type { StepExecutor } from '../execution/step-call.js';
import { WorkerExecutor } from '../execution/worker-executor.js';
import { PatientReviews } from '../patients/patient-reviews.js';
import { PatientsDesk } from '../patients/patients-desk.js';
import { SettingsDesk } from '../settings/settings-desk.js';
import { WithdrawalNotice } from '../lineage/withdrawal-notice.js';
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
    const settings = new SettingsDesk(site.folder, site.settings);
    const board = new ExtractionBoard(() => runtime.clock.now());
    const cohort = new CohortReader(site.folder.root, site.settings.tables);
    const rest = new ExtractionPause(site.folder.extractionPause, () => runtime.clock.now());
    const choices = new SeriesChoices(site.folder.series);
    const extraction = makeExtraction(site, runtime, { settings, rest, choices });
    return {
      module: AgentModule,
      providers: [
        { provide: SITE, useValue: site },
        { provide: AGENT_RUNTIME, useValue: runtime },
        { provide: SITE_RECORDS, useFactory: () => openRecords(site, runtime.clock) },
        { provide: STEP_EXECUTOR, useFactory: (records: SiteRecords) => makeExecutor(site, runtime, { cohort, records, extraction }), inject: [SITE_RECORDS] },
        {
          provide: AgentExchange,
          useFactory: (records: SiteRecords, executor: StepExecutor) =>
            new AgentExchange({ records, executor, settings: settings.live(), enrolment: site.enrolment, log: runtime.logger, onTrouble: runtime.onTrouble, questions: runtime.questions ?? 'of-the-plan', onWork: (run, work) => board.tell(run, work), withdrawals: new WithdrawalNotice({ records, settings: settings.live(), site: site.enrolment.site, folder: site.folder }) }),
          inject: [SITE_RECORDS, STEP_EXECUTOR],
        },
        ConnectionService,
        HousekeepingService,
        {
          provide: CONSOLE_SOURCES,
          useFactory: (records: SiteRecords, connection: ConnectionService): ConsoleSources => ({ site, runtime, settings, board, extraction, rest, records, connection, patients: makePatients(site, runtime, { cohort, choices }) }),
          inject: [SITE_RECORDS, ConnectionService],
        },
        ConsoleService,
        StorageService,
      ],
    };
  }
}

interface Sources {
  readonly cohort: CohortReader;
  readonly records: SiteRecords;
  readonly extraction: SiteExtraction;
}

interface ExtractionParts {
  readonly settings: SettingsDesk;
  readonly rest: ExtractionPause;
  readonly choices: SeriesChoices;
}

function makeExtraction({ folder, settings: { images, extraction } }: Site, { compute }: AgentRuntime, { settings, rest, choices }: ExtractionParts): SiteExtraction {
  return new SiteExtraction({
    source: images === null ? null : choices.over(openImageSource(folder.root, images)),
    store: new CaseStore(folder.extraction),
    extractors: compute === 'inline' ? [inlineCaseExtractor] : Array.from({ length: extraction.threads }, () => new ThreadedCaseExtractor({ ...usualCaseLimits, caseMinutes: extraction.caseMinutes })),
    hours: () => settings.current.extraction.hours,
    resting: () => rest.rest() !== null,
    scales: new ScaleMemory(folder.extractionScales),
  });
}

function makePatients({ folder, settings: { images, extraction } }: Site, { clock, logger }: AgentRuntime, { cohort, choices }: { readonly cohort: CohortReader; readonly choices: SeriesChoices }): PatientsDesk {
  const source = images === null ? null : choices.over(openImageSource(folder.root, images));
  return new PatientsDesk({ cohort, source, folder: folder.quality, reviews: new PatientReviews(folder.reviews), choices, limits: { ...usualCaseLimits, caseMinutes: extraction.caseMinutes }, now: () => clock.now(), onFault: (code) => logger.error({ code }, 'Images could not be read in the background.') });
}

function makeExecutor(site: Site, runtime: AgentRuntime, { cohort, records, extraction }: Sources): StepExecutor {
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
