import { Worker } from 'node:worker_threads';
import type { Volume } from '@consilium/imaging';
import { assembleTable, extractFeatures, readyCase, type ExtractOptions, type FeatureTable, type ReadyCase } from '../extract.js';
import { imageTasks } from '../image-types.js';
import { leaveWorkspace } from '../kernels/workspace.js';
import { measureShape, measureTask, type ExtractedFeature, type ImageResult } from '../measure.js';
import type { ExtractionSettings } from '../settings.js';
import { listen, tell } from './conversation.js';
import { resampleTogether } from './resample-together.js';
import { shareable } from './shared-memory.js';
import { takeTask, taskQueue } from './task-queue.js';

export interface SharedExtractOptions extends ExtractOptions {
  /** No case follows: workers end as soon as they have nothing to do, while this thread is still at work. */
  readonly last?: boolean;
}

/**
 * Extracts case after case with a number of threads: this one and workers, which share the voxels and take one image type after another. One case is in memory at a
 * time; its table does not depend on the number of threads.
 */
export class Extractor {
  private workers: Worker[] = [];
  /** Workers that were told their last case. */
  private ending: Worker[] = [];

  /** Workers start at once, while the first case is still read. */
  constructor(private readonly threads = 1) {
    this.startWorkers();
  }

  /** As extractFeatures. An aborted signal ends the workers; the extractor can be used again. */
  async extract(image: Volume, mask: Volume, settings: ExtractionSettings, options: SharedExtractOptions = {}): Promise<FeatureTable> {
    if (this.threads === 1) return extractFeatures(image, mask, settings, options);
    this.startWorkers();
    try {
      const label = options.label ?? settings.preparation.label;
      const resampled = await resampleTogether(this.workers[0], { image, mask }, settings, { label, signal: options.signal });
      const ready = readyCase(image, mask, settings, { label, resampled });
      return await this.shareOut(ready, resampled?.shape ?? null, options);
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      leaveWorkspace();
    }
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    const workers = [...this.workers, ...this.ending];
    this.workers = [];
    this.ending = [];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private startWorkers(): void {
    while (this.workers.length < this.threads - 1) {
      const worker = new Worker(new URL('./extraction-worker.js', import.meta.url));
      worker.unref();
      this.workers.push(worker);
    }
  }

  private async shareOut(ready: ReadyCase, shape: Promise<readonly ExtractedFeature[]> | null, { onProgress, signal, last = false }: SharedExtractOptions): Promise<FeatureTable> {
    const measurable = shareable(ready.measurable);
    const tasks = imageTasks(measurable.settings.imageTypes);
    const queue = taskQueue(tasks);
    const results: ImageResult[][] = [];
    let done = 0;
    const finish = (index: number, found: ImageResult[]) => {
      results[index] = found;
      onProgress?.(++done, tasks.length);
    };
    const serve = (worker: Worker) => {
      const served = listen(worker, signal, (message) => {
        if (message.kind === 'task') finish(message.index, message.results);
        return message.kind === 'done';
      });
      tell(worker, { kind: 'tasks', measurable, queue, last });
      return served;
    };
    const own = async (): Promise<readonly ExtractedFeature[]> => {
      const measured = shape ?? measureShape(measurable);
      for (let index = takeTask(queue, 'patterns'); index !== null; index = takeTask(queue, 'patterns')) {
        finish(index, measureTask(measurable, tasks[index]));
        // The workers' answers are taken in between.
        await new Promise(setImmediate);
        signal?.throwIfAborted();
      }
      return measured;
    };
    // The workers are told first: this thread does not look up before it has finished a task.
    const served = this.workers.map(serve);
    if (last) this.ending = this.workers.splice(0);
    const [features] = await Promise.all([own(), ...served]);
    return assembleTable({ ...ready, measurable }, features, results);
  }
}
