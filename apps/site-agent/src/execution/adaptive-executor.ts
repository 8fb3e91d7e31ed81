import type { StepCall, StepExecutor, StepOutcome } from './step-call.js';

export interface AdaptiveExecutorOptions {
  readonly here: StepExecutor;
  readonly thread: StepExecutor;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  /** Rows of the site's data. */
  readonly rows: () => number;
}

/** Longer computations leave the agent's own thread, which has to keep the connection alive. */
const SHORT_MILLISECONDS = 150;
/** Rows times bytes of a request below which a kind of question is tried in the agent's own thread first. */
const SMALL_WORK = 4_000_000;

/**
 * Short computations in the agent's own thread, long ones in another. Two threads cost a question about a millisecond each way on a busy
 * machine, which is much of a short round and nothing of a long one. Which is which is learned by kind of question: the step and the
 * magnitude of its request. A computation in the other thread that turns out short brings its kind back.
 */
export class AdaptiveExecutor implements StepExecutor {
  private readonly lasted = new Map<string, number>();

  constructor(private readonly options: AdaptiveExecutorOptions) {}

  cohortDigest(): Promise<string> {
    return this.options.here.cohortDigest();
  }

  async run(call: StepCall): Promise<StepOutcome> {
    const { here, thread, now = () => performance.now() } = this.options;
    const kind = `${call.step} ${call.version} ${Math.ceil(Math.log2(call.request.length + 1))}`;
    const lasted = this.lasted.get(kind);
    const short = lasted === undefined ? this.options.rows() * call.request.length < SMALL_WORK : lasted < SHORT_MILLISECONDS;
    const started = now();
    const outcome = await (short ? here : thread).run(call);
    this.lasted.set(kind, now() - started);
    return outcome;
  }

  async close(): Promise<void> {
    await this.options.here.close();
    await this.options.thread.close();
  }
}
