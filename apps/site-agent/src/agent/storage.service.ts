import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { StepExecutor } from '../execution/step-call.js';
import type { SiteRecords } from '../exchange/site-records.js';
import { SITE_RECORDS, STEP_EXECUTOR } from './tokens.js';

/** Closes what the others used, after they have ended. */
@Injectable()
export class StorageService implements OnApplicationShutdown {
  constructor(
    @Inject(SITE_RECORDS) private readonly records: SiteRecords,
    @Inject(STEP_EXECUTOR) private readonly executor: StepExecutor,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.executor.close();
    await this.records.outbox.close();
    await this.records.ledger.close();
  }
}
