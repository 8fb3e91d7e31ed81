import { KernelHeap, LARGE_KERNEL_MEMORY } from '@consilium/numerics';
import { KERNELS } from './kernels-wasm.js';

/** The kernels of assembly/: places in their memory are numbers; what each does stands there. */
interface TreeKernels {
  addRange(wide: boolean, rows: number, count: number, places: number, p: number, first: number, end: number, gradients: number, out: number): void;
  addColumns(wide: boolean, rows: number, count: number, places: number, p: number, columns: number, m: number, gradients: number, out: number): void;
  countColumns(wide: boolean, rows: number, count: number, places: number, p: number, columns: number, m: number, out: number): void;
  partition(rows: number, count: number, column: number, bin: number, scratch: number): number;
  addTree(bins: number, n: number, rows: number, count: number, feature: number, bin: number, left: number, answer: number, values: number): void;
  addAnswer(rows: number, count: number, answer: number, values: number): void;
}

/**
 * The kernels of this thread and their memory. What is laid in it stays until it would become too large, which `generation` tells; what is taken above it for one call is given back at the
 * call's end.
 */
export class KernelMemory extends KernelHeap<TreeKernels> {
  /** Changes whenever everything laid in the memory is gone. */
  generation = 0;

  constructor() {
    super(KERNELS);
  }

  /** Forgets everything where so many bytes more would make the memory large. It is laid there anew when it is needed. */
  prepare(bytes: number): void {
    if (this.taken > 0 && this.taken + bytes > LARGE_KERNEL_MEMORY) {
      this.clear();
      this.generation++;
    }
  }
}

let memory: KernelMemory | null = null;

/** The kernels of this thread, made when they are first needed. */
export const kernelMemory = (): KernelMemory => (memory ??= new KernelMemory());
