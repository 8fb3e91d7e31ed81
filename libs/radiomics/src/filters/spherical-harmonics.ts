import type { Triple } from '@consilium/imaging';
import { arcCosine, arcTangent, cosine, sine } from './rounded-trigonometry.js';

/** How the norm of a level is computed: level 0 is constant over the sphere, so that it depends on how many vertices count; level 1 may be real (see isMirrored). */
export const KINDS = { constant: 0, mirrored: 1, any: 2 } as const;

/** Harmonics of one level at every vertex, orders m = −n … n one after another. */
export interface HarmonicLevel {
  readonly orders: number;
  readonly vertices: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly kind: (typeof KINDS)[keyof typeof KINDS];
}

/** Values of the spherical harmonics at the vertices of a sphere, level by level. */
export function sphericalHarmonics(sphere: readonly Triple[], { levels, radius }: { readonly levels: number; readonly radius: number }): HarmonicLevel[] {
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
    const kind = n === 0 ? KINDS.constant : n === 1 && isMirrored(re, im, vertices) ? KINDS.mirrored : KINDS.any;
    return { orders, vertices, re, im, kind };
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

/** Norms of level 0 when the first `count` of its vertices count, for every count: √(Σ_v (c Y)²) with c the sum of Y over those that count, in numpy's order of additions. */
export function normsByCount({ re, im, vertices: n }: HarmonicLevel): Float64Array {
  return Float64Array.from({ length: n + 1 }, (_, count) => {
    let [cRe, cIm, sRe, sIm] = [0, 0, 0, 0];
    for (let v = 0; v < count; v++) {
      cRe += re[v];
      cIm += im[v];
    }
    for (let v = 0; v < n; v++) {
      const [fRe, fIm] = [cRe * re[v] - cIm * im[v], cRe * im[v] + cIm * re[v]];
      sRe += fRe * fRe - fIm * fIm;
      sIm += fRe * fIm + fIm * fRe;
    }
    return realRoot(sRe, sIm);
  });
}

/** Real part of the complex square root, as C libraries compute it. */
export function realRoot(re: number, im: number): number {
  if (re === 0 && im === 0) return 0;
  const length = Math.hypot(re, im);
  return re >= 0 ? Math.sqrt((re + length) * 0.5) : Math.abs(im) / (2 * Math.sqrt((length - re) * 0.5));
}
