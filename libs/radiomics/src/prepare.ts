import {
  boundingBox, boxSize, checkInside, describeMismatch, ImageFileError, isInteger, maskAlignedGrid, resample, ROUNDING, sameGrid, type BoundingBox, type Grid, type Volume,
} from '@consilium/imaging';
import { kernelHeap } from './kernels/heap.js';
import { normalise } from './normalise.js';
import { resegment } from './resegment.js';
import type { PreparationSettings } from './settings.js';

export interface PreparedCase {
  readonly image: Volume;
  /** The mask texture is measured on, and the one shape is measured on: they differ after resegmentation. */
  readonly mask: Volume;
  readonly shapeMask: Volume;
  /** The region's box; also that of the shape mask when the two differ, as in pyradiomics. */
  readonly box: BoundingBox;
  /** Sentences about what was changed to make the case fit. */
  readonly notes: readonly string[];
}

/**
 * Image and mask as the filters see them: normalised over the whole image, resampled (and so cut) to the mask-aligned grid or cut alone, checked, resegmented.
 * Throws ImageFileError with the reason a case cannot be measured.
 *
 * @param resampled image and mask on the grid of `resamplingGrid`, when that was done before
 */
export function prepareCase(image: Volume, mask: Volume, settings: PreparationSettings, resampled: BoxedPair | null = null): PreparedCase {
  const { label, resampledPixelSpacing, preCrop } = settings;
  const notes: string[] = [...(image.notes ?? []), ...(mask.notes ?? [])];
  checkLabels(mask, label);
  let current = resampled ?? { image: normalised(image, settings), mask };
  if (!resampled && resampledPixelSpacing) current = resampleCase(current, settings);
  else if (!resampled) {
    current = { image: current.image, mask: onOneGrid(image, mask, settings, notes) };
    if (preCrop) current = cropCase(current, checkedBox(current.mask, settings), settings.padDistance);
  }
  const box = checkedBox(current.mask, settings, resampled?.box);
  checkFinite(current.image, current.mask, label, box);
  if (!settings.resegment) return { ...current, shapeMask: current.mask, box, notes };
  const narrowed = resegment(current.image, current.mask, label, settings.resegment);
  return { image: current.image, mask: narrowed, shapeMask: settings.resegment.shape ? narrowed : current.mask, box: checkedBox(narrowed, settings), notes };
}

/** Normalised over the whole image when the settings ask for it. */
export const normalised = (image: Volume, { normalize }: PreparationSettings): Volume => (normalize ? normalise(image, normalize.scale, normalize.removeOutliers) : image);

export type Pair = Pick<PreparedCase, 'image' | 'mask'>;

/** With the box of the label, which was found before. */
export type BoxedPair = Pick<PreparedCase, 'image' | 'mask' | 'box'>;

function checkLabels({ data, pixelType }: Volume, label: number): void {
  // The usual mask is done with the first voxel of its label.
  if (pixelType.startsWith('u') && data.includes(label)) return;
  const labels = new Set<number>();
  for (let i = 0, last = 0; i < data.length; i++) {
    if (data[i] === last) continue;
    last = data[i];
    if (last !== 0) labels.add(last);
  }
  if (!pixelType.startsWith('u')) {
    const odd = [...labels].filter((value) => value < 0 || !Number.isInteger(value));
    if (odd.length > 0) throw new ImageFileError('label-range', `The mask has negative or fractional labels (${odd.slice(0, 2).join(', ')}). It may be a probability map.`);
  }
  if (labels.size === 0) throw new ImageFileError('empty-roi', 'The mask is empty: no voxel has a label.');
  if (!labels.has(label)) throw new ImageFileError('empty-roi', `Label ${label} is not in the mask (labels present: ${[...labels].sort((a, b) => a - b).slice(0, 20).join(', ')}).`);
}

/** The mask on the image's grid: itself when they agree, resampled when that is allowed. */
 
function onOneGrid(image: Volume, mask: Volume, { geometryTolerance, correctMask, label }: PreparationSettings, notes: string[]): Volume {
  const tolerance = geometryTolerance === null ? ROUNDING : { origin: geometryTolerance, spacing: geometryTolerance, direction: geometryTolerance };
  if (sameGrid(image, mask, tolerance)) {
    if (!sameGrid(image, mask, { origin: 1e-6, spacing: 1e-6, direction: 1e-6 })) notes.push(`${describeMismatch(image, mask)} The difference is rounding; accepted.`);
    return { ...mask, spacing: image.spacing, origin: image.origin, direction: image.direction };
  }
  if (!correctMask) throw new ImageFileError('geometry', `${describeMismatch(image, mask)} Nothing was measured. Set correctMask to resample the mask, if it belongs to this image.`);
  checkInside(image, mask, boundingBox(mask, label)!);
  notes.push(`${describeMismatch(image, mask)} The mask was resampled to the image.`);
  return resample(mask, image, { interpolator: 'nearest', heap: kernelHeap() });
}

