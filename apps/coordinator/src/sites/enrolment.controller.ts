import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Throttle } from '@nestjs/throttler';
import { enrolmentRequestSchema, successionRequestSchema, type EnrolmentAnswer, type EnrolmentRequest, type SuccessionAnswer, type SuccessionRequest } from '@consilium/protocol';
import { Accepts } from '../http/accepts.js';
import { Allow } from '../people/allow.js';
import { SiteKeysService } from './site-keys.service.js';
import { SitesService } from './sites.service.js';

/** Open to anybody who holds an invite's code; asked again by the same key it answers with the state. */
@ApiTags('enrolment')
@Controller('api/enrolment')
export class EnrolmentController {
  constructor(
    @Inject(SitesService) private readonly sites: SitesService,
    @Inject(SiteKeysService) private readonly keys: SiteKeysService,
  ) {}

  @Post()
  @HttpCode(200)
  @Allow('anybody')
  @Throttle({ default: { limit: 60, ttl: 60_000 } })
  @Accepts(enrolmentRequestSchema)
  enrol(@Body({ schema: enrolmentRequestSchema }) body: EnrolmentRequest): Promise<EnrolmentAnswer> {
    return this.sites.enrol(body);
  }

  /** Open to anybody who holds the key of an admitted site: the statement is signed by it. */
  @Post('succession')
  @HttpCode(200)
  @Allow('anybody')
  @Throttle({ default: { limit: 60, ttl: 60_000 } })
  @Accepts(successionRequestSchema)
  succeed(@Body({ schema: successionRequestSchema }) body: SuccessionRequest): Promise<SuccessionAnswer> {
    return this.keys.succeed(body);
  }
}
