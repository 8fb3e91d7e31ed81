import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Allow } from '../people/allow.js';
import type { AuditEntry } from './audit-entry.entity.js';
import { AuditRecord, type AuditVerification } from './audit-record.js';

/** Which entries: up to `limit` before entry `before`. */
export const pageSchema = z.object({ before: z.coerce.number().int().positive().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) });

@ApiTags('audit')
@ApiBearerAuth()
@Controller('api/audit')
export class AuditController {
  constructor(@Inject(AuditRecord) private readonly audit: AuditRecord) {}

  @Get()
  @Allow('administrator')
  list(@Query({ schema: pageSchema }) page: z.infer<typeof pageSchema>): Promise<AuditEntry[]> {
    return this.audit.list(page);
  }

  @Get('verification')
  @Allow('administrator')
  verify(): Promise<AuditVerification> {
    return this.audit.verify();
  }
}
