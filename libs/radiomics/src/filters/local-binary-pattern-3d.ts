import type { Triple } from '@consilium/imaging';
import { icosphere } from './icosphere.js';
import { SphereSampler } from './sphere-sampler.js';

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
  /** One image a level, 0 outside the region. */
  readonly levels: readonly Float64Array[];
  /** Excess kurtosis of the samples around each voxel. */
  readonly kurtosis: Float64Array;
}

/**
 * Rotation-invariant three-dimensional local binary patterns as pyradiomics' LBP3D. Around each voxel of the region the image is sampled on a sphere; a sample not below
 * the voxel counts 1. The pattern f is expanded in spherical harmonics, c_nm = Σ_v f(v) Y_nm(v), and level n is the L2 norm over the sphere of Σ_m c_nm Y_nm. That norm is
 * √(cᵀ G c) with the small matrix G_mm' = Σ_v Y_nm(v) Y_nm'(v), so no value per vertex is kept.
 *
 * pyradiomics hands the polar angle to scipy's azimuth and the reverse, adds the sphere's (x, y, z) to the array's (z, y, x), and squares complex numbers instead of
 * taking their modulus; all three are kept. A voxel whose samples are all equal has kurtosis -3.
 * Reference: J. Banerjee et al., "Rotation invariant local binary pattern for 3D images", MICCAI 2013.
 */
export function localBinaryPattern3d(image: { readonly data: ArrayLike<number>; readonly size: Triple }, region: Uint8Array, options: LocalBinaryPattern3dOptions): LocalBinaryPattern3d {
  const sphere = icosphere(options.subdivisions, options.radius);
  const harmonics = sphericalHarmonics(sphere, options);
  const [nx, ny, nz] = image.size;
  // The sphere's first coordinate runs along the slowest axis.
  const sampler = new SphereSampler(image, sphere.map(([first, second, third]) => [third, second, first] as const));
  const levels = Array.from({ length: options.levels }, () => new Float64Array(region.length));
  const kurtosis = new Float64Array(region.length);
  const count = sphere.length;
  const row = new Float64Array(nx * count);
  const pattern = new Uint8Array(count);
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const start = nx * (y + ny * z);
      if (region.indexOf(1, start) >= start + nx || region.indexOf(1, start) < 0) continue;
      sampler.row(y, z, row);
      for (let x = 0; x < nx; x++) {
        if (region[start + x] !== 1) continue;
        const samples = row.subarray(x * count, (x + 1) * count);
        if (options.wholeNumbers) for (let k = 0; k < count; k++) samples[k] = samples[k]! > 0 ? Math.floor(samples[k]! + 0.5) : Math.ceil(samples[k]! - 0.5);
        kurtosis[start + x] = excessKurtosis(samples);
        const centre = image.data[start + x]!;
        for (let k = 0; k < count; k++) pattern[k] = samples[k]! >= centre ? 1 : 0;
        for (let level = 0; level < levels.length; level++) levels[level]![start + x] = levelNorm(pattern, harmonics[level]!);
      }
    }
  }
  return { levels, kurtosis };
}

function excessKurtosis(values: Float64Array): number {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i]!;
  mean /= n;
  let [m2, m4] = [0, 0];
  for (let i = 0; i < n; i++) {
    const d2 = (values[i]! - mean) * (values[i]! - mean);
    m2 += d2;
    m4 += d2 * d2;
  }
  return m2 === 0 ? -3 : (m4 / n) / ((m2 / n) * (m2 / n)) - 3;
}

/** Harmonics of one level at every vertex, and the matrix G. Real and imaginary parts lie beside each other. */
interface Level {
  readonly orders: number;
  /** orders × vertices, re and im. */
  readonly re: readonly Float64Array[];
  readonly im: readonly Float64Array[];
  readonly gramRe: Float64Array;
  readonly gramIm: Float64Array;
  readonly cRe: Float64Array;
  readonly cIm: Float64Array;
}

