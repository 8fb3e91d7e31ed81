import type { Worker } from 'node:worker_threads';
import { resample } from '@consilium/imaging';
import type { ResampledCase } from '../extract.js';
import { kernelHeap } from '../kernels/heap.js';
import type { ExtractedFeature } from '../measure.js';
import { normalised, resamplingGrid, type Pair } from '../prepare.js';
import type { ExtractionSettings } from '../settings.js';
import { nextAnswer, tell } from './conversation.js';
import { sharedVolume } from './shared-memory.js';

/** A resampled case, and the figures of its shape where a worker measures them already. */
export interface CaseFromWorkers extends ResampledCase {
  readonly shape: Promise<readonly ExtractedFeature[]> | null;
}

/**
 * This thread resamples the image while a worker brings the mask to the grid, packs its region and measures its shape. Null when nothing is resampled, or nothing is left of the region: then
 * the case is prepared by this thread alone, which explains what is wrong.
 */
export async function resampleTogether(worker: Worker, { image, mask }: Pair, settings: ExtractionSettings, { label, signal }: { label: number; signal: AbortSignal | undefined }): Promise<CaseFromWorkers | null> {
  const { preparation } = settings;
  const grid = resamplingGrid(image, mask, { ...preparation, label });
  if (!grid) return null;
  const brought = nextAnswer(worker, 'mask', signal);
  const measured = preparation.resegment ? null : nextAnswer(worker, 'shape', signal).then(({ features }) => features);
  measured?.catch(() => undefined);
  tell(worker, { kind: 'mask', mask: sharedVolume(mask), grid, label, settings });
  const resampled = resample(normalised(image, preparation), grid, { interpolator: preparation.interpolator, shared: true, heap: kernelHeap() });
  const { mask: other, found } = await brought;
  return found && { pair: { image: resampled, mask: other, box: found.box }, region: found.region, shape: measured };
}
