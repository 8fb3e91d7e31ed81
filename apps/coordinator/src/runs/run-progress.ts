import type { OpenBatch } from '../federation/open-batch.js';

/** Where a run is, for people who watch. Nothing rests on it; a restart begins it anew. */
export interface RunProgress {
  readonly run: string;
  /** Grows with each change. */
  readonly version: number;
  readonly stage: { readonly name: string; readonly index: number; readonly count: number } | null;
  readonly step: string | null;
  /** Batched rounds carried by this execution, replayed ones not counted. */
  readonly rounds: number;
  readonly answered: readonly string[];
  readonly missing: readonly string[];
  /** Milliseconds since 1970 at which each site answered what is open now. */
  readonly arrivals: Readonly<Record<string, number>>;
  readonly deadline: string | null;
  readonly done: number;
  readonly total: number;
  readonly message: string;
  /** What each site said of its own work. */
  readonly work: Readonly<Record<string, { readonly done: number; readonly total: number; readonly message: string }>>;
  readonly executing: boolean;
  readonly startedAt: string | null;
}

type Change = Partial<Omit<RunProgress, 'run' | 'version'>>;

const empty = (run: string): RunProgress => ({
  run,
  version: 0,
  stage: null,
  step: null,
  rounds: 0,
  answered: [],
  missing: [],
  arrivals: {},
  deadline: null,
  done: 0,
  total: 0,
  message: '',
  work: {},
  executing: false,
  startedAt: null,
});

export class ProgressBoard {
  private readonly runs = new Map<string, RunProgress>();
  private readonly waiting = new Map<string, Set<() => void>>();

  of(run: string): RunProgress {
    return this.runs.get(run) ?? empty(run);
  }

  update(run: string, change: Change): void {
    const before = this.of(run);
    this.runs.set(run, { ...before, ...change, version: before.version + 1 });
    for (const wake of this.waiting.get(run) ?? []) wake();
    this.waiting.delete(run);
  }

  /** The batch's state, read when something arrived. */
  batch(batch: OpenBatch): void {
    const missing = batch.missing;
    const answered = batch.sites.filter((site) => !missing.includes(site));
    this.update(batch.run, { missing, answered, arrivals: Object.fromEntries(answered.map((site) => [site, lastArrival(batch, site)])) });
  }

  /** Resolves at the next change after `version`, or when the time is over. */
  async after(run: string, version: number, milliseconds: number): Promise<RunProgress> {
    const now = this.of(run);
    // A smaller number than the watcher's is that of a process that began anew.
    if (now.version !== version) return now;
    await new Promise<void>((resolve) => {
      const wakers = this.waiting.get(run) ?? new Set();
      this.waiting.set(run, wakers);
      const done = (): void => {
        clearTimeout(timer);
        wakers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      timer.unref();
      wakers.add(done);
    });
    return this.of(run);
  }
}

const lastArrival = ({ parts }: OpenBatch, site: string): number => Math.max(0, ...parts.map(({ inbox }) => inbox.arrivals.get(site)?.at ?? 0));
