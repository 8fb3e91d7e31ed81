import type { BoundingBox, Triple } from '@consilium/imaging';
import type { WaveletSettings } from '../settings.js';
import { waveletFilters, type WaveletFilters } from './wavelet-filters.js';

/**
 * Undecimated (stationary) wavelet transform as pyradiomics makes it with PyWavelets' swtn, level by level: periodic, axes of odd length padded by one wrapped
 * voxel that is cut off again. The letters of a band stand for x, y, z: L low-pass, H high-pass; a flat axis is not filtered and has no letter.
 */
export interface WaveletBand {
  /** For example 'LLH'; from the second level on with its number, '2-LLH'. */
  readonly name: string;
  /** As large as the image given. */
  readonly image: Float64Array;
}

export interface WaveletOptions extends WaveletSettings {
  readonly flatAxis: 0 | 1 | 2 | null;
  /** Only values in this box are needed. */
  readonly window: BoundingBox;
  /** Bands wanted, by their letters; default all. */
  readonly wanted?: (letters: string) => boolean;
}

/** The bands one after another, in pyradiomics' order: of each level LLH … HHH, and LLL of the last. One band is held at a time besides its parents. */
export function* waveletBands(image: ArrayLike<number>, size: Triple, options: WaveletOptions): Generator<WaveletBand> {
  const { name, levels, startLevel, flatAxis, wanted = () => true } = options;
  const filters = waveletFilters(name);
  const axes = [0, 1, 2].filter((axis) => axis !== flatAxis);
  const padded = size.map((length, axis) => (length % 2 === 1 && axis !== flatAxis ? length + 1 : length)) as [number, number, number];
  const everywhere: BoundingBox = { low: [0, 0, 0], high: [padded[0] - 1, padded[1] - 1, padded[2] - 1] };
  let source = pad(image, size, padded);
  const low = 'L'.repeat(axes.length);
  for (let level = 1; level <= startLevel + levels; level++) {
    const emitted = level - startLevel;
    const prefix = emitted > 1 ? `${emitted}-` : '';
    const last = level === startLevel + levels;
    if (emitted > 0) {
      const tree: Tree = { axes, padded, filters, window: options.window, wanted: (letters) => letters !== low && wanted(letters) };
      for (const band of bands(source, '', tree)) yield { name: prefix + band.name, image: crop(band.image, padded, size) };
    }
    if (last && !wanted(low)) return;
    const window = last ? options.window : everywhere;
    for (const axis of axes) source = convolve(source, { size: padded, axis, filter: filters.low, from: window.low[axis], to: window.high[axis] });
    if (last) yield { name: prefix + low, image: crop(source, padded, size) };
  }
}

interface Tree {
  readonly axes: readonly number[];
  readonly padded: Triple;
  readonly filters: WaveletFilters;
  readonly window: BoundingBox;
  readonly wanted: (letters: string) => boolean;
}

function* bands(source: Float64Array, letters: string, tree: Tree): Generator<WaveletBand> {
  if (letters.length === tree.axes.length) {
    yield { name: letters, image: source };
    return;
  }
  const axis = tree.axes[letters.length];
  for (const letter of ['L', 'H'] as const) {
    const next = letters + letter;
    if (!endings(next, tree.axes.length).some(tree.wanted)) continue;
    const filter = letter === 'L' ? tree.filters.low : tree.filters.high;
    yield* bands(convolve(source, { size: tree.padded, axis, filter, from: tree.window.low[axis], to: tree.window.high[axis] }), next, tree);
  }
}

const endings = (start: string, length: number): string[] => (start.length === length ? [start] : [...endings(`${start}L`, length), ...endings(`${start}H`, length)]);

function pad(image: ArrayLike<number>, size: Triple, padded: Triple): Float64Array {
  const result = new Float64Array(padded[0] * padded[1] * padded[2]);
  const [nx, ny, nz] = size;
  for (let z = 0, at = 0; z < padded[2]; z++) {
    for (let y = 0; y < padded[1]; y++) {
      const row = nx * ((y === ny ? 0 : y) + ny * (z === nz ? 0 : z));
      for (let x = 0; x < nx; x++) result[at++] = image[row + x]!;
      if (padded[0] > nx) result[at++] = image[row]!;
    }
  }
  return result;
}

function crop(image: Float64Array, padded: Triple, size: Triple): Float64Array {
  if (padded.every((length, axis) => length === size[axis])) return image;
  const result = new Float64Array(size[0] * size[1] * size[2]);
  for (let z = 0, at = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++, at += size[0]) {
      const row = padded[0] * (y + padded[1] * z);
      result.set(image.subarray(row, row + size[0]), at);
    }
  }
  return result;
}

interface Convolution {
  readonly size: Triple;
  readonly axis: number;
  readonly filter: Float64Array;
  /** First and last place along the axis that is needed. */
  readonly from: number;
  readonly to: number;
}

/** out[o] = Σ_j filter[j] · in[(o + F/2 − j) mod N] along an axis, for o in from … to. */
function convolve(image: Float64Array, { size, axis, filter, from, to }: Convolution): Float64Array {
  const result = new Float64Array(image.length);
  const stride = axis === 0 ? 1 : axis === 1 ? size[0] : size[0] * size[1];
  const length = size[axis];
  const taps = filter.length;
  const wrap = (index: number) => ((index % length) + length) % length;
  const places = new Int32Array(taps);
  const block = stride * length;
  if (axis === 0) {
    for (let base = 0; base < image.length; base += block) convolveRow(image, result, { base, length, filter, from, to });
    return result;
  }
  for (let o = from; o <= to; o++) {
    for (let j = 0; j < taps; j++) places[j] = wrap(o + taps / 2 - j) * stride;
    for (let base = 0; base < image.length; base += block) sumTaps(image, result, { base, target: base + o * stride, count: stride, places, filter });
  }
  return result;
}

function convolveRow(image: Float64Array, result: Float64Array, { base, length, filter, from, to }: { base: number; length: number; filter: Float64Array; from: number; to: number }): void {
  const taps = filter.length;
  const half = taps / 2;
  for (let o = from; o <= to; o++) {
    let sum = 0;
    const first = o + half;
    if (first - taps >= -1 && first < length) for (let j = 0; j < taps; j++) sum += filter[j] * image[base + first - j];
    else for (let j = 0; j < taps; j++) sum += filter[j] * image[base + ((((first - j) % length) + length) % length)];
    result[base + o] = sum;
  }
}

interface Taps {
  readonly base: number;
  readonly target: number;
  readonly count: number;
  readonly places: Int32Array;
  readonly filter: Float64Array;
}

/** Two taps at a time over a stretch of contiguous voxels; the order of additions is that of the taps. */
function sumTaps(image: Float64Array, result: Float64Array, { base, target, count, places, filter }: Taps): void {
  for (let j = 0; j < filter.length; j += 2) {
    const [f0, f1] = [filter[j], filter[j + 1]];
    const [p0, p1] = [base + places[j], base + places[j + 1]];
    if (j === 0) for (let i = 0; i < count; i++) result[target + i] = f0 * image[p0 + i] + f1 * image[p1 + i];
    else for (let i = 0; i < count; i++) result[target + i] = result[target + i] + f0 * image[p0 + i] + f1 * image[p1 + i];
  }
}
