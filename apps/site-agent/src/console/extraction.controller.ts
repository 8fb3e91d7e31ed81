import { Controller, Get, Inject, Query } from '@nestjs/common';
import { z } from 'zod';
import { CohortReader } from '../data/cohort.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';

const planSchema = z.string().regex(/^[0-9a-f]{64}$/).optional();

/** How far the features of the approved plans are. */
@Controller('api/extraction')
export class ExtractionController {
  constructor(@Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts) {}

  /** Of one approved plan that reads images: the newest when none is named. */
  @Get()
  async read(@Query('plan', { schema: planSchema }) digest?: string) {
    const { records, extraction, board, settings, site } = this.parts;
    const approved = records.plans.list().filter(({ digest: one, plan }) => plan.extract && records.approvals.of(one)?.decision === 'approved').reverse();
    const shown = approved.find((plan) => plan.digest === digest) ?? approved[0];
    const patients = new CohortReader(site.folder.root, site.settings.tables).read().table.pseudonyms;
    return {
      plans: approved.map(({ digest: one, plan }) => ({ digest: one, title: plan.title, version: plan.version })),
      plan: shown?.digest ?? null,
      cases: shown?.plan.extract && site.settings.images !== null ? await extraction.cases(shown.plan.extract, patients) : [],
      work: board.all(),
      hours: settings.current.extraction.hours,
      now: new Date(this.parts.runtime.clock.now()).toISOString(),
    };
  }
}
