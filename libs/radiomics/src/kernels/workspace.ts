import type { Volume } from '@consilium/imaging';
import type { Region } from '../features/region.js';
import { clearKernelHeap, kernelHeap, type Heap } from './heap.js';

/**
 * One region of one image in the kernels' memory, with the working memory that every image of the region uses again: arrays as large as its box would otherwise be made some
 * hundred times a case.
 */
export interface Workspace {
  readonly heap: Heap;
  readonly region: Region;
  /** Voxels of the region. */
  readonly count: number;
  /** Voxels of the padded box. */
  readonly cells: number;
  /** The whole image, doubles. */
  readonly image: number;
  /** Places of the region's voxels in its box, in the padded box, and in the image; words. */
  readonly inner: number;
  readonly places: number;
  readonly sources: number;
  /** Numbers of the grey levels in the padded box, shorts; 0 outside the region. One image's at a time. */
  readonly box: number;
  /** Lengths of runs in the padded box, shorts; every scan leaves zeros. */
  readonly lengths: number;
  /** Neighbours each voxel has in the region, words; filled when they are first needed. */
  readonly neighbours: number;
  readonly known: { neighboursAcross: number | null | undefined };
}

let resident: { readonly image: Volume; readonly space: Workspace } | null = null;

/** The workspace of a region of an image. It stays until another one is asked for, or it is left; only one is in memory. */
export function workspaceOf(image: Volume, region: Region): Workspace {
  if (resident?.image === image && resident.space.region === region) return resident.space;
  leaveWorkspace();
  const space = placed(kernelHeap(), image, region);
  resident = { image, space };
  return space;
}

/** Gives the memory of a case back. */
export function leaveWorkspace(): void {
  resident = null;
  clearKernelHeap();
}

function placed(heap: Heap, image: Volume, region: Region): Workspace {
  const count = region.places.length;
  const cells = region.size[0] * region.size[1] * region.size[2];
  return {
    heap, region, count, cells,
    image: heap.putDoubles(image.data),
    inner: heap.putWords(region.inner), places: heap.putWords(region.places), sources: heap.putWords(region.sources),
    box: heap.zeros(2 * cells), lengths: heap.zeros(2 * cells), neighbours: heap.take(4 * count), known: { neighboursAcross: undefined },
  };
}
