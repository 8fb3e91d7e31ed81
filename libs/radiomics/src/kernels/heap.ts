import { imageKernels } from '@consilium/imaging';
import type { KernelHeap } from '@consilium/numerics';
import type { RadiomicsKernels } from './kernel-exports.js';
import { KERNELS } from './kernels-wasm.js';

export type Heap = KernelHeap<RadiomicsKernels>;

let heap: Heap | null = null;

/** The kernels of this thread, made when they are first needed. */
export const kernelHeap = (): Heap => (heap ??= imageKernels<RadiomicsKernels>(KERNELS, { env: { log: Math.log, exp: Math.exp } }));

/** Forgets what lies in the kernels' memory; a large memory goes back to the system. */
export function clearKernelHeap(): void {
  if (heap?.clear().large) heap = null;
}
