import { ImageFileError } from '../image-file-error.js';
import type { VolumeSource } from '../volume.js';

/** A segment (DICOM SEG) or region of interest (RTSTRUCT). */
export interface NamedRegion {
  readonly number: number;
  readonly name: string;
}

/** The region of a name, or the only one. Names are compared without case. */
export function chosenRegion<R extends NamedRegion>(regions: readonly R[], name: string | undefined): R {
  const found = name === undefined ? regions : regions.filter((region) => region.name.trim().toLowerCase() === name.trim().toLowerCase());
  if (found.length === 1) return found[0];
  if (found.length > 1) throw new ImageFileError('name', `The file holds ${found.length} regions${name === undefined ? '' : ' of that name'}. Choose one by its name.`);
  throw new ImageFileError('name', `None of the ${regions.length} regions of the file has that name. List its regions and choose one.`);
}

/**
 * A note where the mask names another series of the same frame of reference; a refusal where it shares neither series nor frame. Images that are not DICOM say neither: the geometry decides.
 */
export function checkReference(image: VolumeSource | undefined, series: readonly string[], frames: readonly (string | null)[]): string[] {
  if (!image || series.includes(image.seriesInstanceUid)) return [];
  const frameOfReference = image.frameOfReferenceUid;
  if (frameOfReference !== null && frames.includes(frameOfReference)) return series.length === 0 ? [] : ['The mask was drawn on another series of the same frame of reference.'];
  if (series.length === 0 && frames.every((frame) => frame === null)) return ['The mask does not say which series it was drawn on.'];
  throw new ImageFileError('reference', 'The mask refers to another series, in another frame of reference. Choose the mask of this series, or register the two.');
}
