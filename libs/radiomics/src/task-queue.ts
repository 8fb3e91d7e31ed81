import type { ImageTask } from './image-types.js';

/**
 * Units of work that threads take from both ends: this thread from the front, workers from the back, so that no thread waits for another and kinds of work that need much memory of their own are met by one
 * thread. The slow ones stand at the ends, and the short ones are left for last.
 */
export interface TaskQueue {
  /** Tasks by their place. */
  readonly order: readonly number[];
  /** How many are taken: in all, from the front, from the back. */
  readonly taken: Int32Array;
}

export type QueueEnd = 'front' | 'back';

export const taskQueue = (tasks: readonly ImageTask[]): TaskQueue => ({ order: orderOf(tasks), taken: new Int32Array(new SharedArrayBuffer(12)) });

/** The next task from one end; null when none is left. */
export function takeTask({ order, taken }: TaskQueue, end: QueueEnd): number | null {
  if (Atomics.add(taken, 0, 1) >= order.length) return null;
  const place = Atomics.add(taken, end === 'front' ? 1 : 2, 1);
  return order[end === 'front' ? place : order.length - 1 - place];
}

/** Patterns first, wavelets last. Wavelets that begin with a low-pass hold one band more and stand outermost: the other half is taken with memory that is there. */
function orderOf(tasks: readonly ImageTask[]): number[] {
  const placeOf = ({ settings: { type }, part }: ImageTask): number => {
    if (type === 'Wavelet') return part.kind === 'bands' && part.first === 'H' ? 4 : 5;
    return { LBP3D: 0, LBP2D: 1, LoG: 2 }[type as string] ?? 3;
  };
  const places = tasks.map(placeOf);
  return tasks.map((_, index) => index).sort((a, b) => places[a] - places[b] || a - b);
}
