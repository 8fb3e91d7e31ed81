import { Worker } from 'node:worker_threads';
import type { CaseExtractor, CaseOutcome, CaseTask } from './case-result.js';
import { readingMilliseconds, tooLongToMeasure, tooLongToRead, usualCaseLimits, type CaseLimits } from './case-time.js';
import type { CaseAnswer } from './case-worker.js';
import { outOfMemory } from './extract-case.js';

/** A thread runs what was built, also where the agent itself runs from its sources (whose import conditions it then must not inherit). */
const FROM_SOURCE = import.meta.url.endsWith('.ts');
const CASE_WORKER = new URL(FROM_SOURCE ? '../../dist/extraction/case-worker.js' : './case-worker.js', import.meta.url);

/** Of a thread's heap. Voxels lie outside it; one case at a time is what bounds those. */
const HEAP_MEBIBYTES = 768;

/** One case at a time in a thread of its own. An aborted case, and one that takes too long, ends the thread at once; the next case gets a new one. */
export class ThreadedCaseExtractor implements CaseExtractor {
  private worker: Worker | undefined;

  constructor(private readonly limits: CaseLimits = usualCaseLimits) {}

  async extract(task: CaseTask, signal: AbortSignal): Promise<CaseOutcome> {
    signal.throwIfAborted();
    const worker = (this.worker ??= this.start());
    const abort = () => void this.close();
    signal.addEventListener('abort', abort, { once: true });
    let late: CaseOutcome | undefined;
    const endWith = (outcome: CaseOutcome) => () => {
      late ??= outcome;
      void this.close();
    };
    const whole = setTimeout(endWith(tooLongToMeasure(this.limits)), 60_000 * this.limits.caseMinutes);
    const reading = setTimeout(endWith(tooLongToRead), readingMilliseconds(task, this.limits));
    try {
      return await answerOf(worker, task, () => clearTimeout(reading));
    } catch (error) {
      await this.close();
      signal.throwIfAborted();
      if (late) return late;
      if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') return outOfMemory;
      throw error;
    } finally {
      clearTimeout(whole);
      clearTimeout(reading);
      signal.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(CASE_WORKER, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES }, ...(FROM_SOURCE ? { execArgv: [] } : {}) });
    // Between two cases nobody listens, and an error without a listener would end the agent.
    worker.on('error', () => undefined);
    worker.unref();
    return worker;
  }
}

function answerOf(worker: Worker, task: CaseTask, onRead: () => void): Promise<CaseOutcome> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', answered);
      worker.off('error', reject);
      worker.off('exit', ended);
      act();
    };
    const answered = (answer: CaseAnswer) => {
      if ('read' in answer) return onRead();
      settle(() => ('outcome' in answer ? resolve(answer.outcome) : reject(new Error(answer.fault))));
    };
    const ended = () => settle(() => reject(new Error('The extracting thread ended.')));
    worker.on('message', answered);
    worker.on('error', reject);
    worker.on('exit', ended);
    worker.ref();
    worker.postMessage(task);
  });
}
