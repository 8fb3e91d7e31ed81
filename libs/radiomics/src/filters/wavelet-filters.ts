import { BIORTHOGONAL } from './wavelet-table-biorthogonal.js';
import { COIFLETS } from './wavelet-table-coiflets.js';
import { DAUBECHIES } from './wavelet-table-daubechies.js';
import { SYMLETS } from './wavelet-table-symlets.js';

export interface WaveletFilters {
  /** Decomposition low-pass and high-pass filters, of equal even length. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const tableOf = (name: string): string => (name.startsWith('db') ? DAUBECHIES : name.startsWith('coif') ? COIFLETS : /^r?bio/.test(name) ? BIORTHOGONAL : SYMLETS);

const rowOf = (name: string): number => (/^[a-z]+[\d.]*$/.test(name) ? tableOf(name).indexOf(`\n${name}: `) : -1);

/** Whether a name is one of PyWavelets' discrete wavelets: haar, db1-38, sym2-20, coif1-17, bior and rbio 1.1-6.8, dmey. */
export const hasWavelet = (name: string): boolean => name === 'haar' || rowOf(name) >= 0;

/** The scaling filter of a name in the tables. */
function scaling(name: string): readonly number[] {
  const table = tableOf(name);
  const start = rowOf(name);
  if (start < 0) throw new RangeError(`unknown wavelet ${name}`);
  return table.slice(start + name.length + 3, table.indexOf(';', start)).split(/\s+/).map(Number);
}

/**
 * The decomposition filters of a wavelet, named as PyWavelets names it. With s the scaling filter and s' that of the dual wavelet (the same for orthogonal ones), low is s'
 * reversed and high[k] = (−1)^(k+1) s[k]. Throws RangeError for a name it does not know.
 */
export function waveletFilters(name: string): WaveletFilters {
  const own = name === 'haar' ? 'db1' : name;
  const dual = own.startsWith('rbio') ? `bior${own.slice(4)}` : own.startsWith('bior') ? `rbio${own.slice(4)}` : own;
  const low = Float64Array.from(scaling(dual)).reverse();
  const high = Float64Array.from(scaling(own), (x, k) => (k % 2 === 0 ? -x : x));
  return { low, high };
}
