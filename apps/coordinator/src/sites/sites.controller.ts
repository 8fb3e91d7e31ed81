import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { siteNameSchema } from '@consilium/protocol';
import { admissionRequestSchema, inviteRequestSchema, siteReasonRequestSchema } from '@consilium/protocol/requests';
import { AgentSessions } from '../agents/agent-sessions.js';
import { Accepts } from '../http/accepts.js';
import { Allow, Asker } from '../people/allow.js';
import { roles } from '../people/account.entity.js';
import type { Person } from '../people/people.service.js';
import { RunHistory } from '../runs/run-history.js';
import { SiteKeysService } from './site-keys.service.js';
import type { Site } from './site.entity.js';
import { SitesService } from './sites.service.js';

@ApiTags('sites')
@ApiBearerAuth()
@Controller('api/sites')
export class SitesController {
  constructor(
    @Inject(SitesService) private readonly sites: SitesService,
    @Inject(AgentSessions) private readonly sessions: AgentSessions,
    @Inject(SiteKeysService) private readonly keys: SiteKeysService,
    @Inject(RunHistory) private readonly history: RunHistory,
  ) {}

  @Get()
  @Allow(...roles)
  async list(): Promise<(Site & { connected: boolean; connectedSince: Date | null; lastContributionAt: Date | null })[]> {
    const { connected } = this.sessions;
    const last = await this.history.lastContributions();
    return (await this.sites.list()).map((site) => ({ ...site, connected: connected.has(site.name), connectedSince: this.sessions.connectedSince(site.name), lastContributionAt: last.get(site.name) ?? null }));
  }

  @Get('invites')
  @Allow('administrator', 'data-scientist')
  invites(): ReturnType<SitesService['openInvites']> {
    return this.sites.openInvites();
  }

  @Get(':name/keys')
  @Allow(...roles)
  keysOf(@Param('name', { schema: siteNameSchema }) name: string): ReturnType<SiteKeysService['keysOf']> {
    return this.keys.keysOf(name);
  }

  @Post('invites')
  @Allow('administrator')
  @Accepts(inviteRequestSchema)
  invite(@Body({ schema: inviteRequestSchema }) body: z.infer<typeof inviteRequestSchema>, @Asker() asker: Person): ReturnType<SitesService['invite']> {
    return this.sites.invite(body.site, asker.name);
  }

  @Post(':name/admission')
  @HttpCode(200)
  @Allow('administrator')
  @Accepts(admissionRequestSchema)
  admit(
    @Param('name', { schema: siteNameSchema }) name: string,
    @Body({ schema: admissionRequestSchema }) body: z.infer<typeof admissionRequestSchema>,
    @Asker() asker: Person,
  ): Promise<Site> {
    return this.sites.admit(name, body.fingerprint, asker.name);
  }

  @Post(':name/revocation')
  @HttpCode(204)
  @Allow('administrator')
  @Accepts(siteReasonRequestSchema)
  revoke(
    @Param('name', { schema: siteNameSchema }) name: string,
    @Body({ schema: siteReasonRequestSchema }) body: z.infer<typeof siteReasonRequestSchema>,
    @Asker() asker: Person,
  ): Promise<void> {
    return this.sites.revoke(name, body.reason, asker.name);
  }

  @Post(':name/release')
  @HttpCode(204)
  @Allow('administrator')
  @Accepts(siteReasonRequestSchema)
  release(
    @Param('name', { schema: siteNameSchema }) name: string,
    @Body({ schema: siteReasonRequestSchema }) body: z.infer<typeof siteReasonRequestSchema>,
    @Asker() asker: Person,
  ): Promise<void> {
    return this.sites.release(name, body.reason, asker.name);
  }
}
