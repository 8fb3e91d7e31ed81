import { ImageWorker, isOutOfMemory, TooLong } from '../execution/image-worker.js';
import { readingMilliseconds, tooLongToMeasure, tooLongToRead, usualCaseLimits, wholeMilliseconds, type CaseLimits } from '../extraction/case-time.js';
import { outOfMemory } from '../extraction/extract-case.js';
import type { QualityAnswer, QualityTask } from './quality-worker.js';

/** A thread runs what was built, also where the agent itself runs from its sources. */
const QUALITY_WORKER = new URL(import.meta.url.endsWith('.ts') ? '../../dist/quality/quality-worker.js' : './quality-worker.js', import.meta.url);

/** One question at a time in a thread of its own; whoever looks at a slice goes before the scan of all cases. A case that takes too long is refused, and the next has its turn. */
export class QualityThread {
  private readonly worker = new ImageWorker<QualityTask, QualityAnswer>(QUALITY_WORKER);
  private readonly urgent: (() => void)[] = [];
  private readonly waiting: (() => void)[] = [];
  private busy = false;
  private closed = false;

  constructor(private readonly limits: CaseLimits = usualCaseLimits) {}

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
    await this.worker.close();
  }

  private next(): void {
    if (this.busy) return;
    const work = this.urgent.shift() ?? this.waiting.shift();
    if (!work) return;
    this.busy = true;
    work();
  }

  private async answer(task: QualityTask): Promise<QualityAnswer> {
    if (this.closed) return { fault: 'stopped' };
    try {
      return await this.worker.ask(task, { readingMilliseconds: readingMilliseconds(task.files, this.limits), wholeMilliseconds: wholeMilliseconds(this.limits) });
    } catch (error) {
      if (error instanceof TooLong) return refusedCase(error.limit === 'reading' ? tooLongToRead : tooLongToMeasure(this.limits));
      if (isOutOfMemory(error)) return refusedCase(outOfMemory);
      return { fault: error instanceof Error ? error.name : 'unknown' };
    }
  }
}

const refusedCase = ({ refused, sentence }: typeof outOfMemory): QualityAnswer => ({ refused: { kind: refused, severity: 'refuse', sentence } });
