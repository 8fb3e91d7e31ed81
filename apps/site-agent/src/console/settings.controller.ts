import { disclosureLimits } from '@consilium/federation';
import { agentSteps } from '@consilium/federation/site';
import { settingsRequestSchema, type SettingsRequest } from '@consilium/protocol/requests';
import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';

/** The rules of the hospital. They only tighten what a plan asks for. */
@Controller('api/settings')
export class SettingsController {
  constructor(@Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts) {}

  @Get()
  read() {
    const { disclosure, allowedSteps, approvalDays, keepDays, extraction, tables, images } = this.parts.settings.current;
    const steps = agentSteps().map(({ name, kind, disclosure: rule }) => ({ name, kind, leaves: rule.kind }));
    return {
      disclosure, allowedSteps, approvalDays, keepDays,
      hours: extraction.hours,
      profiles: disclosureLimits,
      steps: steps.sort((a, b) => (a.name < b.name ? -1 : 1)),
      tables: tables.map(({ name, file }) => ({ name, file })),
      images: images === null ? null : images.kind === 'folders' ? { kind: images.kind, place: images.root } : { kind: images.kind, place: images.file },
    };
  }

  @Put()
  async save(@Body({ schema: settingsRequestSchema }) { hours, ...change }: SettingsRequest) {
    await this.parts.settings.save({ ...change, extraction: { hours } });
    return this.read();
  }
}
