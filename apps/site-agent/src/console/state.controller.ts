import { Controller, Get, Inject, Query } from '@nestjs/common';
import { z } from 'zod';
import { checkSite } from '../doctor/check-site.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';
import { StateOfSite } from './state-of-site.js';

const sinceSchema = z.iso.datetime();

@Controller('api')
export class StateController {
  constructor(
    @Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts,
    @Inject(StateOfSite) private readonly state: StateOfSite,
  ) {}

  @Get('state')
  read(@Query('since', { schema: sinceSchema }) since: string) {
    return this.state.read(since);
  }

  /** Looks at everything anew; takes as long as the coordinator takes to answer. */
  @Get('doctor')
  doctor() {
    const { site, runtime } = this.parts;
    return checkSite(site.folder.root, { clock: runtime.clock });
  }
}
