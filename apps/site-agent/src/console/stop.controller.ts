import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { Throttle, ThrottlerGuard } from '@nestjs/throttler';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { isStopped, markStopped, resumeSite, stoppedOf } from '../agent/site-stop.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';
import { isConsolePassword, readConsoleAccess } from './console-password.js';

const LOOK_MILLISECONDS = 50;
/** The agent sees the mark within a quarter of a second, and gives the coordinator two seconds to be told. */
const PATIENCE_MILLISECONDS = 6_000;

const stopSchema = z.strictObject({ reason: z.string().trim().max(500) });
const resumeSchema = z.strictObject({ password: z.string().max(200) });

/** The red button, and the way back, which asks for the password once more. */
@Controller('api')
export class StopController {
  constructor(@Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts) {}

  /** What was done, one by one. Nothing is answered from the moment of the mark, whatever becomes of the rest. */
  @Post('stop')
  @HttpCode(200)
  async stop(@Body({ schema: stopSchema }) { reason }: z.infer<typeof stopSchema>) {
    const { site, connection, runtime } = this.parts;
    await markStopped(site.folder.root, { reason: reason === '' ? undefined : reason, clock: runtime.clock });
    for (let waited = 0; waited < PATIENCE_MILLISECONDS && !stoppedOf(site.folder)?.carriedOut; waited += LOOK_MILLISECONDS) await pause(LOOK_MILLISECONDS);
    return { lasting: isStopped(site.folder), connection: connection.state.state === 'closed', maskKeys: stoppedOf(site.folder)?.carriedOut === true };
  }

  @Post('resume')
  @HttpCode(200)
  @UseGuards(ThrottlerGuard)
  @Throttle({ default: { limit: 10, ttl: 60_000 } })
  async resume(@Body({ schema: resumeSchema }) { password }: z.infer<typeof resumeSchema>) {
    const { folder } = this.parts.site;
    const access = readConsoleAccess(folder);
    if (!access || !(await isConsolePassword(access, password))) throw new ConsiliumError(agentErrors.consoleWrongPassword, 'The password is wrong. The site stays stopped.');
    await resumeSite(folder.root, { clock: this.parts.runtime.clock });
    return { stopped: stoppedOf(folder) ?? null };
  }
}
