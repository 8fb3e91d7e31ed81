import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Allow } from '../people/allow.js';
import { RunsService } from '../runs/runs.service.js';
import { pageSchema } from './audit.controller.js';
import type { AuditEntry } from './audit-entry.entity.js';
import { AuditRecord } from './audit-record.js';

const idSchema = z.string().max(64);

@ApiTags('audit')
@ApiBearerAuth()
@Controller('api/runs')
export class RunAuditController {
  constructor(
    @Inject(RunsService) private readonly runs: RunsService,
    @Inject(AuditRecord) private readonly audit: AuditRecord,
  ) {}

  /** What was done about a run and its plan, the latest first; also what was refused to people and sites. */
  @Get(':id/audit')
  @Allow('administrator')
  async list(@Param('id', { schema: idSchema }) id: string, @Query({ schema: pageSchema }) page: z.infer<typeof pageSchema>): Promise<AuditEntry[]> {
    return this.audit.list({ ...page, run: await this.runs.find(id) });
  }
}
