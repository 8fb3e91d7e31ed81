import type { BoundingBox, Triple } from '@consilium/imaging';
import { kernelHeap } from '../kernels/heap.js';

/**
 * The voxels of a region of interest, packed: an image type is read once into values, and neighbours are found in a box with layers of empty voxels around it, so that no
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
  /** Place of each voxel in the box without its padding, ascending. */
  readonly inner: Int32Array;
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
  const inside = [0, 1, 2].map((axis) => high[axis] - low[axis] + 1) as [number, number, number];
  const size = inside.map((length) => length + 2 * margin) as [number, number, number];
  const [nx, ny] = mask.size;
  const heap = kernelHeap();
  return heap.scoped(() => {
    const labels = placeBox(mask.data as Float64Array, mask.size, box, inside);
    const count = heap.kernels.countLabel(labels, inside[0] * inside[1] * inside[2], label);
    const [inner, places, sources] = [heap.take(4 * count), heap.take(4 * count), heap.take(4 * count)];
    heap.kernels.packBox(labels, label, ...inside, margin, nx, ny, low[0] + nx * (low[1] + ny * low[2]), inner, places, sources);
    const copy = (at: number) => heap.words(at, count).slice();
    return { size, strides: [1, size[0], size[0] * size[1]], margin, places: copy(places), inner: copy(inner), sources: copy(sources), box, spacing: mask.spacing };
  });
}

/** The labels of a box of the mask in the kernels' memory, as doubles. */
function placeBox(data: Float64Array, [nx, ny]: Triple, { low, high }: BoundingBox, inside: Triple): number {
  const heap = kernelHeap();
  const at = heap.take(8 * inside[0] * inside[1] * inside[2]);
  const target = heap.doubles(at, inside[0] * inside[1] * inside[2]);
  for (let z = low[2], row = 0; z <= high[2]; z++) {
    for (let y = low[1]; y <= high[1]; y++, row += inside[0]) {
      const first = low[0] + nx * (y + ny * z);
      target.set(data.subarray(first, first + inside[0]), row);
    }
  }
  return at;
}
