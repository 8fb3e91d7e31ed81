import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Throttle } from '@nestjs/throttler';
import { enrolmentRequestSchema, type EnrolmentAnswer, type EnrolmentRequest } from '@consilium/protocol';
import { Accepts } from '../http/accepts.js';
import { Allow } from '../people/allow.js';
import { SitesService } from './sites.service.js';

/** Open to anybody who holds an invite's code; asked again by the same key it answers with the state. */
@ApiTags('enrolment')
@Controller('api/enrolment')
export class EnrolmentController {
  constructor(@Inject(SitesService) private readonly sites: SitesService) {}

  @Post()
  @HttpCode(200)
  @Allow('anybody')
  @Throttle({ default: { limit: 60, ttl: 60_000 } })
  @Accepts(enrolmentRequestSchema)
  enrol(@Body({ schema: enrolmentRequestSchema }) body: EnrolmentRequest): Promise<EnrolmentAnswer> {
    return this.sites.enrol(body);
  }
}
