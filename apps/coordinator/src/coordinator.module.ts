import { Module, StandardSchemaValidationPipe, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { DataSource } from 'typeorm';
import { AgentDesk } from './agents/agent-desk.js';
import { AgentSessions } from './agents/agent-sessions.js';
import { ArtefactRegistry } from './artefacts/artefact-registry.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditRecord } from './audit/audit-record.js';
import { RunAuditController } from './audit/run-audit.controller.js';
import { AnswersFilter } from './http/answers.filter.js';
import { HealthController } from './http/health.controller.js';
import { METRICS, MetricsController } from './http/metrics.controller.js';
import type { Log } from './log.js';
import { OIDC, OidcController } from './people/oidc.controller.js';
import { PeopleController } from './people/people.controller.js';
import { PeopleService } from './people/people.service.js';
import { RoleGuard } from './people/role.guard.js';
import { PlansController } from './plans/plans.controller.js';
import { PlansService } from './plans/plans.service.js';
import { RunHistoryController } from './runs/run-history.controller.js';
import { RunHistory } from './runs/run-history.js';
import { TrainingWithdrawals } from './runs/training-withdrawals.js';
import { ProgressBoard } from './runs/run-progress.js';
import { ModelsService } from './runs/models.service.js';
import { RunsController } from './runs/runs.controller.js';
import { RunsService } from './runs/runs.service.js';
import type { Services } from './services.js';
import { EnrolmentController } from './sites/enrolment.controller.js';
import { SitesController } from './sites/sites.controller.js';
import { SiteKeysService } from './sites/site-keys.service.js';
import { SitesService } from './sites/sites.service.js';
import { StudiesController } from './studies/studies.controller.js';
import { StudiesService } from './studies/studies.service.js';

const REQUESTS_A_MINUTE = 1_200;

/** The HTTP face. Order of guards: how often, then who. */
@Module({})
export class CoordinatorModule {
  static over(services: Services, database: DataSource, logger: Log): DynamicModule {
    return {
      module: CoordinatorModule,
      imports: [ThrottlerModule.forRoot([{ name: 'default', ttl: 60_000, limit: REQUESTS_A_MINUTE }]), TerminusModule],
      controllers: [
        PeopleController,
        OidcController,
        SitesController,
        EnrolmentController,
        StudiesController,
        PlansController,
        RunsController,
        RunHistoryController,
        AuditController,
        RunAuditController,
        HealthController,
        MetricsController,
      ],
      providers: [
        { provide: DataSource, useValue: database },
        { provide: PeopleService, useValue: services.people },
        { provide: OIDC, useValue: services.oidc },
        { provide: SitesService, useValue: services.sites },
        { provide: SiteKeysService, useValue: services.siteKeys },
        { provide: StudiesService, useValue: services.studies },
        { provide: PlansService, useValue: services.plans },
        { provide: RunsService, useValue: services.runs },
        { provide: ModelsService, useValue: services.models },
        { provide: RunHistory, useValue: services.history },
        { provide: TrainingWithdrawals, useValue: services.withdrawals },
        { provide: AuditRecord, useValue: services.audit },
        { provide: ArtefactRegistry, useValue: services.artefacts },
        { provide: ProgressBoard, useValue: services.progress },
        { provide: AgentSessions, useValue: services.sessions },
        { provide: AgentDesk, useValue: services.desk },
        { provide: METRICS, useValue: services.metrics },
        { provide: APP_PIPE, useValue: new StandardSchemaValidationPipe() },
        { provide: APP_FILTER, useValue: new AnswersFilter(logger) },
        { provide: APP_GUARD, useClass: ThrottlerGuard },
        { provide: APP_GUARD, useClass: RoleGuard },
      ],
    };
  }
}
