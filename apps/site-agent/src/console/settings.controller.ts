import { disclosureLimits } from '@consilium/federation';
import { agentSteps } from '@consilium/federation/site';
import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { z } from 'zod';
import { agentSettingsSchema } from '../settings/agent-settings.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';

const count = z.int().min(0).max(100_000);
const changeSchema = z.strictObject({
  disclosure: z.strictObject({ minimumCell: count, minimumPatients: count, minimumPerClass: count, minimumBin: count, minimumLeaf: count, minimumDifference: count, parametersPerPatient: z.number().min(0).max(1000) }),
  allowedSteps: z.array(z.string().min(1).max(100)).max(500).nullable(),
  approvalDays: agentSettingsSchema.shape.approvalDays.unwrap(),
  keepDays: agentSettingsSchema.shape.keepDays.unwrap(),
  hours: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
});

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
  async save(@Body({ schema: changeSchema }) { hours, ...change }: z.infer<typeof changeSchema>) {
    await this.parts.settings.save({ ...change, extraction: { hours } });
    return this.read();
  }
}
