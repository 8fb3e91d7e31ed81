import { Worker } from 'node:worker_threads';
import type { QualityAnswer, QualityTask } from './quality-worker.js';

/** A thread runs what was built, also where the agent itself runs from its sources (whose import conditions it then must not inherit). */
const FROM_SOURCE = import.meta.url.endsWith('.ts');
const QUALITY_WORKER = new URL(FROM_SOURCE ? '../../dist/quality/quality-worker.js' : './quality-worker.js', import.meta.url);

const HEAP_MEBIBYTES = 768;

/** One question at a time in a thread of its own; whoever looks at a slice goes before the scan of all cases. */
export class QualityThread {
  private worker: Worker | undefined;
  private readonly urgent: (() => void)[] = [];
  private readonly waiting: (() => void)[] = [];
  private busy = false;
  private closed = false;

  ask(task: QualityTask, { first = false } = {}): Promise<QualityAnswer> {
    return new Promise((resolve, reject) => {
      (first ? this.urgent : this.waiting).push(() => {
        this.answer(task).then(resolve, reject).finally(() => {
          this.busy = false;
          this.next();
        });
      });
      this.next();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.worker?.terminate();
  }

  private next(): void {
    if (this.busy) return;
    const work = this.urgent.shift() ?? this.waiting.shift();
    if (!work) return;
    this.busy = true;
    work();
  }

  private answer(task: QualityTask): Promise<QualityAnswer> {
    if (this.closed) return Promise.resolve({ fault: 'stopped' });
    const worker = (this.worker ??= this.start());
    return new Promise((resolve) => {
      const settle = (answer: QualityAnswer) => {
        worker.off('message', settle);
        worker.off('error', failed);
        worker.off('exit', ended);
        resolve(answer);
      };
      const failed = (error: Error) => settle((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' ? { refused: { kind: 'memory', severity: 'refuse', sentence: 'The case needs more memory than the agent may use. Crop the image around the region.' } } : { fault: error.name });
      const ended = () => settle({ fault: 'ended' });
      worker.on('message', settle);
      worker.on('error', failed);
      worker.on('exit', ended);
      worker.postMessage(task);
    });
  }

  private start(): Worker {
    const worker = new Worker(QUALITY_WORKER, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES }, ...(FROM_SOURCE ? { execArgv: [] } : {}) });
    worker.on('error', () => undefined);
    worker.once('exit', () => (this.worker = undefined));
    worker.unref();
    return worker;
  }
}
