import type { Volume } from '@consilium/imaging';
import type { IbsiCase } from './ibsi-case.js';
import type { Tagged } from './intensity.js';

/** The figures by which IBSI checks each step of image processing: sizes, spacings, grey values of image and region before and after. */
export function processingFigures({ initial, interpolated, intensityMask }: IbsiCase): Tagged {
  return {
    ...imageFigures(initial.image, 'init_img'),
    ...imageFigures(interpolated.image, 'interp_img'),
    ...regionFigures(initial.image, initial.mask, initial.mask, 'init_roi'),
    ...regionFigures(interpolated.image, interpolated.mask, interpolated.mask, 'interp_roi'),
    ...regionFigures(interpolated.image, interpolated.mask, intensityMask, 'reseg_roi'),
  };
}

function valueFigures(values: ArrayLike<number>, inside: (i: number) => boolean): { mean: number; min: number; max: number; count: number } {
  let [sum, count, min, max] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!inside(i)) continue;
    const x = values[i];
    sum += x;
    count++;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return { mean: sum / count, min, max, count };
}

function imageFigures({ size, spacing, data }: Volume, step: string): Tagged {
  const { mean, min, max } = valueFigures(data, () => true);
  return {
    [`img_dim_x_${step}`]: size[0], [`img_dim_y_${step}`]: size[1], [`img_dim_z_${step}`]: size[2], [`vox_dim_x_${step}`]: spacing[0], [`vox_dim_y_${step}`]: spacing[1],
    [`vox_dim_z_${step}`]: spacing[2], [`mean_int_${step}`]: mean, [`min_int_${step}`]: min, [`max_int_${step}`]: max,
  };
}

 
function regionFigures(image: Volume, morphological: Uint8Array, intensity: Uint8Array, step: string): Tagged {
  const { mean, min, max, count } = valueFigures(image.data, (i) => intensity[i] === 1);
  const [x, y, z] = boxOf(image, intensity);
  const [mx, my, mz] = boxOf(image, morphological);
  return {
    [`int_mask_dim_x_${step}`]: image.size[0], [`int_mask_dim_y_${step}`]: image.size[1], [`int_mask_dim_z_${step}`]: image.size[2],
    [`int_mask_bb_dim_x_${step}`]: x, [`int_mask_bb_dim_y_${step}`]: y, [`int_mask_bb_dim_z_${step}`]: z,
    [`morph_mask_bb_dim_x_${step}`]: mx, [`morph_mask_bb_dim_y_${step}`]: my, [`morph_mask_bb_dim_z_${step}`]: mz,
    [`int_mask_vox_count_${step}`]: count, [`morph_mask_vox_count_${step}`]: morphological.reduce((sum, inside) => sum + inside, 0),
    [`int_mask_mean_int_${step}`]: mean, [`int_mask_min_int_${step}`]: min, [`int_mask_max_int_${step}`]: max,
  };
}

function boxOf({ size }: Volume, mask: Uint8Array): [number, number, number] {
  const [nx, ny] = size;
  const low = [Infinity, Infinity, Infinity];
  const high = [-1, -1, -1];
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 0) continue;
    const place = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis], place[axis]);
      high[axis] = Math.max(high[axis], place[axis]);
    }
  }
  return [0, 1, 2].map((axis) => high[axis] - low[axis] + 1) as [number, number, number];
}
