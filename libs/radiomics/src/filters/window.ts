import type { Heap } from '../kernels/heap.js';
import { boxSize, type BoundingBox, type Triple } from '@consilium/imaging';

/** An image, or a part of one, in the kernels' memory. */
export interface PlacedImage {
  readonly at: number;
  readonly size: Triple;
}

/** Neighbours along an axis lie this far apart; rows of them are repeated so often. */
export const strideAlong = (size: Triple, axis: number): number => size.slice(0, axis).reduce((product, length) => product * length, 1);
export const blocksAlong = (size: Triple, axis: number): number => size.slice(axis + 1).reduce((product, length) => product * length, 1);

/** The size of an image that was cut to the window along one more axis. */
export const cutAlong = (size: Triple, axis: number, window: BoundingBox): Triple => size.map((length, other) => (other === axis ? boxSize(window)[axis] : length)) as [number, number, number];

export const voxelsOf = (size: Triple): number => size[0] * size[1] * size[2];

/** An image of doubles cut to the window along one axis. */
export function cutSlices(heap: Heap, { at, size }: PlacedImage, axis: number, window: BoundingBox): PlacedImage {
  const next = cutAlong(size, axis, window);
  const [stride, blocks] = [strideAlong(size, axis), blocksAlong(size, axis)];
  const target = heap.take(8 * voxelsOf(next));
  const [from, to] = [heap.doubles(at, voxelsOf(size)), heap.doubles(target, voxelsOf(next))];
  for (let block = 0; block < blocks; block++) {
    const first = (block * size[axis] + window.low[axis]) * stride;
    to.set(from.subarray(first, first + next[axis] * stride), block * next[axis] * stride);
  }
  return { at: target, size: next };
}
