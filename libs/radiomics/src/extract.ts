import type { Volume } from '@consilium/imaging';
import { packRegion, type Region } from './features/region.js';
import { leaveWorkspace } from './kernels/workspace.js';
import { imageTasks, isLastOfItsType } from './image-types.js';
import { measureShape, measureTask, type ExtractedFeature, type ImageResult, type Measurable } from './measure.js';
import { prepareCase, type BoxedPair } from './prepare.js';
import type { ExtractionSettings } from './settings.js';

/** Every figure of one region of one image. */
export interface FeatureTable {
  /** In pyradiomics' order: shape, then image type by image type. */
  readonly features: readonly ExtractedFeature[];
  /** What was changed to make image and mask fit, in sentences. */
  readonly notes: readonly string[];
  readonly region: RegionSummary;
}

export interface RegionSummary {
  readonly voxels: number;
  /** mm */
  readonly spacing: readonly [number, number, number];
  /** Grey levels of the unfiltered image; null when it is not among the image types. */
  readonly greyLevels: number | null;
}

export interface ExtractOptions {
  /** Over that of the settings. */
  readonly label?: number;
  /** Called after each unit of work. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A case made ready to be measured, and what to tell about it. */
export interface ReadyCase {
  readonly measurable: Measurable;
  readonly notes: readonly string[];
}

/** What other threads have done of a case beforehand. */
export interface ResampledCase {
  readonly pair: BoxedPair;
  readonly region: Region;
}

export function readyCase(image: Volume, mask: Volume, settings: ExtractionSettings, { label = settings.preparation.label, resampled = null }: { label?: number; resampled?: ResampledCase | null } = {}): ReadyCase {
  const prepared = prepareCase(image, mask, { ...settings.preparation, label }, resampled?.pair);
  const margin = marginOf(settings);
  const region = resampled && prepared.mask === resampled.pair.mask ? resampled.region : packRegion(prepared.mask, label, prepared.box, margin);
  const shapeRegion = prepared.shapeMask === prepared.mask ? region : packRegion(prepared.shapeMask, label, prepared.box, margin);
  return { measurable: { image: prepared.image, region, shapeRegion, settings }, notes: prepared.notes };
}

/** Empty voxels around a region's box, so that no neighbour needs a bounds check. */
export const marginOf = ({ imageTypes }: ExtractionSettings): number => Math.max(1, ...imageTypes.flatMap(({ features }) => features.distances));

/**
 * Every feature of one label of one case, by its pyradiomics name, in this thread. Throws ImageFileError when image and mask cannot be measured, and the signal's
 * reason when it is aborted between two units of work.
 */
export function extractFeatures(image: Volume, mask: Volume, settings: ExtractionSettings, { label, onProgress, signal }: ExtractOptions = {}): FeatureTable {
  const tasks = imageTasks(settings.imageTypes);
  try {
    const ready = readyCase(image, mask, settings, label === undefined ? {} : { label });
    const shape = measureShape(ready.measurable);
    const results = tasks.map((task, i) => {
      signal?.throwIfAborted();
      const found = measureTask(ready.measurable, task);
      onProgress?.(i + 1, tasks.length);
      return found;
    });
    return assembleTable(ready, shape, results);
  } finally {
    leaveWorkspace();
  }
}

/** The table of a case from the results of its tasks, in the order of the tasks: the same whichever thread computed what. */
export function assembleTable({ measurable, notes }: ReadyCase, shape: readonly ExtractedFeature[], results: readonly (readonly ImageResult[])[]): FeatureTable {
  const tasks = imageTasks(measurable.settings.imageTypes);
  const ordered = measurable.settings.imageTypes.flatMap((settings) => {
    const own = results.filter((_, i) => tasks[i].settings === settings).flat();
    return [...own.filter(({ image }) => !isLastOfItsType(image)), ...own.filter(({ image }) => isLastOfItsType(image))];
  });
  return {
    features: [...shape, ...ordered.flatMap(({ features }) => features)],
    notes,
    region: { voxels: measurable.region.places.length, spacing: [...measurable.image.spacing], greyLevels: ordered.find(({ image }) => image === 'original')?.greyLevels ?? null },
  };
}
