import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { Controller, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { ledgerCsv } from '../ledger/ledger-csv.js';
import { readLedger, verifyLedger } from '../ledger/ledger.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';
import { LedgerIndex, type LedgerLine } from './ledger-index.js';

const PAGE = 500;
const numberSchema = z.string().regex(/^\d{1,12}$/).transform(Number);
const filterSchema = z.object({
  before: numberSchema.optional(),
  event: z.string().max(40).optional(),
  run: z.string().max(100).optional(),
  /** Part of a step's name. */
  step: z.string().max(100).optional(),
});

const meets = ({ event, run, steps }: LedgerLine, filter: z.infer<typeof filterSchema>): boolean =>
  (filter.event === undefined || event === filter.event) && (filter.run === undefined || run === filter.run) && (filter.step === undefined || steps.some((step) => step.includes(filter.step!)));

/** What left the building, to be read, checked and taken away. */
@Controller('api/ledger')
export class LedgerController {
  constructor(
    @Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts,
    @Inject(LedgerIndex) private readonly index: LedgerIndex,
  ) {}

  /** The newest first, as many as a page holds; `before` goes on from there. */
  @Get()
  async list(@Query({ schema: filterSchema }) filter: z.infer<typeof filterSchema>) {
    const all = await this.index.lines();
    const wanted = all.filter((line) => meets(line, filter));
    const older = wanted.filter(({ sequence }) => filter.before === undefined || sequence < filter.before);
    return {
      total: wanted.length,
      bytes: wanted.reduce((sum, { bytes }) => sum + bytes, 0),
      events: [...new Set(all.map(({ event }) => event))].sort(),
      runs: [...new Set(all.flatMap(({ run }) => (run === null ? [] : [run])))].reverse(),
      lines: older.slice(-PAGE).reverse().map(({ place: _, ...line }) => line),
    };
  }

  /** Follows the whole chain. */
  @Get('verification')
  async verify() {
    const verified = await verifyLedger(this.parts.site.folder.ledger);
    const at = new Date(this.parts.runtime.clock.now()).toISOString();
    if (verified === null) return { intact: true, records: 0, digest: null, firstBreak: null, at };
    return { intact: verified.intact, records: verified.records, digest: verified.head.digest, firstBreak: verified.firstBreak ?? null, at };
  }

  @Get('export')
  export(): StreamableFile {
    const lines = Readable.from(ledgerCsv(readLedger(this.parts.site.folder.ledger)));
    return new StreamableFile(lines, { type: 'text/csv; charset=utf-8', disposition: 'attachment; filename="ledger.csv"' });
  }

  @Get(':sequence')
  async record(@Param('sequence', { schema: numberSchema }) sequence: number) {
    const record = await this.index.record(sequence);
    if (!record) throw new ConsiliumError(agentErrors.consoleNotFound, 'The ledger has no record of this number.');
    const { previous: _, ...shown } = record;
    return { ...shown, last: (await this.index.lines()).length };
  }
}
