import { Worker } from 'node:worker_threads';
import type { Volume } from '@consilium/imaging';
import { assembleTable, extractFeatures, readyCase, type ExtractOptions, type FeatureTable } from './extract.js';
import { imageTasks } from './image-types.js';
import { measureShape, measureTask, type ExtractedFeature, type ImageResult, type Measurable } from './measure.js';
import type { ExtractionSettings } from './settings.js';

/** What a worker is told, and what it answers. */
export type ToWorker = { readonly kind: 'case'; readonly measurable: Measurable } | { readonly kind: 'task'; readonly index: number };
export type FromWorker = { readonly index: number; readonly results: ImageResult[] };

/**
 * Extracts case after case with a number of threads: this one and workers, which share the voxels and take one image type after another. One case is in memory at a
 * time; its table does not depend on the number of threads.
 */
export class Extractor {
  private workers: Worker[] = [];

  /** Workers start at once, while the first case is still read and prepared. */
  constructor(private readonly threads = 1) {
    this.startWorkers();
  }

  /** As extractFeatures. An aborted signal ends the workers; the extractor can be used again. */
  async extract(image: Volume, mask: Volume, settings: ExtractionSettings, options: ExtractOptions = {}): Promise<FeatureTable> {
    if (this.threads === 1) return extractFeatures(image, mask, settings, options);
    this.startWorkers();
    const ready = readyCase(image, mask, settings, options.label);
    const measurable = shareable(ready.measurable);
    try {
      const { shape, results } = await this.shareOut(measurable, options);
      return assembleTable(ready, shape, results);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    const workers = this.workers;
    this.workers = [];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private startWorkers(): void {
    while (this.workers.length < this.threads - 1) {
      const worker = new Worker(new URL('./extraction-worker.js', import.meta.url));
      worker.unref();
      this.workers.push(worker);
    }
  }

  private async shareOut(measurable: Measurable, { onProgress, signal }: ExtractOptions): Promise<{ shape: ExtractedFeature[]; results: ImageResult[][] }> {
    const tasks = imageTasks(measurable.settings.imageTypes);
    const queue = longestFirst(tasks.map(({ settings }) => settings.type));
    const results: ImageResult[][] = [];
    let shape: ExtractedFeature[] = [];
    let done = 0;
    const finish = (index: number, found: ImageResult[]) => {
      results[index] = found;
      onProgress?.(++done, tasks.length);
    };
    const serve = async (worker: Worker): Promise<void> => {
      worker.postMessage({ kind: 'case', measurable } satisfies ToWorker);
      for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
        const answer = await ask(worker, index, signal);
        finish(answer.index, answer.results);
      }
    };
    const own = async (): Promise<void> => {
      // The workers have their first image type by now.
      await new Promise(setImmediate);
      shape = measureShape(measurable);
      for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
        finish(index, measureTask(measurable, tasks[index]));
        // The workers' answers are taken in between.
        await new Promise(setImmediate);
        signal?.throwIfAborted();
      }
    };
    await Promise.all([...this.workers.map(serve), own()]);
    return { shape, results };
  }
}

function ask(worker: Worker, index: number, signal: AbortSignal | undefined): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', answered);
      worker.off('error', failed);
      signal?.removeEventListener('abort', aborted);
      act();
    };
    const answered = (message: FromWorker) => settle(() => resolve(message));
    const failed = (error: Error) => settle(() => reject(error));
    const aborted = () => settle(() => reject(signal!.reason as Error));
    worker.on('message', answered);
    worker.on('error', failed);
    signal?.addEventListener('abort', aborted);
    worker.postMessage({ kind: 'task', index } satisfies ToWorker);
  });
}

/** Units of work with the slow ones first, so that no thread is left with one at the end. */
function longestFirst(types: readonly string[]): number[] {
  const weight = (type: string) => (type === 'Wavelet' ? 3 : type === 'LBP3D' ? 4 : 1);
  return types.map((_, index) => index).sort((a, b) => weight(types[b]) - weight(types[a]) || a - b);
}

/** The same case with its voxels in memory that threads share. */
function shareable(measurable: Measurable): Measurable {
  const shared = <T extends { buffer: ArrayBufferLike; byteOffset: number; byteLength: number; length: number; constructor: unknown }>(values: T): T => {
    const memory = new SharedArrayBuffer(values.byteLength);
    new Uint8Array(memory).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return new (values.constructor as new (memory: SharedArrayBuffer, offset: number, length: number) => T)(memory, 0, values.length);
  };
  const region = { ...measurable.region, places: shared(measurable.region.places), sources: shared(measurable.region.sources) };
  return { ...measurable, image: { ...measurable.image, data: shared(measurable.image.data) }, region, shapeRegion: measurable.shapeRegion === measurable.region ? region : measurable.shapeRegion };
}
