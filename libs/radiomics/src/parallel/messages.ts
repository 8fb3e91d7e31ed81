import type { BoundingBox, Grid, Volume } from '@consilium/imaging';
import type { Region } from '../features/region.js';
import type { ExtractedFeature, ImageResult, Measurable } from '../measure.js';
import type { ExtractionSettings } from '../settings.js';
import type { TaskQueue } from './task-queue.js';

/** What a worker is told, in the order of a case. */
export type ToWorker = BringMask | ShareTasks;

/** To bring the mask to the grid, and to measure its shape when the settings leave the region as it is. */
export interface BringMask {
  readonly kind: 'mask';
  readonly mask: Volume;
  readonly grid: Grid;
  readonly label: number;
  readonly settings: ExtractionSettings;
}

/** To share in the tasks of a case. */
export interface ShareTasks {
  readonly kind: 'tasks';
  readonly measurable: Measurable;
  readonly queue: TaskQueue;
  /** No case follows: the worker ends. */
  readonly last: boolean;
}

/** The region of the mask's label. */
export interface PackedRegion {
  readonly box: BoundingBox;
  readonly region: Region;
}

/** What a worker answers: to the first the mask, with null where the label has no voxel left, then its shape. */
export type FromWorker =
  | { readonly kind: 'mask'; readonly mask: Volume; readonly found: PackedRegion | null }
  | { readonly kind: 'shape'; readonly features: readonly ExtractedFeature[] }
  | { readonly kind: 'task'; readonly index: number; readonly results: ImageResult[] }
  | { readonly kind: 'done' };

export type Answer<Kind extends FromWorker['kind']> = Extract<FromWorker, { kind: Kind }>;
