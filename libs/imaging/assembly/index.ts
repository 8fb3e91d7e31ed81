/** Where working memory begins. */
export function heapBase(): usize { return __heap_base; }

// Cubic B-splines with the boundaries and the order of operations of ITK 5.

// @ts-ignore: decorator
@inline function doubleAt(base: usize, i: i32): f64 { return load<f64>(base + (<usize>i << 3)); }
// @ts-ignore: decorator
@inline function setDouble(base: usize, i: i32, value: f64): void { store<f64>(base + (<usize>i << 3), value); }
// @ts-ignore: decorator
@inline function wordAt(base: usize, i: i32): i32 { return load<i32>(base + (<usize>i << 2)); }

const POLE: f64 = -0.2679491924311228;
const GAIN: f64 = (1 - POLE) * (1 - 1 / POLE);
/** Where the terms of the sum of the mirrored signal fall below 1e-10. */
const HORIZON: i32 = 18;

/** First causal coefficient of one of four lines, scaled by the gain; lane l of element n at line[4 n + l]. `power` is the pole to the power length − 1. */
function firstCausal(line: usize, lane: i32, length: i32, power: f64): f64 {
  let zn: f64 = POLE;
  if (HORIZON < length) {
    let sum = doubleAt(line, lane);
    for (let n = 1; n < HORIZON; n++) {
      sum += zn * doubleAt(line, 4 * n + lane);
      zn *= POLE;
    }
    return sum;
  }
  const inverse: f64 = 1 / POLE;
  let z2n = power;
  let sum = doubleAt(line, lane) + z2n * doubleAt(line, 4 * (length - 1) + lane);
  z2n *= z2n * inverse;
  for (let n = 1; n <= length - 2; n++) {
    sum += (zn + z2n) * doubleAt(line, 4 * n + lane);
    zn *= POLE;
    z2n *= inverse;
  }
  return sum / (1 - zn * zn);
}

/** Four lines of scaled values, element by element, become coefficients. */
function filterLines(line: usize, length: i32, power: f64): void {
  for (let lane = 0; lane < 4; lane++) setDouble(line, lane, firstCausal(line, lane, length, power));
  const pole = f64x2.splat(POLE);
  const end = line + (<usize>(length - 1) << 5);
  let a = v128.load(line), b = v128.load(line, 16);
  for (let at = line + 32; at <= end; at += 32) {
    a = f64x2.add(v128.load(at), f64x2.mul(pole, a));
    b = f64x2.add(v128.load(at, 16), f64x2.mul(pole, b));
    v128.store(at, a);
    v128.store(at, b, 16);
  }
  const ratio = f64x2.splat(POLE / (POLE * POLE - 1));
  a = f64x2.mul(ratio, f64x2.add(f64x2.mul(pole, v128.load(end - 32)), a));
  b = f64x2.mul(ratio, f64x2.add(f64x2.mul(pole, v128.load(end - 32, 16)), b));
  v128.store(end, a);
  v128.store(end, b, 16);
  for (let at = end; at > line; ) {
    at -= 32;
    a = f64x2.mul(pole, f64x2.sub(a, v128.load(at)));
    b = f64x2.mul(pole, f64x2.sub(b, v128.load(at, 16)));
    v128.store(at, a);
    v128.store(at, b, 16);
  }
}

/**
 * Filters lines along one axis in place: those at a + stepA i + stepB j, i < countA, j < countB.
 *
 * @param power the pole to the power length − 1
 * @param scratch room for 4 doubles an element of a line
 */
