import type { Triple } from '@consilium/imaging';
import { waveletFilters } from './wavelet-filters.js';

/**
 * Undecimated (stationary) wavelet transform, first level, as pyradiomics makes it with PyWavelets' swtn: periodic, axes of odd length padded by one wrapped
 * voxel that is cut off again. The letters of a band stand for x, y, z: L low-pass, H high-pass. With `force2D` only x and y are filtered.
 */
export interface WaveletBand {
  /** For example 'LLH'. */
  readonly name: string;
  readonly image: Float64Array;
}

/** Calls `emit` for each band in pyradiomics' order (LLH … HHH, then LLL); one band is held at a time besides its parents. */
export function waveletBands(image: ArrayLike<number>, size: Triple, { wavelet = 'coif1', force2D = false }: { wavelet?: string; force2D?: boolean } = {}): WaveletBand[] {
  const { low, high } = waveletFilters(wavelet);
  const padded = size.map((length, axis) => (length % 2 === 1 && (axis < 2 || !force2D) ? length + 1 : length)) as [number, number, number];
  let parents: WaveletBand[] = [{ name: '', image: pad(image, size, padded) }];
  for (let axis = 0; axis < (force2D ? 2 : 3); axis++) {
    parents = parents.flatMap(({ name, image: parent }) => [
      { name: `${name}L`, image: convolve(parent, padded, axis, low) },
      { name: `${name}H`, image: convolve(parent, padded, axis, high) },
    ]);
  }
  return [...parents.slice(1), parents[0]!].map(({ name, image: band }) => ({ name, image: crop(band, padded, size) }));
}

function pad(image: ArrayLike<number>, size: Triple, padded: Triple): Float64Array {
  const result = new Float64Array(padded[0] * padded[1] * padded[2]);
  for (let z = 0, at = 0; z < padded[2]; z++) {
    for (let y = 0; y < padded[1]; y++) for (let x = 0; x < padded[0]; x++, at++) result[at] = image[(x % size[0]) + size[0] * ((y % size[1]) + size[1] * (z % size[2]))]!;
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

/** out[o] = Σ_j filter[j] · in[(o + F/2 − j) mod N] along an axis. */
function convolve(image: Float64Array, size: Triple, axis: number, filter: Float64Array): Float64Array {
  const result = new Float64Array(image.length);
  const stride = axis === 0 ? 1 : axis === 1 ? size[0] : size[0] * size[1];
  const length = size[axis]!;
  const taps = filter.length;
  const half = taps / 2;
  const block = stride * length;
  const sources = new Int32Array(taps);
  for (let o = 0; o < length; o++) {
    for (let j = 0; j < taps; j++) sources[j] = ((((o + half - j) % length) + length) % length) * stride;
    for (let base = 0; base < image.length; base += block) {
      for (let offset = 0; offset < stride; offset++) {
        let sum = 0;
        const start = base + offset;
        for (let j = 0; j < taps; j++) sum += filter[j]! * image[start + sources[j]!]!;
        result[start + o * stride] = sum;
      }
    }
  }
  return result;
}
