import type { DataSource } from 'typeorm';
import { acquireRunLock, retryWhileDown, type RunLock } from '@consilium/database';
import { lockStepFederation, RoundRefused, type Federation } from '@consilium/federation';
import { ConsiliumError, coordinatorErrors, PRODUCT_VERSION, PROTOCOL_VERSION } from '@consilium/protocol';
import { masksSums } from '@consilium/study';
import { DurableExecutor, type ExecutionParts } from '../federation/durable-executor.js';
import { GoOnWithout, MustWait, Stopped, type Interruption } from '../federation/interruption.js';
import { siteSetAt, type SiteSet } from '../federation/site-sets.js';
import { storageTrouble } from '../federation/storage-trouble.js';
import type { AuditRecord } from '../audit/audit-record.js';
import type { Log } from '../log.js';
import { approvedPlan, deadlineMilliseconds, type ApprovedPlan } from '../plans/approved-plan.js';
import { RoundJournal } from '../rounds/round-journal.js';
import { change } from '../sql.js';
import type { ProgressBoard } from './run-progress.js';
import { runRecord } from './run-record.js';
import type { RunTransitions } from './run-transitions.js';
import { Run } from './run.entity.js';
import { RunSiteSet } from './run-site-set.entity.js';

/** What a run computes: the text of results.json. Deterministic; it knows nothing of rounds' storage. */
export type RunProgram = (
  federation: Federation,
  plan: ApprovedPlan['plan'],
  onStage: (stage: string, index: number, count: number) => void,
) => Promise<string>;

export interface ExecutionServices extends Omit<ExecutionParts, 'journal'> {
  readonly database: DataSource;
  readonly databaseUrl: string;
  readonly transitions: RunTransitions;
  readonly audit: AuditRecord;
  readonly progress: ProgressBoard;
  readonly logger: Log;
  readonly program: RunProgram;
  /** Tells the sites what state a run is in. */
  readonly announce: (run: Run) => Promise<void>;
}

/**
 * One process executing one run, from taking its lock to the run's end or the loss of the lock. The plan is always executed from its start;
 * the journal answers what is closed.
 */
export class RunExecution {
  private executor: DurableExecutor | undefined;
  private lock: RunLock | undefined;
  private taken: Run | undefined;
  private stopped = false;
  private readonly stopping = new AbortController();

  constructor(
    readonly run: string,
    private readonly services: ExecutionServices,
  ) {}

  /** Ends this process's part in the run; the run itself goes on elsewhere or later. */
  stop(): void {
    this.stopped = true;
    this.executor?.interrupt(new Stopped('This process stops executing the run.'));
    this.stopping.abort(new Stopped());
  }

  /** False when another process holds the run. */
  async carry(): Promise<boolean> {
    const { databaseUrl, logger } = this.services;
    this.lock = await acquireRunLock(databaseUrl, `consilium run ${this.run}`, {
      onLost: (reason) => {
        logger.warn({ run: this.run, reason: reason.message }, 'the lock of a run was lost; another process may go on with it');
        this.executor?.interrupt(new Stopped(reason.message));
      },
    });
    if (!this.lock) return false;
    try {
      await this.carryLocked();
    } catch (error) {
      const known = error instanceof ConsiliumError ? error : storageTrouble(error);
      if (known && this.taken) await this.wait(this.taken, new MustWait(known.definition, known.message, { cause: error }));
      else if (!(error instanceof Stopped)) throw error;
    } finally {
      this.services.progress.update(this.run, { executing: false });
      await this.lock.release();
    }
    return true;
  }

  private async carryLocked(): Promise<void> {
    const run = await this.untilUp(() => this.nextEpoch());
    if (!run || this.stopped) return;
    this.taken = run;
    if (run.productVersion !== PRODUCT_VERSION || run.protocolVersion !== PROTOCOL_VERSION) return this.wait(run, versionPinned(run));
    const plan = await this.untilUp(() => approvedPlan(this.services.database, run.plan));
    const siteSets = await this.untilUp(() => this.services.database.getRepository(RunSiteSet).findBy({ run: run.id }));
    this.services.progress.update(run.id, { executing: true, startedAt: this.services.clock.now().toISOString(), rounds: 0 });
    await this.services.announce(run);
    const executor = this.makeExecutor(run, plan, siteSets);
    // Both may have happened while there was no executor to tell.
    if (this.stopped) executor.interrupt(new Stopped('This process stops executing the run.'));
    if (!this.lock?.held) executor.interrupt(new Stopped('The lock was lost.'));
    await this.execute(run, plan, executor).finally(() => executor.end());
  }

