import { Worker } from 'node:worker_threads';

/** A thread of an agent that runs from its sources must not inherit their import conditions. */
const FROM_SOURCE = import.meta.url.endsWith('.ts');

/** Of a thread's heap. Voxels lie outside it; one case at a time is what bounds those. */
const HEAP_MEBIBYTES = 768;

/** The thread has read the files of its task. */
export interface FilesRead {
  readonly read: true;
}

export interface TaskLimits {
  /** To read the files of the task, and for all of it. */
  readonly readingMilliseconds: number;
  readonly wholeMilliseconds: number;
  readonly signal?: AbortSignal;
}

/** The task took too long. The thread was ended with it. */
export class TooLong extends Error {
  constructor(readonly limit: 'reading' | 'whole') {
    super('too long');
  }
}

/** The thread's heap was full. */
export const isOutOfMemory = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';

/**
 * A thread that reads images, one task after another, and can be made to end: by the caller, by a signal, by the time a task may take. Files that were made to nest, to
 * inflate or to hang hold nothing longer than that; the next task gets a new thread. Nobody may ask while a task is under way.
 */
export class ImageWorker<Task, Answer extends object> {
  private worker: Worker | undefined;

  constructor(private readonly script: URL) {}

  async ask(task: Task, { readingMilliseconds, wholeMilliseconds, signal }: TaskLimits): Promise<Answer> {
    signal?.throwIfAborted();
    const worker = (this.worker ??= this.start());
    const abort = () => void this.close();
    signal?.addEventListener('abort', abort, { once: true });
    let late: TooLong | undefined;
    const endAfter = (milliseconds: number, limit: TooLong['limit']) =>
      setTimeout(() => {
        late ??= new TooLong(limit);
        void this.close();
      }, milliseconds);
    const whole = endAfter(wholeMilliseconds, 'whole');
    const reading = endAfter(readingMilliseconds, 'reading');
    try {
      return await answerOf<Task, Answer>(worker, task, () => clearTimeout(reading));
    } catch (error) {
      await this.close();
      signal?.throwIfAborted();
      throw late ?? error;
    } finally {
      clearTimeout(whole);
      clearTimeout(reading);
      signal?.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(this.script, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES }, ...(FROM_SOURCE ? { execArgv: [] } : {}) });
    // Between two tasks nobody listens, and an error without a listener would end the agent.
    worker.on('error', () => undefined);
    worker.once('exit', () => {
      if (this.worker === worker) this.worker = undefined;
    });
    worker.unref();
    return worker;
  }
}

function answerOf<Task, Answer extends object>(worker: Worker, task: Task, onRead: () => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', answered);
      worker.off('error', failed);
      worker.off('exit', ended);
      act();
    };
    const answered = (answer: FilesRead | Answer) => ('read' in answer ? onRead() : settle(() => resolve(answer)));
    const failed = (error: Error) => settle(() => reject(error));
    const ended = () => settle(() => reject(new Error('The thread that reads images ended.')));
    worker.on('message', answered);
    worker.on('error', failed);
    worker.on('exit', ended);
    worker.ref();
    worker.postMessage(task);
  });
}
