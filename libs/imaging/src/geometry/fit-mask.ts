import { boundingBox, type BoundingBox } from '../bounding-box.js';
import { ImageFileError } from '../image-file-error.js';
import { resample } from '../resample.js';
import { indexOfPoint, indexToPhysical, inverse3, pointOfIndex, type Geometry, type Triple, type Volume } from '../volume.js';
import { compareGeometry, distanceBetween, isInside, isSameGrid, type GridDifference } from './compare-geometry.js';
import { checkLabels, labelsOf } from './labels.js';

/** Differences below this are not told, in millimetres. */
const UNTOLD = 1e-6;
/** A region that resampling changes by more than this share is flagged. */
const LARGE_CHANGE = 0.2;

export interface FittedMask {
  readonly mask: Volume;
  readonly outcome: 'same' | 'accepted' | 'resampled';
  readonly difference: GridDifference;
}

/**
 * The mask on the image's grid. One grid but for rounding: the image's geometry, with a note. Another grid, but every labelled voxel inside the image: resampled by nearest neighbour, with a
 * note of the change in volume. A region beyond the image: refused, as no tolerance makes voxels there.
 *
 * @param label the label that must be there and must fit; without it every label must
 */
export function fitMask(image: Geometry, mask: Volume, label?: number): FittedMask {
  const counts = labelsOf(mask);
  const notes = [...(mask.notes ?? []), ...checkLabels(counts, label)];
  const difference = compareGeometry(image, mask);
  const { size, spacing, origin, direction } = image;
  const place = (data: Pick<Volume, 'pixelType' | 'data'>, ...more: string[]): Volume => {
    const { pixelType, data: voxels } = data;
    const all = [...notes, ...more];
    return { size, spacing, origin, direction, pixelType, data: voxels, ...(all.length > 0 ? { notes: all } : {}) };
  };
  if (isSameGrid(difference)) {
    if (difference.originMillimetres <= UNTOLD && difference.spacingRelative <= UNTOLD && difference.direction <= UNTOLD) return { mask: place(mask), outcome: 'same', difference };
    return { mask: place(mask, `Mask and image differ by ${significant(difference.originMillimetres)} mm (rounding). Accepted.`), outcome: 'accepted', difference };
  }
  refuseOutside(image, mask, label === undefined ? [...counts.keys()] : [label]);
  const resampled = resample(mask, image, { interpolator: 'nearest' });
  return { mask: place(resampled, changeOf(mask, resampled, { counts, label })), outcome: 'resampled', difference };
}

function refuseOutside(image: Geometry, mask: Volume, labels: readonly number[]): void {
  const toIndex = inverse3(indexToPhysical(image));
  for (const label of labels) {
    const box = boundingBox(mask, label)!;
    if (boxCorners(box).every((corner) => isInside(image, indexOfPoint(image, toIndex, pointOfIndex(mask, corner))))) continue;
    const apart = distanceBetween(image, mask);
    const where = apart > 0 ? `lies ${significant(apart)} mm away` : 'its region reaches beyond the image';
    throw new ImageFileError('geometry', `Mask ${times(mask.size)} does not fit image ${times(image.size)} and ${where}. Was it drawn on another series?`);
  }
}

function boxCorners({ low, high }: BoundingBox): Triple[] {
  return Array.from({ length: 8 }, (_, i) => [i & 1 ? high[0] : low[0], i & 2 ? high[1] : low[1], i & 4 ? high[2] : low[2]] as const);
}

function changeOf(mask: Volume, resampled: Volume, { counts, label }: { counts: ReadonlyMap<number, number>; label: number | undefined }): string {
  const after = labelsOf(resampled);
  const labels = label === undefined ? [...counts.keys()] : [label];
  const gone = labels.filter((value) => !after.has(value));
  if (gone.length > 0) throw new ImageFileError('empty-roi', `Label ${gone[0]} has no voxel left on the image’s grid. Draw the region on this image.`);
  const volume = (of: ReadonlyMap<number, number>, { spacing }: Geometry) => labels.reduce((sum, value) => sum + of.get(value)!, 0) * spacing[0] * spacing[1] * spacing[2];
  const change = volume(after, resampled) / volume(counts, mask) - 1;
  const percent = `${change < 0 ? '−' : '+'}${Math.abs(change * 100).toFixed(1)} %`;
  const flag = Math.abs(change) > LARGE_CHANGE ? ' That is much: check the region on this image.' : '';
  return `The mask’s grid is not the image’s; it was resampled by nearest neighbour. Its volume changed by ${percent}.${flag}`;
}

const times = (size: Triple): string => size.join('×');

export const significant = (x: number): string => Number(x.toPrecision(2)).toString();