/** The grid a case is resampled to, for resampling image and mask apart; null when nothing is resampled. Throws as prepareCase does. */
export function resamplingGrid(image: Volume, mask: Volume, { resampledPixelSpacing, label, padDistance }: PreparationSettings): Grid | null {
  if (!resampledPixelSpacing) return null;
  checkLabels(mask, label);
  const box = boundingBox(mask, label)!;
  checkInside(image, mask, box);
  return maskAlignedGrid(mask, box, resampledPixelSpacing, padDistance, image.spacing);
}

function resampleCase({ image, mask }: Pair, settings: PreparationSettings): Pair {
  const { label, padDistance, interpolator } = settings;
  const grid = resamplingGrid(image, mask, settings);
  if (grid) return { image: resample(image, grid, { interpolator, heap: kernelHeap() }), mask: resample(mask, grid, { interpolator: 'nearest', heap: kernelHeap() }) };
  const onImage = resample(mask, image, { interpolator: 'nearest', heap: kernelHeap() });
  return cropCase({ image, mask: onImage }, boxOf(onImage, label), padDistance);
}

/** Cut to the box and `padDistance` voxels around it, where there are any. */
function cropCase({ image, mask }: Pair, box: BoundingBox, padDistance: number): Pair {
  const low = box.low.map((x) => Math.max(0, x - padDistance)) as [number, number, number];
  const high = box.high.map((x, axis) => Math.min(mask.size[axis] - 1, x + padDistance)) as [number, number, number];
  return { image: cut(image, { low, high }), mask: cut(mask, { low, high }) };
}

function cut(volume: Volume, box: BoundingBox): Volume {
  const size = boxSize(box);
  const data = volume.data.slice(0, size[0] * size[1] * size[2]);
  for (let z = 0, at = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++, at += size[0]) {
      const row = box.low[0] + volume.size[0] * (box.low[1] + y + volume.size[1] * (box.low[2] + z));
      data.set(volume.data.subarray(row, row + size[0]), at);
    }
  }
  return { ...volume, size, data };
}

function boxOf(mask: Volume, label: number): BoundingBox {
  const box = boundingBox(mask, label);
  if (!box) throw new ImageFileError('empty-roi', `Label ${label} has no voxel left after resampling.`);
  return box;
}

/** The region's box, when it has the dimensions and voxels that are asked for. One voxel is never enough. */
function checkedBox(mask: Volume, { label, minimumROIDimensions, minimumROISize }: PreparationSettings, known?: BoundingBox): BoundingBox {
  const box = known ?? boxOf(mask, label);
  const dimensions = boxSize(box).filter((length) => length > 1).length;
  if (dimensions === 0) throw new ImageFileError('one-voxel', 'The region has 1 voxel; no features can be computed.');
  if (dimensions < minimumROIDimensions) throw new ImageFileError('dimensions', `The region has ${dimensions} dimension(s); the settings ask for ${minimumROIDimensions}.`);
  if (minimumROISize !== null) {
    let voxels = 0;
    for (let i = 0; i < mask.data.length; i++) if (mask.data[i] === label) voxels++;
    if (voxels <= minimumROISize) throw new ImageFileError('small', `The region has ${voxels} voxels; the settings ask for more than ${minimumROISize}.`);
  }
  return box;
}

function checkFinite(image: Volume, mask: Volume, label: number, { low, high }: BoundingBox): void {
  if (isInteger(image.pixelType)) return;
  let bad = 0;
  for (let z = low[2]; z <= high[2]; z++) {
    for (let y = low[1]; y <= high[1]; y++) {
      const row = image.size[0] * (y + image.size[1] * z);
      for (let at = row + low[0]; at <= row + high[0]; at++) if (mask.data[at] === label && !Number.isFinite(image.data[at])) bad++;
    }
  }
  if (bad > 0) throw new ImageFileError('not-finite', `${bad} voxel(s) of the region hold no finite number. Export the image again.`);
}
