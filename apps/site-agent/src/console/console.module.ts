import { Module, StandardSchemaValidationPipe, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { ConsoleAnswersFilter } from './console-answers.filter.js';
import { ConsoleGuard } from './console-guard.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';
import { ConsoleSessions } from './console-sessions.js';
import { ExtractionController } from './extraction.controller.js';
import { LedgerController } from './ledger.controller.js';
import { LedgerIndex } from './ledger-index.js';
import { PatientsController } from './patients.controller.js';
import { PlansController } from './plans.controller.js';
import { PlansDesk } from './plans-desk.js';
import { SessionController } from './session.controller.js';
import { SettingsController } from './settings.controller.js';
import { StateController } from './state.controller.js';
import { StopController } from './stop.controller.js';
import { StateOfSite } from './state-of-site.js';

const REQUESTS_A_MINUTE = 1_200;

/** The console's HTTP face, over parts of the running agent. */
@Module({})
export class ConsoleModule {
  static over(parts: ConsoleParts): DynamicModule {
    return {
      module: ConsoleModule,
      imports: [ThrottlerModule.forRoot([{ name: 'default', ttl: 60_000, limit: REQUESTS_A_MINUTE }])],
      controllers: [SessionController, StateController, PlansController, LedgerController, SettingsController, PatientsController, ExtractionController, StopController],
      providers: [
        { provide: CONSOLE_PARTS, useValue: parts },
        { provide: ConsoleSessions, useValue: new ConsoleSessions() },
        { provide: LedgerIndex, useValue: new LedgerIndex(parts.site.folder.ledger) },
        StateOfSite,
        PlansDesk,
        { provide: APP_PIPE, useValue: new StandardSchemaValidationPipe() },
        { provide: APP_FILTER, useValue: new ConsoleAnswersFilter(parts.runtime.logger) },
        { provide: APP_GUARD, useClass: ConsoleGuard },
      ],
    };
  }
}