export function splineLines(values: usize, begin: i32, stepA: i32, countA: i32, stepB: i32, countB: i32, stride: i32, length: i32, power: f64, scratch: usize): void {
  const total = countA * countB;
  const bytes = <usize>stride << 3;
  for (let start = 0; start < total; start += 4) {
    // The last line is repeated where four are not left; what it would be written twice is the same.
    const l1 = min(start + 1, total - 1), l2 = min(start + 2, total - 1), l3 = min(start + 3, total - 1);
    let p0 = values + (<usize>(begin + stepA * (start % countA) + stepB * (start / countA)) << 3), p1 = values + (<usize>(begin + stepA * (l1 % countA) + stepB * (l1 / countA)) << 3);
    let p2 = values + (<usize>(begin + stepA * (l2 % countA) + stepB * (l2 / countA)) << 3), p3 = values + (<usize>(begin + stepA * (l3 % countA) + stepB * (l3 / countA)) << 3);
    for (let i = 0, at = scratch, shift: usize = 0; i < length; i++, at += 32, shift += bytes) {
      store<f64>(at, load<f64>(p0 + shift) * GAIN);
      store<f64>(at, load<f64>(p1 + shift) * GAIN, 8);
      store<f64>(at, load<f64>(p2 + shift) * GAIN, 16);
      store<f64>(at, load<f64>(p3 + shift) * GAIN, 24);
    }
    filterLines(scratch, length, power);
    for (let i = 0, at = scratch, shift: usize = 0; i < length; i++, at += 32, shift += bytes) {
      store<f64>(p0 + shift, load<f64>(at));
      store<f64>(p1 + shift, load<f64>(at, 8));
      store<f64>(p2 + shift, load<f64>(at, 16));
      store<f64>(p3 + shift, load<f64>(at, 24));
    }
  }
}

/** Four weights (doubles) and four mirrored offsets (words, from `origin` on) of one axis at a continuous index. The support is found in single precision, as ITK does. */
function setTaps(position: f64, length: i32, origin: i32, stride: i32, weights: usize, offsets: usize): void {
  const first = <i32>floor(<f64><f32>position) - 1;
  for (let k = 0; k < 4; k++) {
    let index = first + k;
    if (length == 1) index = 0;
    else {
      if (index < 0) index = -index;
      if (index >= length - 1) index = length - 1 - (index - (length - 1));
      // Axes of two or three voxels are left again by the second reflection; ITK reads outside its memory there.
      if (index < 0) index = -index;
    }
    store<i32>(offsets + (<usize>k << 2), (index - origin) * stride);
  }
  const w = position - <f64>(first + 1);
  const w3: f64 = (1.0 / 6.0) * w * w * w;
  const w0: f64 = 1.0 / 6.0 + 0.5 * w * (w - 1) - w3;
  const w2 = w + w0 - 2 * w3;
  setDouble(weights, 0, w0);
  setDouble(weights, 1, 1 - w0 - w2 - w3);
  setDouble(weights, 2, w2);
  setDouble(weights, 3, w3);
}

/** The spline at one point; products and sums in ITK's order. */
function splineAt(coefficients: usize, xw: usize, xo: usize, yw: usize, yo: usize, zw: usize, zo: usize): f64 {
  const a0 = doubleAt(xw, 0), a1 = doubleAt(xw, 1), a2 = doubleAt(xw, 2), a3 = doubleAt(xw, 3);
  const x0 = wordAt(xo, 0), x1 = wordAt(xo, 1), x2 = wordAt(xo, 2), x3 = wordAt(xo, 3);
  let sum: f64 = 0;
  for (let k = 0; k < 4; k++) {
    const wz = doubleAt(zw, k);
    for (let j = 0; j < 4; j++) {
      const wy = doubleAt(yw, j);
      const row = wordAt(zo, k) + wordAt(yo, j);
      sum += a0 * wy * wz * doubleAt(coefficients, row + x0);
      sum += a1 * wy * wz * doubleAt(coefficients, row + x1);
      sum += a2 * wy * wz * doubleAt(coefficients, row + x2);
      sum += a3 * wy * wz * doubleAt(coefficients, row + x3);
    }
  }
  return sum;
}

// @ts-ignore: decorator
@inline function pairOf(at0: usize, at1: usize): v128 { return f64x2.replace_lane(v128.load64_splat(at0), 1, load<f64>(at1)); }

