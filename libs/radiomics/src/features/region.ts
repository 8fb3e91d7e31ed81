import type { BoundingBox, Triple } from '@consilium/imaging';

/**
 * The voxels of a region of interest, packed: an image type is read once into `values`, and neighbours are found in a box with layers of empty voxels around it, so that no
 * neighbour needs a bounds check. Order is z, y, x (x fastest).
 */
export interface Region {
  /** Size of the padded box. */
  readonly size: Triple;
  /** Steps in the padded box along x, y, z. */
  readonly strides: Triple;
  /** Empty layers on each side. */
  readonly margin: number;
  /** Place of each voxel in the padded box, ascending. */
  readonly places: Int32Array;
  /** Place of each voxel in the image it was cut from, ascending. */
  readonly sources: Int32Array;
  /** The box in that image. */
  readonly box: BoundingBox;
  /** Millimetres. */
  readonly spacing: Triple;
}

/** Packs the voxels of `mask` that equal the label and lie in `box`. `margin` empty voxels are left on each side. */
export function packRegion(mask: { readonly data: ArrayLike<number>; readonly size: Triple; readonly spacing: Triple }, label: number, box: BoundingBox, margin = 1): Region {
  const { low, high } = box;
  const size = [0, 1, 2].map((axis) => high[axis] - low[axis] + 1 + 2 * margin) as [number, number, number];
  const strides: Triple = [1, size[0], size[0] * size[1]];
  const [nx, ny] = mask.size;
  const { data } = mask;
  const [x0, x1, y0, y1, z0, z1] = [low[0], high[0], low[1], high[1], low[2], high[2]];
  const each = (visit: (source: number, place: number) => void) => {
    for (let z = z0; z <= z1; z++) {
      for (let y = y0; y <= y1; y++) {
        const shift = margin - x0 + strides[1] * (y - y0 + margin) + strides[2] * (z - z0 + margin);
        const row = nx * (y + ny * z);
        for (let x = x0; x <= x1; x++) if (data[row + x] === label) visit(row + x, x + shift);
      }
    }
  };
  let count = 0;
  each(() => void count++);
  const places = new Int32Array(count);
  const sources = new Int32Array(count);
  let at = 0;
  each((source, place) => {
    sources[at] = source;
    places[at++] = place;
  });
  return { size, strides, margin, places, sources, box, spacing: mask.spacing };
}

/** The image's values at the region's voxels, as doubles. */
export function readValues(image: ArrayLike<number>, { sources }: Pick<Region, 'sources'>): Float64Array {
  const values = new Float64Array(sources.length);
  for (let i = 0; i < values.length; i++) values[i] = image[sources[i]]!;
  return values;
}
