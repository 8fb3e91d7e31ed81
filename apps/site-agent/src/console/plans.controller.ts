import { approvalRequestSchema, refusalRequestSchema, type ApprovalRequest, type RefusalRequest } from '@consilium/protocol/requests';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { approvePlan, refusePlan, withdrawApproval } from '../plans/decide-plan.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';
import { PlansDesk } from './plans-desk.js';

const digestSchema = z.string().regex(/^[0-9a-f]{8,64}$/);

/** Through the functions of the command line: an approval here and one there are the same signed file. */
@Controller('api/plans')
export class PlansController {
  constructor(
    @Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts,
    @Inject(PlansDesk) private readonly plans: PlansDesk,
  ) {}

  @Get()
  list() {
    return this.plans.list();
  }

  @Get(':digest')
  read(@Param('digest', { schema: digestSchema }) digest: string) {
    return this.plans.read(digest);
  }

  /** Rehearses the plan on the site's own data, in a thread; nothing is sent. */
  @Get(':digest/review')
  async review(@Param('digest', { schema: digestSchema }) digest: string) {
    const { stages, complete, notes, masked } = await this.plans.rehearse(digest);
    return { stages, complete, notes, masked };
  }

  @Post(':digest/approval')
  @HttpCode(200)
  async approve(@Param('digest', { schema: digestSchema }) digest: string, @Body({ schema: approvalRequestSchema }) { days, reason, stages }: ApprovalRequest) {
    await approvePlan(this.root, digest, { days, reason: reason === '' ? undefined : reason, stages: stages ?? undefined, clock: this.clock });
    return this.plans.read(digest);
  }

  @Post(':digest/refusal')
  @HttpCode(200)
  async refuse(@Param('digest', { schema: digestSchema }) digest: string, @Body({ schema: refusalRequestSchema }) { reason }: RefusalRequest) {
    await refusePlan(this.root, digest, { reason, clock: this.clock });
    return this.plans.read(digest);
  }

  @Post(':digest/withdrawal')
  @HttpCode(200)
  async withdraw(@Param('digest', { schema: digestSchema }) digest: string, @Body({ schema: refusalRequestSchema }) { reason }: RefusalRequest) {
    await withdrawApproval(this.root, digest, { reason, clock: this.clock });
    return this.plans.read(digest);
  }

  private get root(): string {
    return this.parts.site.folder.root;
  }

  private get clock() {
    return this.parts.runtime.clock;
  }
}
