import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import type { Response } from 'express';
import type { Metrics } from '@consilium/operations';
import { Allow } from '../people/allow.js';
import { roles } from '../people/account.entity.js';

export const METRICS = Symbol('metrics');

/** For a Prometheus scraper with a token. */
@ApiTags('operations')
@ApiBearerAuth()
@SkipThrottle()
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(METRICS) private readonly metrics: Metrics) {}

  @Get()
  @Allow(...roles)
  async scrape(@Res() response: Response): Promise<void> {
    response.type(this.metrics.contentType).send(await this.metrics.render());
  }
}
