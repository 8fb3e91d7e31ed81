import { SeededRandom } from '@consilium/numerics';

/**
 * Orthogonal random Fourier features (Rahimi, Recht 2007; Yu et al. 2016): φ(z) = √(2/D) (cos w_1'z, sin w_1'z, cos w_2'z, …) with D/2
 * directions w ~ N(0, 2 gamma I), those of a block of p at right angles. φ(z)'φ(z') is close to the RBF kernel exp(-gamma |z - z'|²), with an
 * error of the order of 1/√D that the right angles reduce. The directions follow from the seed: every site makes the same.
 */
export interface FourierMap {
  /** D, even. */
  readonly components: number;
  readonly gamma: number;
  readonly seed: string;
}

/**
 * φ of n rows, n × D, column by column.
 *
 * @param Z n × p standardised columns
 */
export function fourierFeatures(Z: Float64Array, n: number, { components, gamma, seed }: FourierMap): Float64Array {
  const p = n === 0 ? 0 : Z.length / n;
  const phi = new Float64Array(n * components);
  if (n === 0) return phi;
  const directions = unitDirections(p, components / 2, seed);
  const spread = Math.sqrt(2 * gamma);
  const amplitude = Math.sqrt(2 / components);
  for (let d = 0; d < components / 2; d++) {
    const cosines = phi.subarray(2 * d * n, (2 * d + 1) * n);
    const sines = phi.subarray((2 * d + 1) * n, (2 * d + 2) * n);
    for (let j = 0; j < p; j++) {
      const w = spread * directions[d * p + j];
      for (let i = 0, from = j * n; i < n; i++) sines[i] += w * Z[from + i];
    }
    for (let i = 0; i < n; i++) {
      cosines[i] = amplitude * Math.cos(sines[i]);
      sines[i] = amplitude * Math.sin(sines[i]);
    }
  }
  return phi;
}

const made = new Map<string, Float64Array>();
const KEPT = 4;

/** `count` directions of p numbers for gamma ½; the last ones made are kept. */
function unitDirections(p: number, count: number, seed: string): Float64Array {
  const key = JSON.stringify([p, count, seed]);
  let directions = made.get(key);
  if (directions === undefined) {
    directions = drawDirections(p, count, SeededRandom.fromSeed(`${seed}/fourier`));
    made.set(key, directions);
    if (made.size > KEPT) made.delete(made.keys().next().value as string);
  }
  return directions;
}

function drawDirections(p: number, count: number, random: SeededRandom): Float64Array {
  const directions = new Float64Array(count * p);
  for (let d = 0; d < count; d++) {
    const own = directions.subarray(d * p, (d + 1) * p);
    for (let j = 0; j < p; j++) own[j] = random.normal();
    const first = d - (d % Math.max(1, p));
    // Twice, so that the right angles hold to rounding (Giraud et al. 2005).
    for (let pass = 0; pass < 2; pass++) for (let e = first; e < d; e++) removeDirection(own, directions.subarray(e * p, (e + 1) * p));
    const length = Math.sqrt(dot(own, own));
    for (let j = 0; j < p; j++) own[j] /= length;
  }
  for (let d = 0; d < count; d++) {
    let square = 0;
    for (let j = 0; j < p; j++) square += random.normal() ** 2;
    for (let j = d * p; j < (d + 1) * p; j++) directions[j] *= Math.sqrt(square);
  }
  return directions;
}

function removeDirection(own: Float64Array, unit: Float64Array): void {
  const along = dot(own, unit);
  for (let j = 0; j < own.length; j++) own[j] -= along * unit[j];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
