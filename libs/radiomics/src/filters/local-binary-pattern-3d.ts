import type { Triple } from '@consilium/imaging';
import { icosphere } from './icosphere.js';
import { arcCosine, arcTangent, cosine, sine } from './rounded-trigonometry.js';
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
  /** Values of the region's voxels, one array a level. */
  readonly levels: readonly Float64Array[];
  /** Excess kurtosis of the samples around each voxel of the region. */
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
export function localBinaryPattern3d(image: SampledImage, { sources }: { readonly sources: Int32Array }, options: LocalBinaryPattern3dOptions): LocalBinaryPattern3d {
  const sphere = icosphere(options.subdivisions, options.radius);
  const harmonics = sphericalHarmonics(sphere, options);
  const [nx, ny] = image.size;
  // The sphere's first coordinate runs along the slowest axis.
  const sampler = new SphereSampler(image, sphere.map(([first, second, third]) => [third, second, first] as const));
  const levels = harmonics.map(() => new Float64Array(sources.length));
  const kurtosis = new Float64Array(sources.length);
  const count = sphere.length;
  const row = new Float64Array(nx * count);
  const around = new Pattern(count);
  for (let v = 0; v < sources.length; ) {
    // The voxels of one row of the image are sampled together.
    const line = Math.floor(sources[v] / nx);
    let next = v + 1;
    while (next < sources.length && sources[next] < (line + 1) * nx) next++;
    const [first, last] = [sources[v] - line * nx, sources[next - 1] - line * nx];
    sampler.row({ y: line % ny, z: Math.floor(line / ny), first, last }, row);
    for (; v < next; v++) {
      const from = (sources[v] - line * nx) * count;
      if (options.wholeNumbers) roundSamples(row, from, from + count);
      kurtosis[v] = excessKurtosis(row, from, count);
      around.set(row, from, image.data[sources[v]]);
      for (let level = 0; level < levels.length; level++) levels[level][v] = levelNorm(around, harmonics[level]);
    }
  }
  return { levels, kurtosis };
}

interface SampledImage {
  readonly data: ArrayLike<number>;
  readonly size: Triple;
}

/** Half away from zero. */
function roundSamples(samples: Float64Array, from: number, to: number): void {
  for (let k = from; k < to; k++) samples[k] = samples[k] > 0 ? Math.floor(samples[k] + 0.5) : Math.ceil(samples[k] - 0.5);
}

/** The vertices whose sample is not below the centre, ascending. */
class Pattern {
  readonly vertices: Int32Array;
  count = 0;

  constructor(size: number) {
    this.vertices = new Int32Array(size);
  }

  set(samples: Float64Array, from: number, centre: number): void {
    let count = 0;
    for (let k = 0; k < this.vertices.length; k++) {
      this.vertices[count] = k;
      count += samples[from + k] >= centre ? 1 : 0;
    }
    this.count = count;
  }
}

function excessKurtosis(samples: Float64Array, from: number, n: number): number {
  let mean = 0;
  for (let i = from; i < from + n; i++) mean += samples[i];
  mean /= n;
  let [m2, m4] = [0, 0];
  for (let i = from; i < from + n; i++) {
    const d2 = (samples[i] - mean) * (samples[i] - mean);
    m2 += d2;
    m4 += d2 * d2;
  }
  return m2 === 0 ? -3 : m4 / n / ((m2 / n) * (m2 / n)) - 3;
}

/** Harmonics of one level at every vertex, orders m = −n … n one after another; and scratch for the coefficients. */
interface Level {
  readonly orders: number;
  readonly vertices: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly cRe: Float64Array;
  readonly cIm: Float64Array;
  /** Level 0 is constant over the sphere: its norm depends on how many vertices count. */
  readonly byCount: Float64Array | null;
  /** Level 1 with Y_-1 = −conj(Y_1) to the last bit: what the two add is real, and its order of additions is known. */
  readonly mirrored: boolean;
}

/** In numpy's order of additions: over the vertices for the coefficients, over the orders at a vertex, over the vertices for the norm. */
function levelNorm({ vertices, count }: Pick<Pattern, 'vertices' | 'count'>, level: Level): number {
  const { orders, re, im, cRe, cIm, vertices: n, byCount } = level;
  if (byCount) return byCount[count];
  if (level.mirrored) return mirroredNorm(vertices, count, level);
  for (let m = 0, base = 0; m < orders; m++, base += n) {
    let [sumRe, sumIm] = [0, 0];
    for (let k = 0; k < count; k++) {
      const at = base + vertices[k];
      sumRe += re[at];
      sumIm += im[at];
    }
    cRe[m] = sumRe;
    cIm[m] = sumIm;
  }
  let [sRe, sIm] = [0, 0];
  for (let v = 0; v < n; v++) {
    let [fRe, fIm] = [0, 0];
    for (let m = 0, at = v; m < orders; m++, at += n) {
      const [a, b, c, d] = [cRe[m], cIm[m], re[at], im[at]];
      fRe += a * c - b * d;
      fIm += a * d + b * c;
    }
    sRe += fRe * fRe - fIm * fIm;
    sIm += fRe * fIm + fIm * fRe;
  }
  return realRoot(sRe, sIm);
}

