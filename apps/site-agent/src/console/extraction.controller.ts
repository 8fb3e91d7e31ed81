import { Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { CohortReader } from '../data/cohort.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';

const planSchema = z.string().regex(/^[0-9a-f]{64}$/).optional();

/** Approved plans that read images, the newest first. */
export const readingPlans = ({ records }: Pick<ConsoleParts, 'records'>) => records.plans.list().filter(({ digest, plan }) => plan.extract && records.approvals.of(digest)?.decision === 'approved').reverse();

/** How far the features of the approved plans are. */
@Controller('api/extraction')
export class ExtractionController {
  constructor(@Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts) {}

  /** Of one approved plan that reads images: the newest when none is named. */
  @Get()
  async read(@Query('plan', { schema: planSchema }) digest?: string) {
    const { extraction, board, settings, site } = this.parts;
    const approved = readingPlans(this.parts);
    const shown = approved.find((plan) => plan.digest === digest) ?? approved[0];
    const patients = new CohortReader(site.folder.root, site.settings.tables).read().table.pseudonyms;
    return {
      plans: approved.map(({ digest: one, plan }) => ({ digest: one, title: plan.title, version: plan.version })),
      plan: shown?.digest ?? null,
      cases: shown?.plan.extract && site.settings.images !== null ? await extraction.cases(shown.plan.extract, patients) : [],
      work: board.all(),
      hours: settings.current.extraction.hours,
      rest: this.parts.rest.rest(),
      now: new Date(this.parts.runtime.clock.now()).toISOString(),
    };
  }

  /** The case at hand is finished, then nothing more is measured until somebody resumes, over restarts of the agent too. */
  @Post('pause')
  @HttpCode(200)
  async pause() {
    await this.parts.rest.pause();
    return this.read();
  }

  @Post('resume')
  @HttpCode(200)
  async resume() {
    await this.parts.rest.resume();
    return this.read();
  }
}
