import type { BoundingBox, Triple } from '@consilium/imaging';

/**
 * The voxels of a region of interest, packed: an image type is read once into `values`, and neighbours are found in a box with one layer of empty voxels around it, so that no
 * neighbour needs a bounds check. Order is z, y, x (x fastest).
 */
export interface Region {
  /** Size of the padded box. */
  readonly size: Triple;
  /** Steps in the padded box along x, y, z. */
  readonly strides: Triple;
  /** Place of each voxel in the padded box, ascending. */
  readonly places: Int32Array;
  /** Place of each voxel in the image it was cut from. */
  readonly sources: Int32Array;
  /** Millimetres. */
  readonly spacing: Triple;
}

/** Packs the voxels of `mask` that equal the label; `box` surrounds them. `margin` empty voxels are left on each side. */
export function packRegion(mask: { readonly data: ArrayLike<number>; readonly size: Triple; readonly spacing: Triple }, label: number, { low, high }: BoundingBox, margin = 1): Region {
  const size = [0, 1, 2].map((axis) => high[axis]! - low[axis]! + 1 + 2 * margin) as [number, number, number];
  const strides: Triple = [1, size[0], size[0] * size[1]];
  const [nx, ny] = mask.size;
  const places: number[] = [];
  const sources: number[] = [];
  for (let z = low[2]; z <= high[2]; z++) {
    for (let y = low[1]; y <= high[1]; y++) {
      for (let x = low[0]; x <= high[0]; x++) {
        const source = x + nx * (y + ny * z);
        if (mask.data[source] !== label) continue;
        sources.push(source);
        places.push(x - low[0] + margin + strides[1] * (y - low[1] + margin) + strides[2] * (z - low[2] + margin));
      }
    }
  }
  return { size, strides, places: Int32Array.from(places), sources: Int32Array.from(sources), spacing: mask.spacing };
}

/** The image's values at the region's voxels, as doubles. */
export function readValues(image: ArrayLike<number>, { sources }: Region): Float64Array {
  const values = new Float64Array(sources.length);
  for (let i = 0; i < values.length; i++) values[i] = image[sources[i]!]!;
  return values;
}
