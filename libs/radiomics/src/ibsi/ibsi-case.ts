import { resample, type Grid, type Triple, type Volume } from '@consilium/imaging';

/**
 * Image processing as the Image Biomarker Standardisation Initiative defines it (A. Zwanenburg et al., Radiology 295 (2020); reference manual arXiv:1612.07003): a grid aligned with
 * the image's centre, grey levels rounded to whole numbers, a mask interpolated and cut at one half, resegmentation by range and by outliers.
 */
export interface IbsiSettings {
  /** Millimetres; 0 keeps an axis; null interpolates nothing. */
  readonly spacing: Triple | null;
  readonly interpolator: 'linear' | 'b-spline';
  /** Grey values kept, both included. */
  readonly range: readonly [number, number] | null;
  /** Grey values further from the mean than this many standard deviations are left out. */
  readonly outliers: number | null;
  readonly discretisation: IbsiDiscretisation;
  /** For the intensity-volume histogram; null takes the values as they are, in steps of one. */
  readonly histogram: IbsiDiscretisation | null;
}

export type IbsiDiscretisation = { readonly binWidth: number } | { readonly binCount: number } | 'as-is';

/** A region in a box with one empty layer around it. */
export interface IbsiRegion {
  readonly size: Triple;
  readonly strides: Triple;
  readonly spacing: Triple;
  /** Grey values of the whole box, of the image also outside the region. */
  readonly values: Float64Array;
  /** Whether a voxel of the box lies in the image. */
  readonly known: Uint8Array;
  /** The region as drawn, and what resegmentation leaves of it. */
  readonly morphological: Uint8Array;
  readonly intensity: Uint8Array;
}

export interface IbsiCase {
  /** The image as given and as interpolated; the masks before and after each step. */
  readonly initial: { readonly image: Volume; readonly mask: Uint8Array };
  readonly interpolated: { readonly image: Volume; readonly mask: Uint8Array };
  readonly intensityMask: Uint8Array;
  readonly region: IbsiRegion;
}

export function ibsiCase(image: Volume, mask: Volume, settings: IbsiSettings): IbsiCase {
  const initialMask = Uint8Array.from(mask.data, (label) => (label > 0 ? 1 : 0));
  const { spacing } = settings;
  let interpolated = { image, mask: initialMask };
  if (spacing) {
    const grid = centredGrid(image, [0, 1, 2].map((axis) => spacing[axis] || image.spacing[axis]) as [number, number, number]);
    const values = resample(image, grid, { interpolator: settings.interpolator, pixelType: 'float64' });
    const share = resample({ ...mask, ...frameOf(image), pixelType: 'uint8', data: initialMask }, grid, { interpolator: 'linear', pixelType: 'float64' });
    interpolated = { image: { ...values, data: values.data.map(Math.round) }, mask: Uint8Array.from(share.data, (x) => (x >= 0.5 ? 1 : 0)) };
  }
  const intensityMask = resegmented(interpolated.image, interpolated.mask, settings);
  return { initial: { image, mask: initialMask }, interpolated, intensityMask, region: boxed(interpolated.image, interpolated.mask, intensityMask) };
}

const frameOf = ({ spacing, origin, direction }: Volume) => ({ spacing, origin, direction });

/** ceil(n d / d') voxels along each axis, centred on the image. */
function centredGrid(image: Volume, spacing: Triple): Grid {
  const size = image.size.map((length, axis) => Math.ceil((length * image.spacing[axis]) / spacing[axis] - 1e-9)) as [number, number, number];
  const first = size.map((length, axis) => 0.5 * (image.size[axis] - 1 - ((length - 1) * spacing[axis]) / image.spacing[axis]));
  const origin = [0, 1, 2].map((row) => image.origin[row] + [0, 1, 2].reduce((sum, axis) => sum + image.direction[row * 3 + axis] * image.spacing[axis] * first[axis], 0));
  return { size, spacing, origin: origin as [number, number, number], direction: image.direction };
}