  /** The right to write: from now on, whoever executed the run before may not. */
  private nextEpoch(): Promise<Run | null> {
    return this.services.database.transaction(async (manager) => {
      const taken = await change<{ epoch: number }>(manager, `UPDATE run SET epoch = epoch + 1 WHERE id = $1 AND state = 'open' RETURNING epoch`, [
        this.run,
      ]);
      if (!taken[0]) return null;
      await manager.query(`UPDATE round SET epoch = $2 WHERE run = $1 AND state = 'open'`, [this.run, taken[0].epoch]);
      return manager.findOneByOrFail(Run, { id: this.run });
    });
  }

  private makeExecutor(run: Run, plan: ApprovedPlan, siteSets: readonly SiteSet[]): DurableExecutor {
    const { progress, logger } = this.services;
    const remaining = siteSetAt(siteSets, Number.POSITIVE_INFINITY).sites;
    this.executor = new DurableExecutor(
      {
        run: run.id,
        plan: run.plan,
        epoch: run.epoch,
        masked: masksSums(plan.plan),
        siteSets,
        deadlineMilliseconds: deadlineMilliseconds(plan.plan),
        late: (missing) => lateSites(plan, remaining, missing),
        onStep: (step, batch, deadline) => {
          progress.update(run.id, { step, deadline: deadline?.toISOString() ?? null, rounds: progress.of(run.id).rounds + 1, work: {} });
          if (batch) progress.batch(batch);
        },
        onProgress: (done, total, message) => progress.update(run.id, { done, total, message }),
        onDatabaseWait: (error) =>
          logger.warn({ run: run.id, error: error instanceof Error ? error.message : 'unknown' }, 'the database is away; the run waits'),
      },
      { ...this.services, journal: new RoundJournal(this.services.database, run.id, run.epoch) },
    );
    return this.executor;
  }

  private async execute(run: Run, plan: ApprovedPlan, executor: DurableExecutor): Promise<void> {
    const onStage = (name: string, index: number, count: number): void => {
      executor.beginStage(name);
      this.services.progress.update(run.id, { stage: { name, index, count } });
    };
    let text: string | undefined;
    let failure: unknown;
    try {
      text = await this.services.program(lockStepFederation(executor, run.sites), plan.plan, onStage);
    } catch (error) {
      failure = error;
    }
    if (executor.interruption) return this.interrupted(run, plan, executor.interruption);
    if (text === undefined) return this.fail(run, failure);
    await this.finish(run, text);
  }

  private async interrupted(run: Run, plan: ApprovedPlan, interruption: Interruption): Promise<void> {
    if (interruption instanceof MustWait) return this.wait(run, interruption);
    if (interruption instanceof GoOnWithout) return this.goOnWithout(run, plan, interruption.sites);
  }

  private async wait(run: Run, { code, message, cause }: MustWait): Promise<void> {
    const { transitions, logger, progress, announce, database } = this.services;
    logger.warn({ run: run.id, code: code.code, err: cause }, 'a run waits');
    const act = { actor: 'coordinator', action: 'run paused', subject: run.id, detail: { code: code.code, reason: message } };
    const changed = await this.untilUp(() => transitions.apply({ run: run.id, to: 'paused', epoch: run.epoch, reason: message, code, act }));
    progress.update(run.id, { message });
    if (changed) await announce(await this.untilUp(() => database.getRepository(Run).findOneByOrFail({ id: run.id })));
  }

