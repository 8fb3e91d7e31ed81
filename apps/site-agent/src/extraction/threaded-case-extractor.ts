import { ImageWorker, isOutOfMemory, TooLong } from '../execution/image-worker.js';
import type { CaseExtractor, CaseOutcome, CaseTask } from './case-result.js';
import { readingMilliseconds, tooLongToMeasure, tooLongToRead, usualCaseLimits, wholeMilliseconds, type CaseLimits } from './case-time.js';
import type { CaseAnswer } from './case-worker.js';
import { outOfMemory } from './extract-case.js';

/** A thread runs what was built, also where the agent itself runs from its sources. */
const CASE_WORKER = new URL(import.meta.url.endsWith('.ts') ? '../../dist/extraction/case-worker.js' : './case-worker.js', import.meta.url);

/** One case at a time in a thread of its own. An aborted case, and one that takes too long, ends the thread at once; the next case gets a new one. */
export class ThreadedCaseExtractor implements CaseExtractor {
  private readonly worker = new ImageWorker<CaseTask, CaseAnswer>(CASE_WORKER);

  constructor(private readonly limits: CaseLimits = usualCaseLimits) {}

  async extract(task: CaseTask, signal: AbortSignal): Promise<CaseOutcome> {
    try {
      const answer = await this.worker.ask(task, { readingMilliseconds: readingMilliseconds(task, this.limits), wholeMilliseconds: wholeMilliseconds(this.limits), signal });
      if ('outcome' in answer) return answer.outcome;
      await this.close();
      throw new Error(answer.fault);
    } catch (error) {
      if (error instanceof TooLong) return error.limit === 'reading' ? tooLongToRead : tooLongToMeasure(this.limits);
      if (isOutOfMemory(error)) return outOfMemory;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.worker.close();
  }
}
