import type { Triple } from '@consilium/imaging';
import { boxSize, placeCoefficients, wholeWindow, type Volume } from '@consilium/imaging';
import type { Workspace } from '../kernels/workspace.js';
import { icosphere } from './icosphere.js';
import { SpherePlanes } from './sphere-planes.js';
import { KINDS, normsByCount, realRoot, sphericalHarmonics, type HarmonicLevel } from './spherical-harmonics.js';

/** Rows of the image whose planes are held at a time. */
const ROWS = 24;

export interface LocalBinaryPattern3dOptions {
  /** Spherical-harmonic levels, so images m1 … mL. */
  readonly levels: number;
  /** In voxels. */
  readonly radius: number;
  readonly subdivisions: number;
  /** The image holds whole numbers: samples are rounded (half away from zero), as scipy does for an integer image. */
  readonly wholeNumbers: boolean;
}

export interface LocalBinaryPattern3d {
  /** Values of the region's voxels, one array a level; places in the kernels' memory. */
  readonly levels: readonly number[];
  /** Excess kurtosis of the samples around each voxel of the region. */
  readonly kurtosis: number;
}

/**
 * Rotation-invariant three-dimensional local binary patterns as pyradiomics' LBP3D. Around each voxel of the region the image is sampled on a sphere; a sample not below
 * the voxel counts 1. The pattern f is expanded in spherical harmonics, c_nm = Σ_v f(v) Y_nm(v), and level n is the L2 norm over the sphere of Σ_m c_nm Y_nm. Patterns
 * that are rotations of each other tie but for the last bits, and percentiles cut inside such ties, so the order of additions is part of the definition.
 *
 * pyradiomics hands the polar angle to scipy's azimuth and the reverse, adds the sphere's (x, y, z) to the array's (z, y, x), and squares complex numbers instead of
 * taking their modulus; all three are kept. A voxel whose samples are all equal has kurtosis -3.
 * Reference: J. Banerjee et al., "Rotation invariant local binary pattern for 3D images", MICCAI 2013.
 */
export function localBinaryPattern3d(space: Workspace, image: Pick<Volume, 'data' | 'size'>, options: LocalBinaryPattern3dOptions): LocalBinaryPattern3d {
  const { heap, count: n, region: { box } } = space;
  const sphere = icosphere(options.subdivisions, options.radius);
  const harmonics = sphericalHarmonics(sphere, options);
  const levels = harmonics.map(() => heap.take(8 * n));
  const kurtosis = heap.take(8 * n);
  heap.scoped(() => {
    // The sphere's first coordinate runs along the slowest axis.
    const offsets = sphere.map(([first, second, third]): Triple => [third, second, first]);
    const coefficients = { coefficients: placeCoefficients(heap, image, wholeWindow(image.size)), size: image.size };
    const imaginary = harmonics.map(({ kind }) => (kind === KINDS.any ? heap.take(8 * n) : 0));
    const placed = placeLevels(space, harmonics, { levels, imaginary });
    const [width, height] = boxSize(box);
    const kurtosisRow = heap.take(8 * (width + 2));
    const scratch = heap.take(8 * sphere.length * (width + 4) + 32 * Math.max(...harmonics.map(({ orders }) => orders)));
    // Rows by rows, each through all planes: what is held of the planes stays small, so that it is touched again and again.
    for (let top = 0; top < height; top += ROWS) {
      const rows = Math.min(ROWS, height - top);
      const part = { low: [box.low[0], box.low[1] + top, box.low[2]], high: [box.high[0], box.low[1] + top + rows - 1, box.high[2]] } as const;
      heap.scoped(() => {
        const planes = new SpherePlanes(heap, coefficients, { offsets, box: part });
        for (let z = box.low[2]; z <= box.high[2]; z++) {
          const begin = width * (top + height * (z - box.low[2]));
          const v = firstNotBelow(space.region.inner, begin);
          if (v === n || space.region.inner[v] >= begin + width * rows) continue;
          heap.kernels.patternsOfPlane(
            space.image, image.size[0], image.size[1], z, part.low[0], part.low[1], width, rows, planes.at(z), sphere.length, options.wholeNumbers, placed, harmonics.length, space.inner, n, v, begin,
            kurtosisRow, kurtosis, scratch,
          );
        }
      });
    }
    harmonics.forEach(({ kind }, level) => {
      if (kind !== KINDS.any) return;
      const [re, im] = [heap.doubles(levels[level], n), heap.doubles(imaginary[level], n)];
      for (let v = 0; v < n; v++) re[v] = realRoot(re[v], im[v]);
    });
  });
  return { levels, kurtosis };
}

/** Index of the first of ascending values that is not below a bound. */
function firstNotBelow(values: Int32Array, bound: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The levels as the kernels read them: nine words each. */
function placeLevels({ heap, region }: Workspace, harmonics: readonly HarmonicLevel[], { levels, imaginary }: { levels: readonly number[]; imaginary: readonly number[] }): number {
  const row = () => heap.take(8 * (boxSize(region.box)[0] + 2));
  const words = harmonics.flatMap((level, i) => {
    const byCount = level.kind === KINDS.constant ? heap.putDoubles(normsByCount(level)) : 0;
    return [heap.putDoubles(level.re), heap.putDoubles(level.im), level.orders, level.kind, byCount, row(), row(), levels[i], imaginary[i]];
  });
  return heap.putWords(words);
}