function resegmented(image: Volume, mask: Uint8Array, { range, outliers }: IbsiSettings): Uint8Array {
  const kept = mask.slice();
  if (range) for (let i = 0; i < kept.length; i++) if (kept[i] === 1 && (image.data[i] < range[0] || image.data[i] > range[1])) kept[i] = 0;
  if (outliers === null) return kept;
  let [n, sum, squares] = [0, 0, 0];
  for (let i = 0; i < kept.length; i++) {
    if (kept[i] !== 1) continue;
    n++;
    sum += image.data[i];
  }
  for (let i = 0; i < kept.length; i++) if (kept[i] === 1) squares += (image.data[i] - sum / n) ** 2;
  const limit = outliers * Math.sqrt(squares / n);
  for (let i = 0; i < kept.length; i++) if (kept[i] === 1 && Math.abs(image.data[i] - sum / n) > limit) kept[i] = 0;
  return kept;
}

/** The region's box and as much of the image around it as a sphere of 1 cm³ needs; at least one layer. */
function boxed(image: Volume, morphological: Uint8Array, intensity: Uint8Array): IbsiRegion {
  const [nx, ny, nz] = image.size;
  const low: [number, number, number] = [nx, ny, nz];
  const high: [number, number, number] = [-1, -1, -1];
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        if (morphological[at] === 0) continue;
        [x, y, z].forEach((place, axis) => {
          low[axis] = Math.min(low[axis], place);
          high[axis] = Math.max(high[axis], place);
        });
      }
    }
  }
  const margin = image.spacing.map((length) => Math.max(1, Math.ceil(6.3 / length)));
  const size = [0, 1, 2].map((axis) => high[axis] - low[axis] + 1 + 2 * margin[axis]) as [number, number, number];
  const count = size[0] * size[1] * size[2];
  const region = { size, strides: [1, size[0], size[0] * size[1]] as const, spacing: image.spacing, values: new Float64Array(count), known: new Uint8Array(count), morphological: new Uint8Array(count), intensity: new Uint8Array(count) };
  for (let z = 0, at = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      for (let x = 0; x < size[0]; x++, at++) {
        const [sx, sy, sz] = [x + low[0] - margin[0], y + low[1] - margin[1], z + low[2] - margin[2]];
        if (sx < 0 || sy < 0 || sz < 0 || sx >= nx || sy >= ny || sz >= nz) continue;
        const source = sx + nx * (sy + ny * sz);
        region.values[at] = image.data[source]!;
        region.known[at] = 1;
        region.morphological[at] = morphological[source]!;
        region.intensity[at] = intensity[source]!;
      }
    }
  }
  return region;
}

/** Places of a mask in the box, ascending. */
export function placesOf(mask: Uint8Array): Int32Array {
  const places: number[] = [];
  for (let at = 0; at < mask.length; at++) if (mask[at] === 1) places.push(at);
  return Int32Array.from(places);
}

export interface Discretised {
  /** 1-based levels of the values. */
  readonly levels: Int32Array;
  readonly count: number;
}

/** Grey levels by IBSI: a fixed width from the range's lower end (or the minimum), a fixed number between minimum and maximum, or the values themselves. */
export function discretised(values: Float64Array, how: IbsiDiscretisation, range: readonly [number, number] | null): Discretised {
  let [min, max] = [Infinity, -Infinity];
  for (const x of values) {
    if (x < min) min = x;
    if (x > max) max = x;
  }
  let levels: Int32Array;
  if (how === 'as-is') levels = Int32Array.from(values);
  else if ('binWidth' in how) {
    const start = range ? range[0] : min;
    levels = Int32Array.from(values, (x) => Math.max(1, Math.floor((x - start) / how.binWidth) + 1));
  } else levels = Int32Array.from(values, (x) => (x === max ? how.binCount : Math.floor((how.binCount * (x - min)) / (max - min)) + 1));
  return { levels, count: levels.reduce((most, level) => Math.max(most, level), 0) };
}
