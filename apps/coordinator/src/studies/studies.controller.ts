import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { studyNameSchema, studyRequestSchema, studySitesSchema } from '@consilium/protocol/requests';
import { Accepts } from '../http/accepts.js';
import { Allow, Asker } from '../people/allow.js';
import { roles } from '../people/account.entity.js';
import type { Person } from '../people/people.service.js';
import { StudiesService } from './studies.service.js';

const membersSchema = z.strictObject({ sites: studySitesSchema });

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
  @Accepts(studyRequestSchema)
  create(@Body({ schema: studyRequestSchema }) body: z.infer<typeof studyRequestSchema>, @Asker() asker: Person): Promise<void> {
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
