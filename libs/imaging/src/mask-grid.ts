import { boxSize, type BoundingBox } from './bounding-box.js';
import type { Grid } from './resample.js';
import { indexToPhysical, type Triple, type Volume } from './volume.js';

/**
 * The grid pyradiomics resamples to: aligned with the corner of the mask's first voxel, cut to the region of interest and padded. A new spacing of
 * 0 keeps the mask's own along that axis; so does an axis along which the region is one voxel thick. Null when the image has these spacings already.
 *
 * @param mask the mask's geometry; image and mask share it
 * @param box the region's bounding box in the mask
 * @param newSpacing millimetres
 * @param padDistance voxels of the new grid kept around the region, so that filters see its surroundings
 */
// eslint-disable-next-line max-params -- the mask, its region and two settings
export function maskAlignedGrid(mask: Omit<Volume, 'data' | 'pixelType'>, box: BoundingBox, newSpacing: Triple, padDistance: number, imageSpacing: Triple = mask.spacing): Grid | null {
  const size = boxSize(box);
  const axes = [0, 1, 2].map((axis) => {
    const old = mask.spacing[axis];
    const wanted = newSpacing[axis] === 0 || size[axis] === 1 ? old : newSpacing[axis];
    const ratio = old / wanted;
    const limit = Math.ceil(mask.size[axis] * ratio) - 1;
    const low = Math.max(0, Math.floor((box.low[axis] - 0.5) * ratio - padDistance));
    const high = Math.min(limit, Math.ceil((box.low[axis] + size[axis] - 0.5) * ratio + padDistance));
    return { wanted, length: high - low + 1, originIndex: (0.5 * (wanted - old)) / old + low / ratio };
  });
  const spacing = axes.map(({ wanted }) => wanted) as [number, number, number];
  // numpy's allclose.
  if (spacing.every((wanted, axis) => Math.abs(imageSpacing[axis] - wanted) <= 1e-8 + 1e-5 * Math.abs(wanted))) return null;
  const matrix = indexToPhysical(mask);
  const origin = [0, 1, 2].map((row) => {
    let sum = 0;
    for (let axis = 0; axis < 3; axis++) sum += matrix[row * 3 + axis] * axes[axis].originIndex;
    return sum + mask.origin[row];
  }) as [number, number, number];
  return { size: axes.map(({ length }) => length) as [number, number, number], spacing, origin, direction: mask.direction };
}
