import { isAlone } from '@consilium/secure-channel';
import { Worker } from 'node:worker_threads';
import { AgentStopping, type StepCall, type StepExecutor, type StepOutcome } from './step-call.js';
import type { WorkerAnswer, WorkerQuestion, WorkerSetting } from './worker-messages.js';

/** A thread runs what was built, also where the agent itself runs from its sources (whose import conditions it then must not inherit). */
const FROM_SOURCE = import.meta.url.endsWith('.ts');
const STEP_WORKER = new URL(FROM_SOURCE ? '../../dist/execution/step-worker.js' : './step-worker.js', import.meta.url);

/** To copy this much takes longer than to send it back in the rare case. */
const HANDED_OVER_BYTES = 1024 * 1024;

interface Waiting {
  readonly resolve: (result: string | StepOutcome) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Computes steps in a thread of its own, so that a long computation never holds up the connection. A thread that dies fails the
 * questions it had and is made anew for the next one.
 */
export class WorkerExecutor implements StepExecutor {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;

  constructor(
    private readonly setting: WorkerSetting,
    private readonly script: URL = STEP_WORKER,
  ) {}

  async cohortDigest(): Promise<string> {
    return (await this.ask({ ask: 'cohort' }, [])) as string;
  }

  async run(call: StepCall): Promise<StepOutcome> {
    // A long question goes over as it is, where nothing lies beside it. Else a copy: slice() of a Buffer is none, and its neighbours in the message would go with it.
    const isHandedOver = call.request.length >= HANDED_OVER_BYTES && isAlone(call.request);
    const request = isHandedOver ? (call.request as Uint8Array<ArrayBuffer>) : new Uint8Array(call.request);
    return (await this.ask({ ask: 'run', call: { ...call, request } }, [request.buffer])) as StepOutcome;
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
    this.failAll(new AgentStopping());
  }

  private ask(question: { ask: 'cohort' } | { ask: 'run'; call: StepCall }, transfer: ArrayBuffer[]): Promise<string | StepOutcome> {
    const worker = (this.worker ??= this.start());
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, ...question } satisfies WorkerQuestion, transfer);
    });
  }

  private start(): Worker {
    const worker = new Worker(this.script, { workerData: this.setting, ...(FROM_SOURCE ? { execArgv: [] } : {}) });
    worker.on('message', (answer: WorkerAnswer) => {
      const waiting = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if ('fault' in answer) waiting?.reject(new Error(answer.fault));
      else waiting?.resolve(answer.result);
    });
    const lost = (error: Error) => {
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.failAll(error);
    };
    worker.on('error', lost);
    worker.on('exit', () => lost(new Error('The computing thread ended.')));
    return worker;
  }

  private failAll(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
