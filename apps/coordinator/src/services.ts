import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { createMetrics, type Metrics } from '@consilium/operations';
import { PRODUCT_VERSION } from '@consilium/protocol';
import type { Identity } from '@consilium/secure-channel';
import { executePlan, serialiseResults } from '@consilium/study';
import { AgentDesk } from './agents/agent-desk.js';
import { AgentSessions } from './agents/agent-sessions.js';
import { AgentsGateway } from './agents/agents.gateway.js';
import { MaskSessions } from './aggregation/mask-sessions.js';
import { ArtefactRegistry } from './artefacts/artefact-registry.js';
import { ArtefactStore } from './artefacts/artefact-store.js';
import { AuditRecord } from './audit/audit-record.js';
import type { Clock } from './clock.js';
import { OpenBatches } from './federation/open-batches.js';
import type { Log } from './log.js';
import type { OidcSettings } from './people/oidc-settings.js';
import { OidcSignIn } from './people/oidc-sign-in.js';
import { PeopleService } from './people/people.service.js';
import { PlansService } from './plans/plans.service.js';
import type { RunProgram } from './runs/run-execution.js';
import { RunHistory } from './runs/run-history.js';
import { ProgressBoard } from './runs/run-progress.js';
import { ModelsService } from './runs/models.service.js';
import { RunSupervisor } from './runs/run-supervisor.js';
import { RunTransitions } from './runs/run-transitions.js';
import type { Run } from './runs/run.entity.js';
import { TrainingWithdrawals } from './runs/training-withdrawals.js';
import { RunsService } from './runs/runs.service.js';
import { SiteKeysService } from './sites/site-keys.service.js';
import { SitesService, type CentreAddress } from './sites/sites.service.js';
import { StudiesService } from './studies/studies.service.js';

export interface Foundations {
  readonly database: DataSource;
  readonly databaseUrl: string;
  readonly dataFolder: string;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly logger: Log;
  readonly program: RunProgram;
  readonly address: () => CentreAddress;
  readonly oidc?: OidcSettings | undefined;
}

export interface Services {
  readonly people: PeopleService;
  /** Null where no identity provider is configured. */
  readonly oidc: OidcSignIn | null;
  readonly sites: SitesService;
  readonly siteKeys: SiteKeysService;
  readonly studies: StudiesService;
  readonly plans: PlansService;
  readonly runs: RunsService;
  readonly models: ModelsService;
  readonly withdrawals: TrainingWithdrawals;
  readonly history: RunHistory;
  readonly audit: AuditRecord;
  readonly artefacts: ArtefactRegistry;
  readonly progress: ProgressBoard;
  readonly sessions: AgentSessions;
  readonly desk: AgentDesk;
  readonly gateway: AgentsGateway;
  readonly supervisor: RunSupervisor;
  readonly metrics: Metrics;
}

/** What a run computes: the plan's stages, as the text of results.json. */
export const planProgram: RunProgram = async (federation, plan, onStage) => serialiseResults(await executePlan(federation, plan, { onStage }));

/** Puts the parts together. Nothing runs yet. */
export async function assembleServices(foundations: Foundations): Promise<Services> {
  const { database, databaseUrl, clock, identity, logger, program, address } = foundations;
  const audit = new AuditRecord(database, clock);
  const artefacts = new ArtefactRegistry(database, await ArtefactStore.open(join(foundations.dataFolder, 'artefacts')), clock);
  const progress = new ProgressBoard();
  const sessions = new AgentSessions();
  const batches = new OpenBatches();
  const maskSessions = new MaskSessions();
  const plans = new PlansService(database, audit, clock, identity);
  const transitions = new RunTransitions(database, audit, clock);
  const announce = (run: Run): Promise<void> => desk.announce(run);
  const onWithdrawn = (plan: string, site: string): Promise<void> => runs.withdrawn(plan, site);
  const withdrawals = new TrainingWithdrawals(database, audit, clock);
  const desk = new AgentDesk({ database, sessions, batches, maskSessions, artefacts, plans, progress, audit, withdrawals, clock, logger, onWithdrawn });
  const execution = { database, databaseUrl, artefacts, lines: sessions, batches, maskSessions, identity, clock, transitions, audit, progress, logger, program, announce };
  const supervisor = new RunSupervisor(execution, logger);
  const runs: RunsService = new RunsService({ database, audit, clock, plans, transitions, supervisor, announce });
  const history = new RunHistory(database, clock);
  const gateway = new AgentsGateway({ database, identity, sessions, desk, audit, logger });
  const centre = {
    identity,
    address,
    hangUp: (publicKey: string) => gateway.hangUp(publicKey),
    release: (publicKey: string) => gateway.release(publicKey),
    admitted: (site: string) => desk.offerPlansOf(site),
  };
  return {
    people: new PeopleService(database, audit, clock),
    oidc: foundations.oidc === undefined ? null : new OidcSignIn(foundations.oidc, () => address().url, logger),
    sites: new SitesService(database, audit, clock, centre),
    siteKeys: new SiteKeysService(database, audit, clock, { ...centre, coordinatorKey: identity.publicKey }),
    studies: new StudiesService(database, audit, clock),
    plans,
    runs,
    models: new ModelsService({ runs, plans, artefacts, identity, history, withdrawals, audit }),
    withdrawals,
    history,
    audit,
    artefacts,
    progress,
    sessions,
    desk,
    gateway,
    supervisor,
    metrics: await createMetrics({ application: 'coordinator', version: PRODUCT_VERSION }),
  };
}