  /** The stage begins again without the sites that missed the deadline; the supervisor takes the run up anew. */
  private async goOnWithout(run: Run, plan: ApprovedPlan, late: readonly string[]): Promise<void> {
    const { database, transitions, audit } = this.services;
    await this.untilUp(() =>
      database.transaction(async (manager) => {
        const held = await manager.query<unknown[]>(`SELECT id FROM run WHERE id = $1 AND epoch = $2 AND state = 'open' FOR UPDATE`, [
          run.id,
          run.epoch,
        ]);
        if (held.length === 0) return;
        const sets = await manager.findBy(RunSiteSet, { run: run.id });
        const sites = siteSetAt(sets, Number.POSITIVE_INFINITY).sites.filter((site) => !late.includes(site));
        await transitions.leaveOut(manager, { run: run.id, sites, by: `plan ${plan.digest.slice(0, 12)}: survivors` });
        await audit.add(manager, {
          actor: 'coordinator',
          action: 'site set changed',
          subject: run.id,
          detail: { without: late, sites, rule: 'onDropOut: survivors' },
        });
      }),
    );
  }

  private async fail(run: Run, failure: unknown): Promise<void> {
    const { transitions, logger, announce, database } = this.services;
    const code = failure instanceof ConsiliumError ? failure.definition : coordinatorErrors.runFailed;
    const reason = failure instanceof ConsiliumError || failure instanceof RoundRefused ? failure.message : coordinatorErrors.runFailed.title;
    logger.error({ run: run.id, err: failure }, 'a run failed');
    const act = { actor: 'coordinator', action: 'run failed', subject: run.id, detail: { code: code.code, reason } };
    await this.untilUp(() => transitions.apply({ run: run.id, to: 'failed', epoch: run.epoch, reason, code, act }));
    await announce(await this.untilUp(() => database.getRepository(Run).findOneByOrFail({ id: run.id })));
  }

  private async finish(run: Run, text: string): Promise<void> {
    const { database, artefacts, audit, clock, announce, progress, logger } = this.services;
    const at = clock.now();
    const { digest: results } = await this.untilUp(() => artefacts.keep(run.id, 'results', Buffer.from(text, 'utf8')));
    const evidence = await this.untilUp(() => runRecord(database, run, { at, results }));
    const { digest: record } = await this.untilUp(() => artefacts.keep(run.id, 'record', Buffer.from(evidence, 'utf8')));
    const closed = await this.untilUp(() =>
      database.transaction(async (manager) => {
        const rows = await change(
          manager,
          `UPDATE run SET state = 'closed', results = $3, record = $4, ended_at = $5, reason = NULL, code = NULL WHERE id = $1 AND epoch = $2 AND state = 'open' RETURNING id`,
          [run.id, run.epoch, results, record, at],
        );
        if (rows.length > 0) await audit.add(manager, { actor: 'coordinator', action: 'run closed', subject: run.id, detail: { results, record } });
        return rows.length > 0;
      }),
    );
    if (!closed) return;
    logger.info({ run: run.id, results }, 'a run is closed');
    progress.update(run.id, { step: null, deadline: null, missing: [], message: 'closed' });
    await announce({ ...run, state: 'closed' });
  }

  private untilUp<T>(action: () => Promise<T>): Promise<T> {
    return retryWhileDown(action, { signal: this.stopping.signal });
  }
}

function lateSites({ plan }: ApprovedPlan, remaining: readonly string[], missing: readonly string[]): Interruption {
  const left = remaining.filter((site) => !missing.includes(site)).length;
  if (plan.onDropOut === 'survivors' && left >= plan.quorum && left > 0) return new GoOnWithout(missing);
  const options =
    left >= plan.quorum && left > 0
      ? 'Resume to wait on, or resume without them.'
      : `The quorum of ${plan.quorum} sites does not allow going on without them.`;
  return new MustWait(
    coordinatorErrors.deadlinePassed,
    `${missing.join(', ')} did not answer before the deadline (${plan.deadline}). The run waits; all contributions are safe at their sites. ${options}`,
  );
}

const versionPinned = (run: Run): MustWait =>
  new MustWait(
    coordinatorErrors.versionPinned,
    `The run began under release ${run.productVersion} (protocol ${run.protocolVersion}); this is ${PRODUCT_VERSION} (protocol ${PROTOCOL_VERSION}). Start that release and resume, or use run restart.`,
  );
