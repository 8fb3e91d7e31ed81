import type { Triple } from '@consilium/imaging';
import type { Lbp2dSettings } from '../settings.js';

/**
 * Two-dimensional local binary patterns, slice by slice, as scikit-image's local_binary_pattern, which pyradiomics uses. Around each voxel the slice is sampled on a circle by
 * linear interpolation, 0 outside; a sample not below the voxel counts 1.
 *   default  Σ 2^k over the samples that count
 *   ror      the least of that pattern's rotations
 *   uniform  how many count, when the pattern changes at most twice from its first to its last sample (not back to the first); else samples + 1
 *   var      the samples' variance; not a number where it is 0
 * pyradiomics stores the result in the image's own pixel type: a variance loses its fraction in a whole-number image.
 * Reference: T. Ojala, M. Pietikäinen, T. Mäenpää, IEEE Trans. Pattern Analysis and Machine Intelligence 24 (2002).
 *
 * @param sources places of the voxels wanted
 */
export function localBinaryPattern2d(image: { readonly data: ArrayLike<number>; readonly size: Triple }, sources: Int32Array, settings: Lbp2dSettings): Float64Array {
  const { data, size } = image;
  const strides = [1, size[0], size[0] * size[1]];
  const [column, row] = PLANES[settings.axis];
  const [columns, rows] = [size[column], size[row]];
  const circle = circleOf(settings);
  const samples = new Float64Array(settings.samples);
  const at = (base: number, r: number, c: number): number => (r < 0 || c < 0 || r >= rows || c >= columns ? 0 : data[base + r * strides[row] + c * strides[column]]);
  return Float64Array.from(sources, (source) => {
    const [r, c] = [Math.floor(source / strides[row]) % rows, Math.floor(source / strides[column]) % columns];
    const base = source - r * strides[row] - c * strides[column];
    circle.forEach(([dr, dc], k) => {
      const [r0, c0] = [Math.floor(r + dr), Math.floor(c + dc)];
      const [r1, c1] = [Math.ceil(r + dr), Math.ceil(c + dc)];
      const [fr, fc] = [r + dr - r0, c + dc - c0];
      const top = (1 - fc) * at(base, r0, c0) + fc * at(base, r0, c1);
      const bottom = (1 - fc) * at(base, r1, c0) + fc * at(base, r1, c1);
      samples[k] = (1 - fr) * top + fr * bottom;
    });
    return codes[settings.method](samples, data[source]);
  });
}

/** Column and row axis of the slices across an axis. */
const PLANES = { 2: [0, 1], 1: [0, 2], 0: [2, 1] } as const;

/** (row, column) of each sample relative to the voxel, rounded to five decimals. */
function circleOf({ radius, samples }: Lbp2dSettings): readonly (readonly [number, number])[] {
  const rounded = (x: number) => Math.round(x * 1e5) / 1e5;
  return Array.from({ length: samples }, (_, k) => {
    const angle = (2 * Math.PI * k) / samples;
    return [rounded(-radius * Math.sin(angle)), rounded(radius * Math.cos(angle))] as const;
  });
}

const codes: Readonly<Record<Lbp2dSettings['method'], (samples: Float64Array, centre: number) => number>> = {
  default: patternNumber,
  ror: (samples, centre) => {
    const modulus = 2 ** samples.length;
    let [least, rotated] = [Infinity, patternNumber(samples, centre)];
    for (let turn = 0; turn < samples.length; turn++) {
      least = Math.min(least, rotated);
      rotated = rotated % 2 === 1 ? (rotated - 1) / 2 + modulus / 2 : rotated / 2;
    }
    return least;
  },
  uniform: (samples, centre) => {
    let [changes, count] = [0, 0];
    for (let k = 0; k < samples.length; k++) {
      const counts = samples[k] - centre >= 0;
      if (counts) count++;
      if (k > 0 && counts !== samples[k - 1] - centre >= 0) changes++;
    }
    return changes <= 2 ? count : samples.length + 1;
  },
  var: (samples) => {
    let [sum, squares] = [0, 0];
    for (const sample of samples) {
      sum += sample;
      squares += sample * sample;
    }
    const variance = (squares - (sum * sum) / samples.length) / samples.length;
    return variance === 0 ? NaN : variance;
  },
};

function patternNumber(samples: Float64Array, centre: number): number {
  let pattern = 0;
  for (let k = 0; k < samples.length; k++) if (samples[k] - centre >= 0) pattern += 2 ** k;
  return pattern;
}
