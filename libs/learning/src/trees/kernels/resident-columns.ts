import type { BinnedColumns } from '../binned-columns.js';
import type { KernelMemory } from './tree-kernels.js';

/** Binned columns in the memory of the kernels. */
export interface ResidentColumns {
  /** Column after column, a byte a row. */
  readonly bins: number;
  /** Row after row: where each column's bin begins in a histogram of all columns, sixteen bytes a bin; words of two bytes, or four where `wide`. */
  readonly places: number;
  readonly wide: boolean;
}

const resident = new WeakMap<BinnedColumns, ResidentColumns & { readonly generation: number }>();

const isWide = ({ sizes }: BinnedColumns): boolean => sizes.reduce((sum, size) => sum + size, 0) > 2 ** 12;

/** Bytes that laying the columns in the memory would take; none where they lie there. */
export function missingBytes(memory: KernelMemory, data: BinnedColumns): number {
  return resident.get(data)?.generation === memory.generation ? 0 : data.bins.length * (isWide(data) ? 5 : 3) + 32;
}

/** The columns in the memory, laid there where they are not. */
export function residentColumns(memory: KernelMemory, data: BinnedColumns): ResidentColumns {
  const known = resident.get(data);
  if (known?.generation === memory.generation) return known;
  const { n, bins, sizes } = data;
  const p = sizes.length;
  const wide = isWide(data);
  const own = memory.take(bins.length);
  memory.bytes(own, bins.length).set(bins);
  const at = memory.take(bins.length * (wide ? 4 : 2));
  const { buffer } = memory.bytes(at, 0);
  const places = wide ? new Uint32Array(buffer, at, bins.length) : new Uint16Array(buffer, at, bins.length);
  for (let j = 0, start = 0; j < p; start += sizes[j++]) for (let i = 0; i < n; i++) places[i * p + j] = 16 * (start + bins[j * n + i]);
  const laid = { bins: own, places: at, wide, generation: memory.generation };
  resident.set(data, laid);
  return laid;
}
