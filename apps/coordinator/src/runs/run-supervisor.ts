import type { Log } from '../log.js';
import { isTransientDatabaseError } from '@consilium/database';
import { select } from '../sql.js';
import { RunExecution, type ExecutionServices } from './run-execution.js';

const LOOK_AROUND_MILLISECONDS = 1_000;

/** Takes up every open run that no other process executes, at start and whenever one appears, and lets go of those that are open no longer. */
export class RunSupervisor {
  private readonly executing = new Map<string, { readonly execution: RunExecution; readonly ended: Promise<void> }>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(
    private readonly services: ExecutionServices,
    private readonly logger: Log,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.nudge(), LOOK_AROUND_MILLISECONDS);
    this.timer.unref();
    this.nudge();
  }

  /** Something changed: look now rather than in a second. */
  nudge(): void {
    if (this.stopped) return;
    if (this.looking) {
      this.again = true;
      return;
    }
    this.looking = this.look()
      .catch((error: unknown) =>
        this.logger.warn({ error: error instanceof Error ? error.message : 'unknown' }, 'the open runs could not be read; tried again in a second'),
      )
      .finally(() => {
        this.looking = undefined;
        if (this.again) {
          this.again = false;
          this.nudge();
        }
      });
  }

  /** The run changed hands or state: its execution here, if any, ends first. */
  async release(run: string): Promise<void> {
    const here = this.executing.get(run);
    here?.execution.stop();
    await here?.ended;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.looking;
    await Promise.all([...this.executing.keys()].map((run) => this.release(run)));
  }

  private async look(): Promise<void> {
    const open = new Set((await select<{ id: string }>(this.services.database, `SELECT id FROM run WHERE state = 'open'`)).map(({ id }) => id));
    for (const [run, { execution }] of this.executing) if (!open.has(run)) execution.stop();
    if (this.stopped) return;
    for (const run of open) if (!this.executing.has(run)) this.take(run);
  }

  private take(run: string): void {
    const execution = new RunExecution(run, this.services);
    const ended = execution
      .carry()
      .catch((error: unknown) => {
        if (isTransientDatabaseError(error)) this.logger.warn({ run }, 'the database is away; the run is taken up again in a second');
        else this.logger.error({ run, err: error }, 'an execution ended by a fault; the run is taken up again');
        return false;
      })
      .then((carried) => {
        this.executing.delete(run);
        // After a stage begins again the run is open still; a run of another process, or a fault, is looked at in its time.
        if (carried) this.nudge();
      });
    this.executing.set(run, { execution, ended });
  }
}