/** The same at two points of one row with the same taps across it. */
function splineAtTwo(coefficients: usize, xw: usize, xo: usize, yw: usize, yo: usize, zw: usize, zo: usize): v128 {
  const a0 = pairOf(xw, xw + 32), a1 = pairOf(xw + 8, xw + 40), a2 = pairOf(xw + 16, xw + 48), a3 = pairOf(xw + 24, xw + 56);
  const x0 = <usize>wordAt(xo, 0) << 3, x1 = <usize>wordAt(xo, 1) << 3, x2 = <usize>wordAt(xo, 2) << 3, x3 = <usize>wordAt(xo, 3) << 3;
  const y0 = <usize>wordAt(xo, 4) << 3, y1 = <usize>wordAt(xo, 5) << 3, y2 = <usize>wordAt(xo, 6) << 3, y3 = <usize>wordAt(xo, 7) << 3;
  let sum = f64x2.splat(0);
  for (let k = 0; k < 4; k++) {
    const wz = v128.load64_splat(zw + (<usize>k << 3));
    const plane = coefficients + (<usize>wordAt(zo, k) << 3);
    for (let j = 0; j < 4; j++) {
      const wy = v128.load64_splat(yw + (<usize>j << 3));
      const row = plane + (<usize>wordAt(yo, j) << 3);
      sum = f64x2.add(sum, f64x2.mul(f64x2.mul(f64x2.mul(a0, wy), wz), pairOf(row + x0, row + y0)));
      sum = f64x2.add(sum, f64x2.mul(f64x2.mul(f64x2.mul(a1, wy), wz), pairOf(row + x1, row + y1)));
      sum = f64x2.add(sum, f64x2.mul(f64x2.mul(f64x2.mul(a2, wy), wz), pairOf(row + x2, row + y2)));
      sum = f64x2.add(sum, f64x2.mul(f64x2.mul(f64x2.mul(a3, wy), wz), pairOf(row + x3, row + y3)));
    }
  }
  return sum;
}

// @ts-ignore: decorator
@inline function isInside(position: f64, length: i32): bool { return position >= -0.5 && position < <f64>(length - 1) + 0.5; }

/**
 * A spline along rows of a grid. Along a row the input index is interpolated between the row's ends, as ITK does; 0 outside the input's voxels.
 *
 * @param coefficients of all z, of the columns from x0 and lines from y0 on
 * @param ends of each row: the continuous input index (x, y, z) of its first point and of the one after its last, doubles
 * @param scratch room for 8 doubles and 4 words a point of a row, and 32 doubles
 * @param whole results are truncated towards zero and kept between low and high
 */
export function splineGrid(coefficients: usize, nx: i32, ny: i32, nz: i32, x0: i32, y0: i32, columns: i32, lines: i32, ends: usize, rows: i32, width: i32, whole: bool, low: f64, high: f64, target: usize, scratch: usize): void {
  const yw = scratch, yo = scratch + 32, zw = scratch + 64, zo = scratch + 96;
  const xw = scratch + 128, xo = xw + (<usize>(width + 1) << 5), known = xo + (<usize>(width + 1) << 4), positions = known + (<usize>(width + 1) << 3);
  for (let x = 0; x <= width; x++) setDouble(known, x, NaN);
  for (let row = 0; row < rows; row++) {
    const end = ends + <usize>row * 48;
    const sx = doubleAt(end, 0), sy = doubleAt(end, 1), sz = doubleAt(end, 2);
    const dx = doubleAt(end, 3) - sx, dy = doubleAt(end, 4) - sy, dz = doubleAt(end, 5) - sz;
    const into = target + (<usize>(row * width) << 3);
    let lastY: f64 = NaN, lastZ: f64 = NaN;
    // Whether the last point waits for the next one, to be read together.
    let waiting = -1;
    for (let x = 0; x < width; x++) {
      const alpha = <f64>x / <f64>width;
      const px = sx + alpha * dx, py = sy + alpha * dy, pz = sz + alpha * dz;
      if (!isInside(px, nx) || !isInside(py, ny) || !isInside(pz, nz)) {
        setDouble(into, x, 0);
        continue;
      }
      if (doubleAt(known, x) != px) {
        setDouble(known, x, px);
        setTaps(px, nx, x0, 1, xw + (<usize>x << 5), xo + (<usize>x << 4));
      }
      if (py != lastY || pz != lastZ) {
        if (waiting >= 0) setDouble(into, waiting, splineAt(coefficients, xw + (<usize>waiting << 5), xo + (<usize>waiting << 4), yw, yo, zw, zo));
        waiting = -1;
        if (py != lastY) setTaps(py, ny, y0, columns, yw, yo);
        if (pz != lastZ) setTaps(pz, nz, 0, columns * lines, zw, zo);
        lastY = py;
        lastZ = pz;
      }
      if (waiting == x - 1 && waiting >= 0) {
        v128.store(into + (<usize>waiting << 3), splineAtTwo(coefficients, xw + (<usize>waiting << 5), xo + (<usize>waiting << 4), yw, yo, zw, zo));
        waiting = -1;
      } else {
        if (waiting >= 0) setDouble(into, waiting, splineAt(coefficients, xw + (<usize>waiting << 5), xo + (<usize>waiting << 4), yw, yo, zw, zo));
        waiting = x;
      }
    }
    if (waiting >= 0) setDouble(into, waiting, splineAt(coefficients, xw + (<usize>waiting << 5), xo + (<usize>waiting << 4), yw, yo, zw, zo));
    if (whole) for (let x = 0; x < width; x++) setDouble(into, x, trunc(min(max(doubleAt(into, x), low), high)));
  }
}

