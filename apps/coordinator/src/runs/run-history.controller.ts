import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Inject, Param, Query, Sse, type MessageEvent } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { from, type Observable } from 'rxjs';
import { z } from 'zod';
import { Allow } from '../people/allow.js';
import { roles } from '../people/account.entity.js';
import { RunHistory, type RunTimeline, type ShownRound } from './run-history.js';
import type { RunSigns } from './run-signs.js';
import { ProgressBoard } from './run-progress.js';
import { RunsService } from './runs.service.js';
import { TrainingWithdrawals, type RunLineage } from './training-withdrawals.js';

const idSchema = z.string().max(64);
const roundsSchema = z.object({ from: z.coerce.number().int().min(0).default(0), limit: z.coerce.number().int().min(1).max(2_000).default(500) });
const windowSchema = z.object({ from: z.coerce.number().positive().optional(), to: z.coerce.number().positive().optional() });

/** Between two events of a stream; and how long another process's change of state may stay unseen. */
const EVENT_MILLISECONDS = 250;
const STATE_MILLISECONDS = 3_000;

/** What happens in a run and what happened: for pages that watch. */
@ApiTags('runs')
@ApiBearerAuth()
@Controller('api/runs')
export class RunHistoryController {
  constructor(
    @Inject(RunsService) private readonly runs: RunsService,
    @Inject(ProgressBoard) private readonly board: ProgressBoard,
    @Inject(RunHistory) private readonly history: RunHistory,
    @Inject(TrainingWithdrawals) private readonly withdrawals: TrainingWithdrawals,
  ) {}

  /** The progress of a run as a stream of events, at most four a second, until it ends. */
  @Sse(':id/events')
  @Allow(...roles)
  async events(@Param('id', { schema: idSchema }) id: string): Promise<Observable<MessageEvent>> {
    const { id: run } = await this.runs.find(id);
    return from(this.changes(run));
  }

  @Get(':id/timeline')
  @Allow(...roles)
  async timeline(@Param('id', { schema: idSchema }) id: string, @Query({ schema: windowSchema }) window: z.infer<typeof windowSchema>): Promise<RunTimeline> {
    const run = await this.runs.find(id);
    return this.history.timeline(run, window, this.board.of(run.id).arrivals);
  }

  @Get(':id/rounds')
  @Allow(...roles)
  async rounds(@Param('id', { schema: idSchema }) id: string, @Query({ schema: roundsSchema }) page: z.infer<typeof roundsSchema>): Promise<ShownRound[]> {
    return this.history.rounds((await this.runs.find(id)).id, page);
  }

  /** Signs of bad contributions, and how much of the run rests on each site. */
  @Get(':id/signs')
  @Allow(...roles)
  async signs(@Param('id', { schema: idSchema }) id: string): Promise<RunSigns> {
    return this.history.signs((await this.runs.find(id)).id);
  }

  /** The models of a run, and the sites of whose training rows patients withdrew their consent since. */
  @Get(':id/lineage')
  @Allow(...roles)
  async lineage(@Param('id', { schema: idSchema }) id: string): Promise<RunLineage> {
    return this.withdrawals.lineage(await this.runs.find(id));
  }

  private async *changes(run: string): AsyncGenerator<MessageEvent> {
    for (let version = -1; ; ) {
      const progress = await this.board.after(run, version, STATE_MILLISECONDS);
      const { state, reason } = await this.runs.find(run);
      version = progress.version;
      yield { data: { ...progress, state, reason } };
      if (state === 'closed' || state === 'failed' || state === 'cancelled') return;
      await sleep(EVENT_MILLISECONDS, undefined, { ref: false });
    }
  }
}
