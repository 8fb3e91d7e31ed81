import { Worker } from 'node:worker_threads';
import { resample, type Grid, type Volume } from '@consilium/imaging';
import { assembleTable, extractFeatures, marginOf, readyCase, type ExtractOptions, type FeatureTable, type ReadyCase, type ResampledCase } from './extract.js';
import type { Region } from './features/region.js';
import { imageTasks } from './image-types.js';
import { kernelHeap } from './kernels/heap.js';
import { leaveWorkspace } from './kernels/workspace.js';
import { measureShape, measureTask, type ExtractedFeature, type ImageResult, type Measurable } from './measure.js';
import { normalised, resamplingGrid } from './prepare.js';
import type { ExtractionSettings } from './settings.js';
import { takeTask, taskQueue, type TaskQueue } from './task-queue.js';

/** What a worker is told: to bring a mask to a grid, or to share in the tasks of a case. */
export type ToWorker = ResampleMask | ShareTasks;

export interface ResampleMask {
  readonly kind: 'mask';
  readonly mask: Volume;
  readonly grid: Grid;
  readonly label: number;
  readonly margin: number;
}

export interface ShareTasks {
  readonly kind: 'case';
  readonly measurable: Measurable;
  readonly queue: TaskQueue;
}

export type FromWorker =
  | { readonly kind: 'mask'; readonly mask: Volume; readonly region: Region | null }
  | { readonly kind: 'task'; readonly index: number; readonly results: ImageResult[] }
  | { readonly kind: 'done' };

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
    try {
      const label = options.label ?? settings.preparation.label;
      const resampled = await this.resampleApart(image, mask, settings, { label, signal: options.signal });
      const ready = readyCase(image, mask, settings, { label, resampled });
      return await this.shareOut(ready, options);
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      leaveWorkspace();
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

  /** The image is resampled here while a worker resamples the mask and packs its region. */
  private async resampleApart(image: Volume, mask: Volume, settings: ExtractionSettings, { label, signal }: { label: number; signal: AbortSignal | undefined }): Promise<ResampledCase | null> {
    const grid = resamplingGrid(image, mask, { ...settings.preparation, label });
    if (!grid) return null;
    let found = null as { mask: Volume; region: Region | null } | null;
    const answered = converse(this.workers[0], { kind: 'mask', mask: sharedVolume(mask), grid, label, margin: marginOf(settings) }, signal, (message) => {
      if (message.kind === 'mask') found = message;
      return true;
    });
    // Reported by the wait below, whatever happens to the image meanwhile.
    answered.catch(() => undefined);
    const resampled = resample(normalised(image, settings.preparation), grid, { interpolator: settings.preparation.interpolator, shared: true, heap: kernelHeap() });
    await answered;
    const { mask: other, region } = found!;
    return region && { pair: { image: resampled, mask: other }, region };
  }

  private async shareOut(ready: ReadyCase, { onProgress, signal }: ExtractOptions): Promise<FeatureTable> {
    const measurable = shareable(ready.measurable);
    const tasks = imageTasks(measurable.settings.imageTypes);
    const queue = taskQueue(tasks);
    const results: ImageResult[][] = [];
    let done = 0;
    const finish = (index: number, found: ImageResult[]) => {
      results[index] = found;
      onProgress?.(++done, tasks.length);
    };
    const serve = (worker: Worker) =>
      converse(worker, { kind: 'case', measurable, queue }, signal, (message) => {
        if (message.kind === 'task') finish(message.index, message.results);
        return message.kind === 'done';
      });
    const own = async (): Promise<ExtractedFeature[]> => {
      const shape = measureShape(measurable);
      for (let index = takeTask(queue, 'front'); index !== null; index = takeTask(queue, 'front')) {
        finish(index, measureTask(measurable, tasks[index]));
        // The workers' answers are taken in between.
        await new Promise(setImmediate);
        signal?.throwIfAborted();
      }
      return shape;
    };
    // The workers are told first: this thread does not look up before it has finished a task.
    const served = this.workers.map(serve);
    const [shape] = await Promise.all([own(), ...served]);
    return assembleTable({ ...ready, measurable }, shape, results);
  }
}

/** Tells a worker something and hands on what it answers, until an answer is the last. */
function converse(worker: Worker, message: ToWorker, signal: AbortSignal | undefined, hear: (answer: FromWorker) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', answered);
      worker.off('error', failed);
      signal?.removeEventListener('abort', aborted);
      act();
    };
    const answered = (answer: FromWorker) => void (hear(answer) && settle(resolve));
    const failed = (error: Error) => settle(() => reject(error));
    const aborted = () => settle(() => reject(signal!.reason as Error));
    worker.on('message', answered);
    worker.on('error', failed);
    signal?.addEventListener('abort', aborted);
    worker.postMessage(message);
  });
}

/** The same case with its voxels in memory that threads share. */
function shareable(measurable: Measurable): Measurable {
  const region = sharedRegion(measurable.region);
  return { ...measurable, image: sharedVolume(measurable.image), region, shapeRegion: measurable.shapeRegion === measurable.region ? region : measurable.shapeRegion };
}

const sharedRegion = (region: Region): Region => ({ ...region, places: shared(region.places), inner: shared(region.inner), sources: shared(region.sources) });

const sharedVolume = (volume: Volume): Volume => ({ ...volume, data: shared(volume.data) });

function shared<T extends { buffer: ArrayBufferLike; byteOffset: number; byteLength: number; length: number; constructor: unknown }>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const memory = new SharedArrayBuffer(values.byteLength);
  new Uint8Array(memory).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return new (values.constructor as new (memory: SharedArrayBuffer, offset: number, length: number) => T)(memory, 0, values.length);
}
