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
  const slice = inside[0] * inside[1];
  const heap = kernelHeap();
  return heap.scoped(() => {
    const labels = heap.take(8 * slice);
    const slices = Array.from({ length: inside[2] }, (_, z) => z);
    // Slice by slice, twice: the labels are copied again rather than kept.
    const counts = slices.map((z) => {
      placeSlice(heap.doubles(labels, slice), mask.data as Float64Array, mask.size, { box, z: low[2] + z });
      return heap.kernels.countLabel(labels, slice, label);
    });
    const count = counts.reduce((sum, voxels) => sum + voxels, 0);
    const [inner, places, sources] = [sharedWords(count), sharedWords(count), sharedWords(count)];
    const at = [0, 1, 2].map(() => heap.take(4 * Math.max(...counts))) as [number, number, number];
    for (let z = 0, v = 0; z < inside[2]; v += counts[z++]) {
      if (counts[z] === 0) continue;
      placeSlice(heap.doubles(labels, slice), mask.data as Float64Array, mask.size, { box, z: low[2] + z });
      heap.kernels.packSlice(labels, label, inside[0], inside[1], margin, z, nx, low[0] + nx * (low[1] + ny * (low[2] + z)), ...at);
      [inner, places, sources].forEach((array, k) => array.set(heap.words(at[k], counts[z]), v));
    }
    return { size, strides: [1, size[0], size[0] * size[1]], margin, places, inner, sources, box, spacing: mask.spacing };
  });
}

/** Words in memory that threads can share. */
const sharedWords = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count));

/** The labels of one slice of a box of the mask, as doubles. */
function placeSlice(target: Float64Array, data: Float64Array, [nx, ny]: Triple, { box: { low, high }, z }: { box: BoundingBox; z: number }): void {
  const width = high[0] - low[0] + 1;
  for (let y = low[1]; y <= high[1]; y++) {
    const first = low[0] + nx * (y + ny * z);
    target.set(data.subarray(first, first + width), (y - low[1]) * width);
  }
}
