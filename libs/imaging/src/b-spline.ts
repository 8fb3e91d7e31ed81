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

/** Indices along each axis, both inside, between which coefficients are needed. */
export interface CoefficientWindow {
  readonly low: Triple;
  readonly high: Triple;
}

/**
 * Spline coefficients, as doubles: the recursive filter along x, then y, then z, mirrored at both ends. Every line is filtered in its whole length, but of later axes only the
 * lines that pass through the window, so that coefficients inside it are those of the whole volume to the last bit; outside they are unfinished.
 */
export function bSplineCoefficients({ data, size }: Pick<Volume, 'data' | 'size'>, window?: CoefficientWindow): Float64Array {
  const coefficients = Float64Array.from(data);
  const { low, high } = window ?? { low: [0, 0, 0], high: [size[0] - 1, size[1] - 1, size[2] - 1] };
  const strides: Triple = [1, size[0], size[0] * size[1]];
  for (let axis = 0; axis < 3; axis++) {
    if (size[axis] === 1) continue;
    const lines = new SplineLines(coefficients, strides[axis], size[axis]);
    const [a, b] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
    const range = (other: number) => (other < axis ? [low[other], high[other]] : [0, size[other] - 1]) as readonly [number, number];
    const [[aLow, aHigh], [bLow, bHigh]] = [range(a), range(b)];
    for (let j = bLow; j <= bHigh; j++) for (let i = aLow; i <= aHigh; i++) lines.add(i * strides[a] + j * strides[b]);
    lines.finish();
  }
  return coefficients;
}

const LANES = 4;

/** Filters lines of one axis four at a time: each recursion waits for itself. */
class SplineLines {
  private readonly starts = new Int32Array(LANES);
  private readonly scratch: Float64Array;
  private readonly single: Float64Array;
  private count = 0;

  constructor(
    private readonly values: Float64Array,
    private readonly stride: number,
    private readonly length: number,
  ) {
    this.scratch = new Float64Array(length * LANES);
    this.single = new Float64Array(length);
  }

  add(start: number): void {
    this.starts[this.count++] = start;
    if (this.count === LANES) this.filter(LANES);
  }

  finish(): void {
    if (this.count > 0) this.filter(this.count);
  }

  private filter(lanes: number): void {
    const { values, starts, scratch, single, stride, length } = this;
    this.count = 0;
    for (let lane = 0; lane < lanes; lane++) for (let n = 0, at = starts[lane]; n < length; n++, at += stride) scratch[n * LANES + lane] = values[at] * GAIN;
    for (let lane = 0; lane < lanes; lane++) {
      for (let n = 0; n < Math.min(length, HORIZON); n++) single[n] = scratch[n * LANES + lane]!;
      scratch[lane] = firstCausal(single, length);
    }
    for (let at = LANES; at < length * LANES; at++) scratch[at] = scratch[at] + POLE * scratch[at - LANES];
    const end = (length - 1) * LANES;
    for (let at = end; at < end + LANES; at++) scratch[at] = (POLE / (POLE * POLE - 1)) * (POLE * scratch[at - LANES] + scratch[at]);
    for (let at = end - 1; at >= 0; at--) scratch[at] = POLE * (scratch[at + LANES] - scratch[at]);
    for (let lane = 0; lane < lanes; lane++) for (let n = 0, at = starts[lane]; n < length; n++, at += stride) values[at] = scratch[n * LANES + lane]!;
  }
}

function firstCausal(line: Float64Array, length: number): number {
  let zn = POLE;
  if (HORIZON < length) {
    let sum = line[0];
    for (let n = 1; n < HORIZON; n++) {
      sum += zn * line[n];
      zn *= POLE;
    }
    return sum;
  }
  const inverse = 1 / POLE;
  let z2n = POLE ** (length - 1);
  let sum = line[0] + z2n * line[length - 1];
  z2n *= z2n * inverse;
  for (let n = 1; n <= length - 2; n++) {
    sum += (zn + z2n) * line[n];
    zn *= POLE;
    z2n *= inverse;
  }
  return sum / (1 - zn * zn);
}

/** Weights and mirrored offsets of one axis at a row of continuous indices. */
class AxisTaps {
  readonly weights: Float64Array;
  readonly offsets: Int32Array;
  private readonly positions: Float64Array;

  constructor(
    count: number,
    private readonly length: number,
    private readonly stride: number,
  ) {
    this.weights = new Float64Array(4 * count);
    this.offsets = new Int32Array(4 * count);
    this.positions = new Float64Array(count).fill(NaN);
  }

  /** Rows of a grid repeat their positions: what is known is kept. The support is found in single precision, as ITK does. */
  set(slot: number, position: number): void {
    if (this.positions[slot] === position) return;
    this.positions[slot] = position;
    const { weights, offsets, length, stride } = this;
    const first = Math.floor(Math.fround(position)) - 1;
    const base = 4 * slot;
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

/** Reads a cubic spline along rows of continuous indices. One instance for many rows: it keeps weights and offsets. */
export class BSplineReader {
  private readonly x: AxisTaps;
  private readonly y: AxisTaps;
  private readonly z: AxisTaps;

  /** @param longest most points a row has */
  constructor(
    private readonly coefficients: Float64Array,
    size: Triple,
    longest: number,
  ) {
    this.x = new AxisTaps(longest, size[0], 1);
    this.y = new AxisTaps(1, size[1], size[0]);
    this.z = new AxisTaps(1, size[2], size[0] * size[1]);
  }

  /** The spline at the index (x, y, z) inside the volume; `slot` is the point's place in its row. Products and sums run in ITK's order. */
   
  at(slot: number, x: number, y: number, z: number): number {
    const { coefficients } = this;
    this.x.set(slot, x);
    this.y.set(0, y);
    this.z.set(0, z);
    const [xw, xo] = [this.x.weights, this.x.offsets];
    const [yw, yo, zw, zo] = [this.y.weights, this.y.offsets, this.z.weights, this.z.offsets];
    const base = 4 * slot;
    const a0 = xw[base], a1 = xw[base + 1], a2 = xw[base + 2], a3 = xw[base + 3];
    const x0 = xo[base], x1 = xo[base + 1], x2 = xo[base + 2], x3 = xo[base + 3];
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      const wz = zw[k];
      for (let j = 0; j < 4; j++) {
        const wy = yw[j];
        const row = zo[k] + yo[j];
        sum += a0 * wy * wz * coefficients[row + x0];
        sum += a1 * wy * wz * coefficients[row + x1];
        sum += a2 * wy * wz * coefficients[row + x2];
        sum += a3 * wy * wz * coefficients[row + x3];
      }
    }
    return sum;
  }
}