/**
 * Continuous input indices of each row of a grid: of its first point and of the one after its last.
 *
 * @param frames doubles: index to millimetres of the grid (row-major 3 × 3) and its origin, origin of the input, millimetres to index of the input
 */
export function rowEnds(frames: usize, nx: i32, ny: i32, nz: i32, ends: usize): void {
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x <= nx; x += nx, ends += 24) {
        const px = pointOf(frames, 0, x, y, z), py = pointOf(frames, 1, x, y, z), pz = pointOf(frames, 2, x, y, z);
        for (let row = 0; row < 3; row++) setDouble(ends, row, doubleAt(frames, 15 + 3 * row) * px + doubleAt(frames, 16 + 3 * row) * py + doubleAt(frames, 17 + 3 * row) * pz);
      }
    }
  }
}

/** Millimetres of a point of the grid, less the origin of the input. */
function pointOf(frames: usize, row: i32, x: i32, y: i32, z: i32): f64 {
  return doubleAt(frames, 9 + row) + doubleAt(frames, 3 * row) * <f64>x + doubleAt(frames, 3 * row + 1) * <f64>y + doubleAt(frames, 3 * row + 2) * <f64>z - doubleAt(frames, 12 + row);
}

/** Copies rows of doubles. */
export function copyRows(source: usize, sourcePitch: i32, width: i32, rows: i32, target: usize): void {
  for (let row = 0; row < rows; row++) memory.copy(target + (<usize>(row * width) << 3), source + (<usize>(row * sourcePitch) << 3), <usize>width << 3);
}

/** The place in the input of the voxel nearest to each point of a grid, halves upwards; −1 outside. */
export function nearestPlaces(nx: i32, ny: i32, nz: i32, ends: usize, rows: i32, width: i32, places: usize): void {
  for (let row = 0; row < rows; row++) {
    const end = ends + <usize>row * 48;
    const sx = doubleAt(end, 0), sy = doubleAt(end, 1), sz = doubleAt(end, 2);
    const dx = doubleAt(end, 3) - sx, dy = doubleAt(end, 4) - sy, dz = doubleAt(end, 5) - sz;
    for (let x = 0; x < width; x++) {
      const alpha = <f64>x / <f64>width;
      const px = sx + alpha * dx, py = sy + alpha * dy, pz = sz + alpha * dz;
      const inside = isInside(px, nx) && isInside(py, ny) && isInside(pz, nz);
      const place = inside ? <i32>floor(px + 0.5) + nx * (<i32>floor(py + 0.5) + ny * <i32>floor(pz + 0.5)) : -1;
      store<i32>(places + (<usize>(row * width + x) << 2), place);
    }
  }
}
