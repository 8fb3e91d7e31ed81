import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { siteNameSchema } from '@consilium/protocol';
import { Accepts } from '../http/accepts.js';
import { Allow, Asker } from '../people/allow.js';
import { roles } from '../people/account.entity.js';
import type { Person } from '../people/people.service.js';
import { StudiesService } from './studies.service.js';

const studyNameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/);
const sitesSchema = z.array(siteNameSchema).min(1).max(1000);
const studySchema = z.strictObject({ name: studyNameSchema, title: z.string().min(1).max(200), sites: sitesSchema });
const membersSchema = z.strictObject({ sites: sitesSchema });

@ApiTags('studies')
@ApiBearerAuth()
@Controller('api/studies')
export class StudiesController {
  constructor(@Inject(StudiesService) private readonly studies: StudiesService) {}

  @Get()
  @Allow(...roles)
  list(): ReturnType<StudiesService['list']> {
    return this.studies.list();
  }

  @Post()
  @Allow('administrator', 'data-scientist')
  @Accepts(studySchema)
  create(@Body({ schema: studySchema }) body: z.infer<typeof studySchema>, @Asker() asker: Person): Promise<void> {
    return this.studies.create(body, asker.name);
  }

  @Post(':name/sites')
  @HttpCode(204)
  @Allow('administrator', 'data-scientist')
  @Accepts(membersSchema)
  addSites(
    @Param('name', { schema: studyNameSchema }) name: string,
    @Body({ schema: membersSchema }) body: z.infer<typeof membersSchema>,
    @Asker() asker: Person,
  ): Promise<void> {
    return this.studies.addSites(name, body.sites, asker.name);
  }
}
