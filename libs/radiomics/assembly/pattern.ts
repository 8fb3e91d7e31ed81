import { doubleAt, setDouble, setWord, wordAt } from './memory';

// Local binary patterns in three dimensions. The order of every sum over the sphere's points is part of the definition; two voxels of a row are done at a time.

/** A spline's four weights at one distance along one axis, and the voxels whose sample lies inside the image. */
// @ts-ignore: decorator
@unmanaged class Taps {
  w0: f64;
  w1: f64;
  w2: f64;
  w3: f64;
  /** First tap relative to the voxel. */
  shift: i32;
  first: i32;
  last: i32;
  length: i32;
}

/** An index reflected at both ends of an axis. */
function mirrored(index: i32, length: i32): i32 {
  const period = max(1, 2 * (length - 1));
  let folded = index % period;
  if (folded < 0) folded += period;
  return folded < length ? folded : period - folded;
}

/** target[i] = w0 a[i] + w1 b[i] + w2 c[i] + w3 d[i], from left to right. */
function weighFour(a: usize, b: usize, c: usize, d: usize, taps: Taps, target: usize, count: i32): void {
  const w0 = f64x2.splat(taps.w0), w1 = f64x2.splat(taps.w1), w2 = f64x2.splat(taps.w2), w3 = f64x2.splat(taps.w3);
  const end = <usize>(count & ~1) << 3;
  for (let at: usize = 0; at < end; at += 16) {
    const ab = f64x2.add(f64x2.mul(w0, v128.load(a + at)), f64x2.mul(w1, v128.load(b + at)));
    v128.store(target + at, f64x2.add(f64x2.add(ab, f64x2.mul(w2, v128.load(c + at))), f64x2.mul(w3, v128.load(d + at))));
  }
  if (count & 1) store<f64>(target + end, taps.w0 * load<f64>(a + end) + taps.w1 * load<f64>(b + end) + taps.w2 * load<f64>(c + end) + taps.w3 * load<f64>(d + end));
}

/** One plane of coefficients, rows yLow to yHigh, at a distance along x, for x from x0 to x0 + width − 1. */
export function splineRows(plane: usize, nx: i32, yLow: i32, yHigh: i32, taps: Taps, x0: i32, width: i32, target: usize): void {
  // Voxels all of whose taps lie inside the row.
  const low = min(max(x0, -taps.shift), x0 + width);
  const high = max(low, min(x0 + width, nx - 3 - taps.shift));
  for (let y = yLow; y <= yHigh; y++) {
    const row = plane + (<usize>(y * nx) << 3);
    const into = target + (<usize>((y - yLow) * width) << 3);
    for (let x = x0; x < x0 + width; x++) {
      if (x == low) x = high;
      if (x == x0 + width) break;
      const at = x + taps.shift;
      setDouble(into, x - x0, taps.w0 * doubleAt(row, mirrored(at, nx)) + taps.w1 * doubleAt(row, mirrored(at + 1, nx)) + taps.w2 * doubleAt(row, mirrored(at + 2, nx)) + taps.w3 * doubleAt(row, mirrored(at + 3, nx)));
    }
    const from = row + (<usize>(low + taps.shift) << 3);
    weighFour(from, from + 8, from + 16, from + 24, taps, into + (<usize>(low - x0) << 3), high - low);
  }
}

/** Those rows at a distance along y, for y from y0 to y1. */
export function splineColumns(rows: usize, yLow: i32, taps: Taps, y0: i32, y1: i32, width: i32, target: usize): void {
  for (let y = y0; y <= y1; y++) {
    const at = y + taps.shift;
    const row = (k: i32, rows: usize, yLow: i32, width: i32, at: i32, length: i32): usize => rows + (<usize>((mirrored(at + k, length) - yLow) * width) << 3);
    weighFour(
      row(0, rows, yLow, width, at, taps.length), row(1, rows, yLow, width, at, taps.length), row(2, rows, yLow, width, at, taps.length), row(3, rows, yLow, width, at, taps.length),
      taps, target + (<usize>((y - y0) * width) << 3), width,
    );
  }
}

/** A point of the sphere: its taps along the three axes, and the four planes of its pair of distances along x and y. */
// @ts-ignore: decorator
@unmanaged class Point {
  x: usize;
  y: usize;
  z: usize;
  plane0: usize;
  plane1: usize;
  plane2: usize;
  plane3: usize;
  unused: i32;
}

