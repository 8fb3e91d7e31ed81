import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ConsiliumError, coordinatorErrors, digestSchema, siteNameSchema } from '@consilium/protocol';
import { ArtefactRegistry } from '../artefacts/artefact-registry.js';
import { Accepts } from '../http/accepts.js';
import { Allow, Asker } from '../people/allow.js';
import { roles } from '../people/account.entity.js';
import type { Person } from '../people/people.service.js';
import { ModelsService } from './models.service.js';
import { ProgressBoard, type RunProgress } from './run-progress.js';
import type { Run } from './run.entity.js';
import { RunsService } from './runs.service.js';

const idSchema = z.string().max(64);
const seenSchema = z.object({ signsSeen: z.enum(['true', 'false']).default('false'), withdrawalsSeen: z.enum(['true', 'false']).default('false') });
const modelNameSchema = z.string().max(80);
const launchSchema = z.strictObject({ plan: z.string().max(64) });
const resumeSchema = z.strictObject({ without: z.array(siteNameSchema).max(1000).default([]) });
const progressSchema = z.object({ after: z.coerce.number().int().min(-1).default(-1), wait: z.coerce.number().int().min(0).max(25).default(20) });
const operators = ['administrator', 'data-scientist'] as const;

@ApiTags('runs')
@ApiBearerAuth()
@Controller('api/runs')
export class RunsController {
  constructor(
    @Inject(RunsService) private readonly runs: RunsService,
    @Inject(ProgressBoard) private readonly board: ProgressBoard,
    @Inject(ArtefactRegistry) private readonly artefacts: ArtefactRegistry,
    @Inject(ModelsService) private readonly models: ModelsService,
  ) {}

  @Get()
  @Allow(...roles)
  list(): Promise<Run[]> {
    return this.runs.list();
  }

  @Post()
  @Allow(...operators)
  @Accepts(launchSchema)
  launch(@Body({ schema: launchSchema }) body: z.infer<typeof launchSchema>, @Asker() asker: Person): Promise<Run> {
    return this.runs.launch(body.plan, asker.name);
  }

  @Get(':id')
  @Allow(...roles)
  show(@Param('id', { schema: idSchema }) id: string): ReturnType<RunsService['show']> {
    return this.runs.show(id);
  }

  /** Answers at the first change after version `after`, or when `wait` seconds are over. */
  @Get(':id/progress')
  @Allow(...roles)
  async progress(
    @Param('id', { schema: idSchema }) id: string,
    @Query({ schema: progressSchema }) query: z.infer<typeof progressSchema>,
  ): Promise<RunProgress & Pick<Run, 'state' | 'reason'>> {
    const { id: run } = await this.runs.find(id);
    const progress = await this.board.after(run, query.after, query.wait * 1000);
    const { state, reason } = await this.runs.find(run);
    return { ...progress, state, reason };
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Allow(...operators)
  pause(@Param('id', { schema: idSchema }) id: string, @Asker() asker: Person): Promise<Run> {
    return this.runs.pause(id, asker.name);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Allow(...operators)
  @Accepts(resumeSchema)
  resume(
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: resumeSchema }) body: z.infer<typeof resumeSchema>,
    @Asker() asker: Person,
  ): Promise<Run> {
    return this.runs.resume(id, body.without, asker.name);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Allow(...operators)
  cancel(@Param('id', { schema: idSchema }) id: string, @Asker() asker: Person): Promise<Run> {
    return this.runs.cancel(id, asker.name);
  }

  @Post(':id/restart')
  @Allow(...operators)
  restart(@Param('id', { schema: idSchema }) id: string, @Asker() asker: Person): Promise<Run> {
    return this.runs.restart(id, asker.name);
  }

  @Get(':id/results')
  @Allow(...roles)
  @Header('Content-Type', 'application/json')
  async results(@Param('id', { schema: idSchema }) id: string): Promise<StreamableFile> {
    const run = await this.runs.find(id);
    return this.file(run, run.results);
  }

  @Get(':id/record')
  @Allow(...roles)
  @Header('Content-Type', 'application/json')
  async record(@Param('id', { schema: idSchema }) id: string): Promise<StreamableFile> {
    const run = await this.runs.find(id);
    return this.file(run, run.record);
  }

  /** A model of a closed run as a signed file. */
  @Get(':id/models/:name')
  @Allow(...operators)
  @Header('Content-Type', 'application/json')
  model(@Param('id', { schema: idSchema }) id: string, @Param('name', { schema: modelNameSchema }) name: string, @Query({ schema: seenSchema }) { signsSeen, withdrawalsSeen }: z.infer<typeof seenSchema>, @Asker() asker: Person): Promise<string> {
    return this.models.signed(id, name, { signsSeen: signsSeen === 'true', withdrawalsSeen: withdrawalsSeen === 'true' ? asker.name : null });
  }

  @Get(':id/artefacts')
  @Allow(...roles)
  async listArtefacts(@Param('id', { schema: idSchema }) id: string): ReturnType<ArtefactRegistry['list']> {
    return this.artefacts.list((await this.runs.find(id)).id);
  }

  /** A published model, or a site's answer to a gather; only files that belong to the run. */
  @Get(':id/artefacts/:digest')
  @Allow(...operators)
  async artefact(@Param('id', { schema: idSchema }) id: string, @Param('digest', { schema: digestSchema }) digest: string): Promise<StreamableFile> {
    const run = await this.runs.find(id);
    const known = (await this.artefacts.list(run.id)).some((one) => one.digest === digest);
    if (!known) throw new ConsiliumError(coordinatorErrors.notFound, `Run ${run.id} has no artefact ${digest.slice(0, 12)}.`);
    return this.file(run, digest);
  }

  private async file(run: Run, digest: string | null): Promise<StreamableFile> {
    if (digest === null) throw new ConsiliumError(coordinatorErrors.stateForbids, `Run ${run.id} is ${run.state} and has no results yet.`);
    return new StreamableFile(await this.artefacts.store.get(digest));
  }
}