function levelNorm(pattern: Uint8Array, { orders, re, im, gramRe, gramIm, cRe, cIm }: Level): number {
  for (let m = 0; m < orders; m++) {
    let [sumRe, sumIm] = [0, 0];
    const [a, b] = [re[m]!, im[m]!];
    for (let v = 0; v < pattern.length; v++) {
      if (pattern[v] === 1) {
        sumRe += a[v]!;
        sumIm += b[v]!;
      }
    }
    cRe[m] = sumRe;
    cIm[m] = sumIm;
  }
  let [sRe, sIm] = [0, 0];
  for (let m = 0; m < orders; m++) {
    for (let k = 0; k < orders; k++) {
      const [pRe, pIm] = [cRe[m]! * cRe[k]! - cIm[m]! * cIm[k]!, cRe[m]! * cIm[k]! + cIm[m]! * cRe[k]!];
      const [gRe, gIm] = [gramRe[m * orders + k]!, gramIm[m * orders + k]!];
      sRe += pRe * gRe - pIm * gIm;
      sIm += pRe * gIm + pIm * gRe;
    }
  }
  // Real part of the complex square root.
  return Math.sqrt(Math.max(0, (Math.hypot(sRe, sIm) + sRe) / 2));
}

function sphericalHarmonics(sphere: readonly Triple[], { levels, radius }: LocalBinaryPattern3dOptions): Level[] {
  return Array.from({ length: levels }, (_, n) => {
    const orders = 2 * n + 1;
    const re = Array.from({ length: orders }, () => new Float64Array(sphere.length));
    const im = Array.from({ length: orders }, () => new Float64Array(sphere.length));
    sphere.forEach(([x, y, z], v) => {
      const azimuth = Math.acos(Math.max(-1, Math.min(1, z / radius)));
      const polar = Math.atan2(y, x);
      for (let m = -n; m <= n; m++) {
        const amplitude = harmonicAmplitude(n, m, Math.cos(polar));
        re[m + n]![v] = amplitude * Math.cos(m * azimuth);
        im[m + n]![v] = amplitude * Math.sin(m * azimuth);
      }
    });
    const [gramRe, gramIm] = [new Float64Array(orders * orders), new Float64Array(orders * orders)];
    for (let m = 0; m < orders; m++) {
      for (let k = 0; k < orders; k++) {
        for (let v = 0; v < sphere.length; v++) {
          gramRe[m * orders + k]! += re[m]![v]! * re[k]![v]! - im[m]![v]! * im[k]![v]!;
          gramIm[m * orders + k]! += re[m]![v]! * im[k]![v]! + im[m]![v]! * re[k]![v]!;
        }
      }
    }
    return { orders, re, im, gramRe, gramIm, cRe: new Float64Array(orders), cIm: new Float64Array(orders) };
  });
}

/** √((2n+1)/(4π) (n−m)!/(n+m)!) P_n^m(x), Condon-Shortley phase included; for m < 0, (−1)^m times that of |m|. */
function harmonicAmplitude(n: number, m: number, x: number): number {
  const order = Math.abs(m);
  let factor = (2 * n + 1) / (4 * Math.PI);
  for (let k = n - order + 1; k <= n + order; k++) factor /= k;
  const value = Math.sqrt(factor) * associatedLegendre(n, order, x);
  return m < 0 && order % 2 === 1 ? -value : value;
}

function associatedLegendre(n: number, m: number, x: number): number {
  let pmm = 1;
  const root = Math.sqrt(Math.max(0, (1 - x) * (1 + x)));
  for (let k = 1; k <= m; k++) pmm *= -(2 * k - 1) * root;
  if (n === m) return pmm;
  let previous = pmm;
  let current = x * (2 * m + 1) * pmm;
  for (let k = m + 2; k <= n; k++) [previous, current] = [current, ((2 * k - 1) * x * current - (k + m - 1) * previous) / (k - m)];
  return current;
}
