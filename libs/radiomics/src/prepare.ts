import { boundingBox, ImageFileError, maskAlignedGrid, resample, voxelCount, type BoundingBox, type Volume } from '@consilium/imaging';
import type { PreparationSettings } from './settings.js';

export interface PreparedCase {
  readonly image: Volume;
  readonly mask: Volume;
  readonly box: BoundingBox;
}

/** Image and mask as the filters see them: normalised over the whole image, then resampled (and so cut) to the mask-aligned grid. */
export function prepareCase(image: Volume, mask: Volume, settings: PreparationSettings): PreparedCase {
  const { label } = settings;
  const normalised = settings.normalize ? normalise(image, settings.normalize.scale, settings.normalize.removeOutliers) : image;
  const before = boxOf(mask, label);
  const grid = settings.resampledPixelSpacing && maskAlignedGrid(mask, before, settings.resampledPixelSpacing, settings.padDistance);
  if (!grid) return { image: normalised, mask, box: before };
  const resampled = resample(mask, grid, { interpolator: 'nearest' });
  return { image: resample(normalised, grid, { interpolator: settings.interpolator }), mask: resampled, box: boxOf(resampled, label) };
}

function boxOf(mask: Volume, label: number): BoundingBox {
  const box = boundingBox(mask, label);
  if (!box) throw new ImageFileError('empty-roi', `Label ${label} is not in the mask.`);
  return box;
}

/** (x − mean) / standard deviation (n − 1) over the whole image, outliers clipped in units of the deviation, times the scale; doubles. */
function normalise(image: Volume, scale: number, removeOutliers: number | null): Volume {
  const n = voxelCount(image);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += image.data[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (image.data[i]! - mean) ** 2;
  const deviation = Math.sqrt(squares / (n - 1));
  const data = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let z = (image.data[i]! - mean) / deviation;
    if (removeOutliers !== null) z = Math.max(-removeOutliers, Math.min(removeOutliers, z));
    data[i] = z * scale;
  }
  return { ...image, pixelType: 'float64', data };
}
