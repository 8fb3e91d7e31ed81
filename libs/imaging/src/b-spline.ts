import type { Triple, Volume } from './volume.js';

/**
 * Cubic B-spline interpolation with the coefficients, boundaries and order of operations of ITK 5 (BSplineDecompositionImageFilter and
 * BSplineInterpolateImageFunction), so that a value that lies on an integer is on the same side of it and truncates alike.
 * Reference: M. Unser, A. Aldroubi, M. Eden, "B-Spline Signal Processing: Part I and II", IEEE Trans. Signal Processing 41 (1993).
 */

const POLE = Math.sqrt(3) - 2;
/** Overall gain (1 - z)(1 - 1/z) = 6 of the cubic filter. */
const GAIN = (1 - POLE) * (1 - 1 / POLE);
/** ITK truncates the sum of the mirrored signal where its terms fall below 1e-10. */
const HORIZON = Math.ceil(Math.log(1e-10) / Math.log(Math.abs(POLE)));

/** Spline coefficients of the whole volume, as doubles: the recursive filter along x, then y, then z, mirrored at both ends. */
export function bSplineCoefficients({ data, size }: Pick<Volume, 'data' | 'size'>): Float64Array {
  const coefficients = Float64Array.from(data);
  const [nx, ny, nz] = size;
  const plane = nx * ny;
  const scratch = new Float64Array(Math.max(nx, ny, nz));
  if (nx > 1) for (let line = 0; line < ny * nz; line++) filterLine(coefficients, { start: line * nx, stride: 1, length: nx }, scratch);
  if (ny > 1) for (let z = 0; z < nz; z++) for (let x = 0; x < nx; x++) filterLine(coefficients, { start: z * plane + x, stride: nx, length: ny }, scratch);
  if (nz > 1) for (let line = 0; line < plane; line++) filterLine(coefficients, { start: line, stride: plane, length: nz }, scratch);
  return coefficients;
}

function filterLine(values: Float64Array, { start, stride, length }: { start: number; stride: number; length: number }, scratch: Float64Array): void {
  for (let n = 0, at = start; n < length; n++, at += stride) scratch[n] = values[at]! * GAIN;
  scratch[0] = firstCausal(scratch, length);
  for (let n = 1; n < length; n++) scratch[n] = scratch[n]! + POLE * scratch[n - 1]!;
  scratch[length - 1] = (POLE / (POLE * POLE - 1)) * (POLE * scratch[length - 2]! + scratch[length - 1]!);
  for (let n = length - 2; n >= 0; n--) scratch[n] = POLE * (scratch[n + 1]! - scratch[n]!);
  for (let n = 0, at = start; n < length; n++, at += stride) values[at] = scratch[n]!;
}

function firstCausal(line: Float64Array, length: number): number {
  let zn = POLE;
  if (HORIZON < length) {
    let sum = line[0]!;
    for (let n = 1; n < HORIZON; n++) {
      sum += zn * line[n]!;
      zn *= POLE;
    }
    return sum;
  }
  const inverse = 1 / POLE;
  let z2n = POLE ** (length - 1);
  let sum = line[0]! + z2n * line[length - 1]!;
  z2n *= z2n * inverse;
  for (let n = 1; n <= length - 2; n++) {
    sum += (zn + z2n) * line[n]!;
    zn *= POLE;
    z2n *= inverse;
  }
  return sum / (1 - zn * zn);
}

/** Reads a cubic spline at continuous indices. One instance for many reads: it keeps its 12 weights and offsets. */
export class BSplineReader {
  private readonly weights = new Float64Array(12);
  private readonly offsets = new Int32Array(12);
  private readonly strides: Triple;

  constructor(
    private readonly coefficients: Float64Array,
    private readonly size: Triple,
  ) {
    this.strides = [1, size[0], size[0] * size[1]];
  }

  /** The spline at a continuous index inside the volume. */
  at(x: number, y: number, z: number): number {
    this.prepare(0, x);
    this.prepare(1, y);
    this.prepare(2, z);
    const { weights, offsets, coefficients } = this;
    const [x0, x1, x2, x3] = [offsets[0]!, offsets[1]!, offsets[2]!, offsets[3]!];
    const [a0, a1, a2, a3] = [weights[0]!, weights[1]!, weights[2]!, weights[3]!];
    let sum = 0;
    for (let k = 8; k < 12; k++) {
      const wz = weights[k]!;
      for (let j = 4; j < 8; j++) {
        const wy = weights[j]!;
        const row = offsets[k]! + offsets[j]!;
        sum += a0 * wy * wz * coefficients[row + x0]!;
        sum += a1 * wy * wz * coefficients[row + x1]!;
        sum += a2 * wy * wz * coefficients[row + x2]!;
        sum += a3 * wy * wz * coefficients[row + x3]!;
      }
    }
    return sum;
  }

  /** Weights and mirrored offsets of one axis. The support is found in single precision, as ITK does. */
  private prepare(axis: 0 | 1 | 2, position: number): void {
    const { weights, offsets } = this;
    const first = Math.floor(Math.fround(position)) - 1;
    const length = this.size[axis];
    const stride = this.strides[axis];
    const base = axis * 4;
    for (let k = 0; k < 4; k++) {
      let index = first + k;
      if (length === 1) index = 0;
      else {
        if (index < 0) index = -index;
        if (index >= length - 1) index = length - 1 - (index - (length - 1));
        // Axes of two or three voxels are left again by the second reflection; ITK reads outside its memory there.
        if (index < 0) index = -index;
      }
      offsets[base + k] = index * stride;
    }
    const w = position - (first + 1);
    const w3 = (1 / 6) * w * w * w;
    const w0 = 1 / 6 + 0.5 * w * (w - 1) - w3;
    const w2 = w + w0 - 2 * w3;
    weights[base] = w0;
    weights[base + 1] = 1 - w0 - w2 - w3;
    weights[base + 2] = w2;
    weights[base + 3] = w3;
  }
}
