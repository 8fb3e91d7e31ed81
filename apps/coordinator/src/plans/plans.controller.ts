import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AgentDesk } from '../agents/agent-desk.js';
import { Accepts } from '../http/accepts.js';
import { Allow, Asker } from '../people/allow.js';
import { roles } from '../people/account.entity.js';
import type { Person } from '../people/people.service.js';
import type { Plan } from './plan.entity.js';
import { PlansService, type Standing } from './plans.service.js';

const textSchema = z.strictObject({
  text: z
    .string()
    .min(1)
    .max(4 * 1024 * 1024),
});
const querySchema = z.object({ study: z.string().max(60).optional() });
const digestSchema = z.string().max(64);

@ApiTags('plans')
@ApiBearerAuth()
@Controller('api/plans')
export class PlansController {
  constructor(
    @Inject(PlansService) private readonly plans: PlansService,
    @Inject(AgentDesk) private readonly desk: AgentDesk,
  ) {}

  @Get()
  @Allow(...roles)
  list(@Query({ schema: querySchema }) query: z.infer<typeof querySchema>): ReturnType<PlansService['list']> {
    return this.plans.list(query.study);
  }

  @Post('check')
  @HttpCode(200)
  @Allow('administrator', 'data-scientist')
  @Accepts(textSchema)
  check(@Body({ schema: textSchema }) body: z.infer<typeof textSchema>): ReturnType<PlansService['check']> {
    return this.plans.check(body.text);
  }

  @Post()
  @Allow('administrator', 'data-scientist')
  @Accepts(textSchema)
  async upload(
    @Body({ schema: textSchema }) body: z.infer<typeof textSchema>,
    @Asker() asker: Person,
  ): Promise<Omit<Plan, 'text'> & { warnings: readonly string[] }> {
    const { plan, warnings } = await this.plans.upload(body.text, asker.name);
    const { text: _, ...shown } = plan;
    return { ...shown, warnings };
  }

  @Get(':digest')
  @Allow(...roles)
  async show(@Param('digest', { schema: digestSchema }) digest: string): Promise<Plan & { decisions: Standing[] }> {
    const plan = await this.plans.find(digest);
    return { ...plan, decisions: await this.plans.standing(plan.digest) };
  }

  @Post(':digest/signature')
  @HttpCode(200)
  @Allow('administrator', 'data-scientist')
  async sign(@Param('digest', { schema: digestSchema }) digest: string, @Asker() asker: Person): Promise<Omit<Plan, 'text'>> {
    const plan = await this.plans.sign(digest, asker.name);
    this.desk.offer(plan);
    const { text: _, ...shown } = plan;
    return shown;
  }
}
