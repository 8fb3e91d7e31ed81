import type { ImageTask } from '../image-types.js';

/**
 * Units of work that threads share, in three lists. Kinds of work that need much memory of their own are begun by one thread each: patterns and Laplacians by this thread, wavelets by workers. Then
 * each takes of the short ones, the shortest last, so that all threads end at about the same time; then of what stands in the other's list.
 */
export interface TaskQueue {
  readonly lists: Readonly<Record<TaskList, readonly number[]>>;
  /** How many of each list are taken. */
  readonly taken: Int32Array;
}

export type TaskList = 'patterns' | 'short' | 'wavelets';

const LISTS = ['patterns', 'short', 'wavelets'] as const;

/** The lists in the order a thread goes through them. */
const ORDERS = { patterns: LISTS, wavelets: ['wavelets', 'short', 'patterns'] } as const;

export function taskQueue(tasks: readonly ImageTask[]): TaskQueue {
  const lists: Record<TaskList, number[]> = { patterns: [], short: [], wavelets: [] };
  const places = tasks.map(placeOf);
  const inOrder = tasks.map((_, index) => index).sort((a, b) => places[a].rank - places[b].rank || a - b);
  for (const index of inOrder) lists[places[index].list].push(index);
  return { lists, taken: new Int32Array(new SharedArrayBuffer(4 * LISTS.length)) };
}

/** The next task for a thread that begins with one list; null when none is left. */
export function takeTask({ lists, taken }: TaskQueue, first: keyof typeof ORDERS): number | null {
  for (const list of ORDERS[first]) {
    const place = Atomics.add(taken, LISTS.indexOf(list), 1);
    if (place < lists[list].length) return lists[list][place];
  }
  return null;
}

/** Wavelets that begin with a low-pass hold one band more and come first: the other half is taken with memory that is there. Exponentials have fewer grey levels than other images. */
function placeOf({ settings: { type }, part }: ImageTask): { list: TaskList; rank: number } {
  if (type === 'Wavelet') return { list: 'wavelets', rank: part.kind === 'bands' && part.first === 'H' ? 1 : 0 };
  if (type === 'LBP3D' || type === 'LBP2D' || type === 'LoG') return { list: 'patterns', rank: ['LBP3D', 'LBP2D', 'LoG'].indexOf(type) };
  return { list: 'short', rank: { Gradient: 0, Logarithm: 0, Exponential: 2 }[type as string] ?? 1 };
}