/** The samples of every point along one row, point after point with `pitch` doubles each; 0 where a point lies outside the image. */
function sampleRow(points: usize, count: i32, y: i32, z: i32, x0: i32, width: i32, shift: usize, into: usize, pitch: i32): void {
  for (let k = 0; k < count; k++) {
    const point = changetype<Point>(points + (<usize>k << 5));
    const tx = changetype<Taps>(point.x), ty = changetype<Taps>(point.y), tz = changetype<Taps>(point.z);
    const row = into + (<usize>(k * pitch) << 3);
    if (z < tz.first || z > tz.last || y < ty.first || y > ty.last) {
      memory.fill(row, 0, <usize>width << 3);
      continue;
    }
    weighFour(point.plane0 + shift, point.plane1 + shift, point.plane2 + shift, point.plane3 + shift, tz, row, width);
    for (let x = x0; x < min(tx.first, x0 + width); x++) setDouble(row, x - x0, 0);
    for (let x = max(tx.last + 1, x0); x < x0 + width; x++) setDouble(row, x - x0, 0);
  }
}

/** Half away from zero. */
// @ts-ignore: decorator
@inline function rounded(x: v128): v128 {
  const half = f64x2.splat(0.5);
  return v128.bitselect(f64x2.floor(f64x2.add(x, half)), f64x2.ceil(f64x2.sub(x, half)), f64x2.gt(x, f64x2.splat(0)));
}

/** What the harmonics of a level are: values of order after order at every point, real and imaginary parts. */
// @ts-ignore: decorator
@unmanaged class Level {
  re: usize;
  im: usize;
  orders: i32;
  /** 0: by how many points count; 1: mirrored, its norm is real; 2: any. */
  kind: i32;
  /** Norm by count, count + 1 doubles. */
  byCount: usize;
  /** Results: a double a voxel of the row (kinds 0 and 1), or real and imaginary part one after the other. */
  row: usize;
  rowImaginary: usize;
  /** Results of the region. */
  out: usize;
  outImaginary: usize;
}

/** Level 1 where the imaginary parts of orders −1 and 1 cancel exactly. */
function mirroredNorm(masks: usize, n: i32, re: usize, im: usize): v128 {
  let c0 = f64x2.splat(0), cRe = f64x2.splat(0), cIm = f64x2.splat(0);
  const re0 = re + (<usize>n << 3), re1 = re + (<usize>n << 4), im1 = im + (<usize>n << 4);
  for (let v = 0; v < n; v++) {
    const mask = v128.load(masks + (<usize>v << 4));
    const at = <usize>v << 3;
    c0 = f64x2.add(c0, v128.and(mask, v128.load64_splat(re0 + at)));
    cRe = f64x2.add(cRe, v128.and(mask, v128.load64_splat(re1 + at)));
    cIm = f64x2.add(cIm, v128.and(mask, v128.load64_splat(im1 + at)));
  }
  let sum = f64x2.splat(0);
  for (let v = 0; v < n; v++) {
    const at = <usize>v << 3;
    const outer = f64x2.sub(f64x2.mul(cRe, v128.load64_splat(re1 + at)), f64x2.mul(cIm, v128.load64_splat(im1 + at)));
    const f = f64x2.add(f64x2.add(outer, f64x2.mul(c0, v128.load64_splat(re0 + at))), outer);
    sum = f64x2.add(sum, f64x2.mul(f, f));
  }
  return f64x2.sqrt(sum);
}

/** Σ over the points of (Σ_m c_m Y_m)², c_m the sum of Y_m over the points that count; real and imaginary part. */
function squaredSum(masks: usize, n: i32, level: Level, coefficients: usize, re: usize, im: usize): void {
  for (let m = 0; m < level.orders; m++) {
    let cRe = f64x2.splat(0), cIm = f64x2.splat(0);
    for (let v = 0; v < n; v++) {
      const mask = v128.load(masks + (<usize>v << 4));
      const at = <usize>(m * n + v) << 3;
      cRe = f64x2.add(cRe, v128.and(mask, v128.load64_splat(level.re + at)));
      cIm = f64x2.add(cIm, v128.and(mask, v128.load64_splat(level.im + at)));
    }
    v128.store(coefficients + (<usize>m << 5), cRe);
    v128.store(coefficients + (<usize>m << 5), cIm, 16);
  }
  let sRe = f64x2.splat(0), sIm = f64x2.splat(0);
  for (let v = 0; v < n; v++) {
    let fRe = f64x2.splat(0), fIm = f64x2.splat(0);
    for (let m = 0; m < level.orders; m++) {
      const at = <usize>(m * n + v) << 3;
      const a = v128.load(coefficients + (<usize>m << 5)), b = v128.load(coefficients + (<usize>m << 5), 16);
      const c = v128.load64_splat(level.re + at), d = v128.load64_splat(level.im + at);
      fRe = f64x2.add(fRe, f64x2.sub(f64x2.mul(a, c), f64x2.mul(b, d)));
      fIm = f64x2.add(fIm, f64x2.add(f64x2.mul(a, d), f64x2.mul(b, c)));
    }
    sRe = f64x2.add(sRe, f64x2.sub(f64x2.mul(fRe, fRe), f64x2.mul(fIm, fIm)));
    sIm = f64x2.add(sIm, f64x2.add(f64x2.mul(fRe, fIm), f64x2.mul(fIm, fRe)));
  }
  v128.store(re, sRe);
  v128.store(im, sIm);
}

