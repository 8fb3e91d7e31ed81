import type { KernelHeap } from '@consilium/numerics';
import { imageKernels } from './image-kernels.js';
import { KERNELS } from './kernels-wasm.js';

/** The kernels of assembly/index.ts; places in memory are numbers. */
export interface SplineKernels {
  splineLines(values: number, begin: number, stepA: number, countA: number, stepB: number, countB: number, stride: number, length: number, power: number, scratch: number): void;
  splineGrid(
    coefficients: number, nx: number, ny: number, nz: number, x0: number, y0: number, columns: number, lines: number, ends: number, rows: number, width: number, whole: boolean,
    low: number, high: number, target: number, scratch: number,
  ): void;
  rowEnds(frames: number, nx: number, ny: number, nz: number, ends: number): void;
  copyRows(source: number, sourcePitch: number, width: number, rows: number, target: number): void;
  nearestPlaces(nx: number, ny: number, nz: number, ends: number, rows: number, width: number, places: number): void;
}

let heap: KernelHeap<SplineKernels> | null = null;

/** Runs work with the kernels: in the memory of a module that has them too, or in one of their own, which is made when it is first needed and given back after the work. */
export function withSplineKernels<T>(work: (heap: KernelHeap<SplineKernels>) => T, given?: KernelHeap<SplineKernels>): T {
  if (given) return given.scoped(() => work(given));
  const own = (heap ??= imageKernels<SplineKernels>(KERNELS));
  try {
    return work(own);
  } finally {
    if (own.clear().large) heap = null;
  }
}
