import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import { Throttle, ThrottlerGuard } from '@nestjs/throttler';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { dropSession, keepSession, Open, sessionOf } from './console-guard.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';
import { isConsolePassword, readConsoleAccess } from './console-password.js';
import { ConsoleSessions } from './console-sessions.js';

const signInSchema = z.strictObject({ password: z.string().max(200) });

@Controller('api/session')
export class SessionController {
  constructor(
    @Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts,
    @Inject(ConsoleSessions) private readonly sessions: ConsoleSessions,
  ) {}

  @Get()
  who() {
    return { site: this.parts.site.enrolment.site };
  }

  @Post()
  @HttpCode(200)
  @Open()
  @UseGuards(ThrottlerGuard)
  @Throttle({ default: { limit: 10, ttl: 60_000 } })
  async signIn(@Body({ schema: signInSchema }) { password }: z.infer<typeof signInSchema>, @Res({ passthrough: true }) response: Response) {
    const access = readConsoleAccess(this.parts.site.folder);
    if (!access || !(await isConsolePassword(access, password))) throw new ConsiliumError(agentErrors.consoleSignedOut, 'The password is wrong. You are not signed in.');
    keepSession(response, this.parts.access, this.sessions.open(access.password));
    return this.who();
  }

  @Delete()
  @HttpCode(204)
  signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): void {
    const token = sessionOf(request, this.parts.access);
    if (token !== undefined) this.sessions.close(token);
    dropSession(response, this.parts.access);
  }
}
