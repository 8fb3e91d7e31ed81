import { ConsiliumError, methodErrors, type Refusal, type Value } from '@consilium/protocol';
import { RoundRefused, type Federation, type RoundRequest, type SiteAnswer, type SumAggregate } from './federation.js';
import type { GatherStep, Step, Sums, SumStep } from './step.js';

/** One request of a batch. */
export interface RoundCall {
  /**
   * Names the call within the run, the same at every execution: the branch's numbers joined by '.', then '/' and the index of the call in
   * its branch. '/0' is the first call outside any branch, '2.0/5' the sixth of branch 0 within branch 2.
   */
  readonly path: string;
  readonly kind: 'sum' | 'gather';
  readonly step: Step;
  readonly request: RoundRequest<Value>;
  /** Ascending. */
  readonly sites: readonly string[];
}

/** How a call ended. A sum that any site refused has no sum. */
export type RoundOutcome =
  | { readonly kind: 'sum'; readonly sums: Sums; readonly sites: readonly string[] }
  | { readonly kind: 'gather'; readonly answers: readonly SiteAnswer<Value>[] }
  | { readonly kind: 'refused'; readonly refusals: readonly { readonly site: string; readonly refusal: Refusal }[] };

/** What carries rounds: arrays in one process, or a journal and sockets. */
export interface RoundExecutor {
  /** One batched round: one message a site with all parts. Outcomes in the order of the calls. A rejection ends the whole execution. */
  execute(batch: readonly RoundCall[]): Promise<readonly RoundOutcome[]>;
  /** Makes the artefact available to the sites and answers the sha256 of its encoded bytes. */
  publish(artefact: Value): Promise<string>;
  progress(done: number, total: number, message: string): void;
}

/** A Federation over an executor. Sites are sorted; the same program gives the same batches and paths at every execution. */
export function lockStepFederation(executor: RoundExecutor, sites: readonly string[]): Federation {
  const scheduler = new Scheduler(executor);
  return new BranchFederation(scheduler, new Branch([]), [...new Set(sites)].sort());
}

/** A line of execution: the program itself, or one branch of inParallel. */
class Branch {
  /** Calls made so far, and branches opened so far: later branches get new numbers, so paths never repeat. */
  calls = 0;
  branches = 0;
  state: 'running' | 'asking' | 'inside branches' = 'running';

  constructor(readonly numbers: readonly number[]) {}

  /** The programmer's mistake that would let a replay reorder rounds. */
  suspend(state: 'asking' | 'inside branches'): void {
    if (this.state !== 'running') {
      throw new Error('A branch asks for one round at a time, and through the federation handed to it: use inParallel, never Promise.all.');
    }
    this.state = state;
  }
}

interface Waiting {
  readonly branch: Branch;
  readonly call: RoundCall;
  readonly resolve: (outcome: RoundOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Collects the calls of all branches and executes them as one batch whenever no branch can go on without an answer. */
class Scheduler {
  private running = 1;
  private waiting: Waiting[] = [];
  private failure: Error | undefined;

  constructor(readonly executor: RoundExecutor) {}

  ask(branch: Branch, call: RoundCall): Promise<RoundOutcome> {
    if (this.failure) return Promise.reject(this.failure);
    branch.suspend('asking');
    return new Promise((resolve, reject) => {
      this.waiting.push({ branch, call, resolve, reject });
      this.pause();
    });
  }

  async branchOut<T>(parent: Branch, children: readonly Branch[], run: (child: Branch, index: number) => Promise<T>): Promise<T[]> {
    if (children.length === 0) return [];
    parent.suspend('inside branches');
    this.running += children.length - 1;
    let open = children.length;
    const settled = await Promise.allSettled(
      children.map(async (child, index) => {
        try {
          return await run(child, index);
        } finally {
          open--;
          // The last branch hands its turn to the parent, so that nothing is executed before the parent has gone on.
          if (open === 0) parent.state = 'running';
          else this.pause();
        }
      }),
    );
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    return settled.map((one) => (one as PromiseFulfilledResult<T>).value);
  }

  /** One line of execution waits or has ended; when none runs, the batch goes out. */
  private pause(): void {
    this.running--;
    if (this.running === 0 && this.waiting.length > 0) void this.flush();
  }

  private async flush(): Promise<void> {
    const batch = this.waiting.sort((a, b) => compareNumbers(a.branch.numbers, b.branch.numbers));
    this.waiting = [];
    let outcomes: readonly RoundOutcome[] = [];
    try {
      outcomes = await this.executor.execute(batch.map(({ call }) => call));
      if (outcomes.length !== batch.length) throw new Error('An executor answers every call of its batch.');
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error('An executor failed without an error.', { cause: error });
    }
    this.running += batch.length;
    batch.forEach(({ branch, resolve, reject }, index) => {
      branch.state = 'running';
      if (this.failure) reject(this.failure);
      else resolve(outcomes[index]!);
    });
  }
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

class BranchFederation implements Federation {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly branch: Branch,
    readonly sites: readonly string[],
  ) {}

  async sum<P extends Value, C extends Sums>(step: SumStep<P, C>, request: RoundRequest<P>): Promise<SumAggregate<C>> {
    const outcome = await this.scheduler.ask(this.branch, this.call(step, request));
    if (outcome.kind === 'refused') throw new RoundRefused(step.name, outcome.refusals);
    if (outcome.kind !== 'sum') throw new Error(`${step.name}: a sum was asked and ${outcome.kind} came`);
    const finding = step.implausible?.(outcome.sums as C, request.parameters);
    if (finding !== undefined) throw new ConsiliumError(methodErrors.sumImplausible, `The sum of ${step.name} cannot be: ${finding}. It was not used.`);
    return { sums: outcome.sums as C, sites: outcome.sites };
  }

  async gather<P extends Value, C extends Value>(step: GatherStep<P, C>, request: RoundRequest<P>): Promise<readonly SiteAnswer<C>[]> {
    const outcome = await this.scheduler.ask(this.branch, this.call(step, request));
    if (outcome.kind === 'refused') return outcome.refusals;
    if (outcome.kind !== 'gather') throw new Error(`${step.name}: answers were asked and ${outcome.kind} came`);
    return outcome.answers as readonly SiteAnswer<C>[];
  }

  publish(artefact: Value): Promise<string> {
    return this.scheduler.executor.publish(artefact);
  }

  restrict(sites: readonly string[]): Federation {
    const unknown = sites.filter((site) => !this.sites.includes(site));
    if (unknown.length > 0) throw new Error(`The federation has no site ${unknown.join(', ')}.`);
    return new BranchFederation(this.scheduler, this.branch, [...new Set(sites)].sort());
  }

  inParallel<T>(branches: readonly ((federation: Federation) => Promise<T>)[]): Promise<T[]> {
    const children = branches.map(() => new Branch([...this.branch.numbers, this.branch.branches++]));
    return this.scheduler.branchOut(this.branch, children, (child, index) =>
      branches[index]!(new BranchFederation(this.scheduler, child, this.sites)),
    );
  }

  progress(done: number, total: number, message: string): void {
    this.scheduler.executor.progress(done, total, message);
  }

  private call(step: Step, request: RoundRequest<Value>): RoundCall {
    if (this.sites.length === 0) throw new Error(`${step.name}: no site to ask`);
    return { path: `${this.branch.numbers.join('.')}/${this.branch.calls++}`, kind: step.kind, step, request, sites: this.sites };
  }
}