/** As levelNorm for level 1, where the imaginary parts of m = −1 and m = 1 cancel exactly. */
function mirroredNorm(vertices: Int32Array, count: number, { re, im, vertices: n }: Level): number {
  let [c0, cRe, cIm] = [0, 0, 0];
  for (let k = 0; k < count; k++) {
    const v = vertices[k];
    c0 += re[n + v];
    cRe += re[2 * n + v];
    cIm += im[2 * n + v];
  }
  let sum = 0;
  for (let v = 0; v < n; v++) {
    const outer = cRe * re[2 * n + v] - cIm * im[2 * n + v];
    const f = outer + c0 * re[n + v] + outer;
    sum += f * f;
  }
  return Math.sqrt(sum);
}

/** Real part of the complex square root, as C libraries compute it. */
function realRoot(re: number, im: number): number {
  if (re === 0 && im === 0) return 0;
  const length = Math.hypot(re, im);
  return re >= 0 ? Math.sqrt((re + length) * 0.5) : Math.abs(im) / (2 * Math.sqrt((length - re) * 0.5));
}

function sphericalHarmonics(sphere: readonly Triple[], { levels, radius }: LocalBinaryPattern3dOptions): Level[] {
  const vertices = sphere.length;
  return Array.from({ length: levels }, (_, n) => {
    const orders = 2 * n + 1;
    const [re, im] = [new Float64Array(orders * vertices), new Float64Array(orders * vertices)];
    sphere.forEach(([x, y, z], v) => {
      const azimuth = arcCosine(Math.max(-1, Math.min(1, z / radius)));
      const polar = cosine(arcTangent(y, x));
      for (let m = -n; m <= n; m++) {
        const amplitude = harmonicAmplitude(n, m, polar);
        re[(m + n) * vertices + v] = amplitude * cosine(m * azimuth);
        im[(m + n) * vertices + v] = amplitude * sine(m * azimuth);
      }
    });
    const level: Level = { orders, vertices, re, im, cRe: new Float64Array(orders), cIm: new Float64Array(orders), byCount: null, mirrored: n === 1 && isMirrored(re, im, vertices) };
    if (n > 0) return level;
    const all = Int32Array.from(sphere, (_point, v) => v);
    return { ...level, byCount: Float64Array.from({ length: vertices + 1 }, (_count, count) => levelNorm({ vertices: all, count }, level)) };
  });
}

/** Whether Y_-1 = −conj(Y_1) and Y_0 is real, at every vertex. */
function isMirrored(re: Float64Array, im: Float64Array, n: number): boolean {
  for (let v = 0; v < n; v++) if (re[v] !== -re[2 * n + v] || im[v] !== im[2 * n + v] || im[n + v] !== 0) return false;
  return true;
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

/**
 * P_n^m with the Condon-Shortley phase, in the order of additions of LPMV (S. Zhang, J. Jin, "Computation of Special Functions", 1996), which scipy calls: a sum in
 * powers of 1 + x up to degree 2, upward recursion on the degree beyond.
 */
function associatedLegendre(n: number, m: number, x: number): number {
  if (n <= 2 || n <= m) return legendreSeries(n, m, x);
  let previous = legendreSeries(m, m, x);
  let current = legendreSeries(m + 1, m, x);
  for (let k = m + 2; k <= n; k++) [previous, current] = [current, ((2 * k - 1) * x * current - (k - 1 + m) * previous) / (k - m)];
  return current;
}

function legendreSeries(n: number, m: number, x: number): number {
  let factor = 1;
  if (m > 0) {
    let product = n * (n + m);
    for (let j = 1; j < m; j++) product *= n * n - j * j;
    const root = Math.sqrt(1 - x * x);
    let power = 1;
    for (let j = 1; j <= m; j++) power = (0.5 * power * root) / j;
    factor = power * product;
  }
  let [sum, term] = [1, 1];
  for (let k = 1; k <= n - m; k++) {
    term = ((0.5 * term * (-n + m + k - 1) * (n + m + k)) / (k * (k + m))) * (1 + x);
    sum += term;
  }
  return (n % 2 === 1 ? -1 : 1) * factor * sum;
}
