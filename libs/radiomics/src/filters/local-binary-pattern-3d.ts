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
 * the voxel counts 1. The pattern f is expanded in spherical harmonics, c_nm = Σ_v f(v) Y_nm(v), and level n is the L2 norm over the sphere of Σ_m c_nm Y_nm. Patterns
 * that are rotations of each other tie but for the last bits, and percentiles cut inside such ties, so the order of additions is part of the definition.
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

/** Harmonics of one level at every vertex, real and imaginary parts, one array an order m = −n … n; and scratch for the coefficients. */
interface Level {
  readonly orders: number;
  readonly re: readonly Float64Array[];
  readonly im: readonly Float64Array[];
  readonly cRe: Float64Array;
  readonly cIm: Float64Array;
}

/** In numpy's order of additions: over the vertices for the coefficients, over the orders at a vertex, over the vertices for the norm. */
function levelNorm(pattern: Uint8Array, { orders, re, im, cRe, cIm }: Level): number {
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
  for (let v = 0; v < pattern.length; v++) {
    let [fRe, fIm] = [0, 0];
    for (let m = 0; m < orders; m++) {
      fRe += cRe[m]! * re[m]![v]! - cIm[m]! * im[m]![v]!;
      fIm += cRe[m]! * im[m]![v]! + cIm[m]! * re[m]![v]!;
    }
    sRe += fRe * fRe - fIm * fIm;
    sIm += fRe * fIm + fIm * fRe;
  }
  return realRoot(sRe, sIm);
}

/** Real part of the complex square root, as C libraries compute it. */
function realRoot(re: number, im: number): number {
  if (re === 0 && im === 0) return 0;
  const length = Math.hypot(re, im);
  return re >= 0 ? Math.sqrt((re + length) * 0.5) : Math.abs(im) / (2 * Math.sqrt((length - re) * 0.5));
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
    return { orders, re, im, cRe: new Float64Array(orders), cIm: new Float64Array(orders) };
  });
}

/**
 * √((2n+1)/(4π)) √((n−m)!/(n+m)!) P_n^m(x), Condon-Shortley phase included; for m < 0, P_n^m = (−1)^m (n−|m|)!/(n+|m|)! P_n^|m|. Multiplied in scipy's order.
 */
function harmonicAmplitude(n: number, m: number, x: number): number {
  const order = Math.abs(m);
  let value = associatedLegendre(n, order, x);
  if (m < 0) value *= (order % 2 === 1 ? -1 : 1) * factorialRatio(n, order);
  value *= Math.sqrt((2 * n + 1) / 4 / Math.PI);
  return value * Math.sqrt(m < 0 ? 1 / factorialRatio(n, order) : factorialRatio(n, order));
}

/** (n−m)! / (n+m)! */
function factorialRatio(n: number, m: number): number {
  let product = 1;
  for (let k = n - m + 1; k <= n + m; k++) product /= k;
  return product;
}

function associatedLegendre(n: number, m: number, x: number): number {
  let pmm = 1;
  const root = Math.sqrt(Math.max(0, 1 - x * x));
  for (let k = 1; k <= m; k++) pmm *= -(2 * k - 1) * root;
  if (n === m) return pmm;
  let previous = pmm;
  let current = x * (2 * m + 1) * pmm;
  for (let k = m + 2; k <= n; k++) [previous, current] = [current, ((2 * k - 1) * x * current - (k + m - 1) * previous) / (k - m)];
  return current;
}