/** Excess kurtosis of the samples of two voxels, −3 where they are all equal. */
function kurtosisOf(samples: usize, n: i32, pitch: usize): v128 {
  let mean = f64x2.splat(0);
  for (let k = 0, at = samples; k < n; k++, at += pitch) mean = f64x2.add(mean, v128.load(at));
  mean = f64x2.div(mean, f64x2.splat(<f64>n));
  let m2 = f64x2.splat(0), m4 = f64x2.splat(0);
  for (let k = 0, at = samples; k < n; k++, at += pitch) {
    const d = f64x2.sub(v128.load(at), mean);
    const d2 = f64x2.mul(d, d);
    m2 = f64x2.add(m2, d2);
    m4 = f64x2.add(m4, f64x2.mul(d2, d2));
  }
  const count = f64x2.splat(<f64>n), three = f64x2.splat(3);
  const share = f64x2.div(m2, count);
  const found = f64x2.sub(f64x2.div(f64x2.div(m4, count), f64x2.mul(share, share)), three);
  return v128.bitselect(f64x2.splat(-3), found, f64x2.eq(m2, f64x2.splat(0)));
}

/**
 * The patterns of the region's voxels in one plane of the image.
 *
 * @param image voxels; @param imageX, imageY its size
 * @param x0, y0, width, height the region's box
 * @param inner places of the region's voxels in that box; those from v on lie in this plane, which begins at `begin`
 * @param scratch room for count · (width + 1) doubles, 2 · count doubles of masks, and 8 doubles an order
 * @returns the first voxel of the next plane
 */
export function patternsOfPlane(
  image: usize, imageX: i32, imageY: i32, z: i32, x0: i32, y0: i32, width: i32, height: i32, points: usize, count: i32, whole: bool, levels: usize, levelCount: i32,
  inner: usize, n: i32, v: i32, begin: i32, kurtosisRow: usize, kurtosis: usize, scratch: usize,
): i32 {
  const pitch = width + (width & 1);
  const samples = scratch;
  const masks = scratch + (<usize>(count * pitch) << 3);
  const coefficients = masks + (<usize>count << 4);
  for (let y = 0; y < height; y++) {
    const rowBegin = begin + y * width;
    let next = v;
    while (next < n && wordAt(inner, next) < rowBegin + width) next++;
    if (next == v) continue;
    // An even first voxel keeps pairs together.
    const first = (wordAt(inner, v) - rowBegin) & ~1;
    const last = wordAt(inner, next - 1) - rowBegin;
    const centre = image + (<usize>(x0 + imageX * (y0 + y + imageY * z)) << 3);
    sampleRow(points, count, y0 + y, z, x0 + first, last - first + 1, <usize>(y * width + first) << 3, samples + (<usize>first << 3), pitch);
    for (let x = first; x <= last; x += 2) {
      const at = samples + (<usize>x << 3);
      const own = x == last ? v128.load64_splat(centre + (<usize>x << 3)) : v128.load(centre + (<usize>x << 3));
      let counted = i64x2.splat(0);
      for (let k = 0; k < count; k++) {
        const place = at + (<usize>(k * pitch) << 3);
        let sample = v128.load(place);
        if (whole) {
          sample = rounded(sample);
          v128.store(place, sample);
        }
        const mask = f64x2.ge(sample, own);
        counted = i64x2.sub(counted, mask);
        v128.store(masks + (<usize>k << 4), mask);
      }
      v128.store(kurtosisRow + (<usize>x << 3), kurtosisOf(at, count, <usize>pitch << 3));
      for (let l = 0; l < levelCount; l++) {
        const level = changetype<Level>(levels + <usize>l * offsetof<Level>());
        if (level.kind == 0) {
          setDouble(level.row, x, doubleAt(level.byCount, <i32>i64x2.extract_lane(counted, 0)));
          setDouble(level.row, x + 1, doubleAt(level.byCount, <i32>i64x2.extract_lane(counted, 1)));
        } else if (level.kind == 1) v128.store(level.row + (<usize>x << 3), mirroredNorm(masks, count, level.re, level.im));
        else squaredSum(masks, count, level, coefficients, level.row + (<usize>x << 3), level.rowImaginary + (<usize>x << 3));
      }
    }
    for (let at = v; at < next; at++) setDouble(kurtosis, at, doubleAt(kurtosisRow, wordAt(inner, at) - rowBegin));
    for (let l = 0; l < levelCount; l++) {
      const level = changetype<Level>(levels + <usize>l * offsetof<Level>());
      for (let at = v; at < next; at++) setDouble(level.out, at, doubleAt(level.row, wordAt(inner, at) - rowBegin));
      if (level.kind == 2) for (let at = v; at < next; at++) setDouble(level.outImaginary, at, doubleAt(level.rowImaginary, wordAt(inner, at) - rowBegin));
    }
    v = next;
  }
  return v;
}
