import { byteAt, doubleAt, setByte, setDouble, setWord, wordAt } from './memory';

/** Marks the region's voxels in bytes of the padded box. */
export function placeInside(places: usize, n: i32, inside: usize): void {
  for (let v = 0; v < n; v++) setByte(inside, wordAt(places, v), 1);
}

/**
 * For each of the 256 kinds of cube of eight voxels how many there are, and the sums of their places along x, y, z: 4 doubles a kind, 0 at first.
 * Bits of a kind, from the lowest: the corners (x, y, z) = in the order of `corners` (8 offsets).
 */
export function countCubes(inside: usize, nx: i32, ny: i32, nz: i32, corners: usize, counts: usize): void {
  const c0 = wordAt(corners, 0), c1 = wordAt(corners, 1), c2 = wordAt(corners, 2), c3 = wordAt(corners, 3);
  const c4 = wordAt(corners, 4), c5 = wordAt(corners, 5), c6 = wordAt(corners, 6), c7 = wordAt(corners, 7);
  for (let z = 0; z < nz - 1; z++) {
    for (let y = 0; y < ny - 1; y++) {
      const row = nx * (y + ny * z);
      for (let x = 0; x < nx - 1; x++) {
        const at = row + x;
        const cube = byteAt(inside, at + c0) | (byteAt(inside, at + c1) << 1) | (byteAt(inside, at + c2) << 2) | (byteAt(inside, at + c3) << 3)
          | (byteAt(inside, at + c4) << 4) | (byteAt(inside, at + c5) << 5) | (byteAt(inside, at + c6) << 6) | (byteAt(inside, at + c7) << 7);
        if (cube == 0 || cube == 255) continue;
        const into = counts + (<usize>cube << 5);
        setDouble(into, 0, doubleAt(into, 0) + 1);
        setDouble(into, 1, doubleAt(into, 1) + <f64>x);
        setDouble(into, 2, doubleAt(into, 2) + <f64>y);
        setDouble(into, 3, doubleAt(into, 3) + <f64>z);
      }
    }
  }
}

/** Means of the voxels' places along x, y, z, and Σ of their products about the means, xx xy xz yy yz zz, at out. */
export function placeMoments(places: usize, n: i32, nx: i32, ny: i32, out: usize): void {
  let mx: f64 = 0, my: f64 = 0, mz: f64 = 0;
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    const row = at / nx;
    mx += <f64>(at - row * nx);
    my += <f64>(row % ny);
    mz += <f64>(row / ny);
  }
  mx /= <f64>n;
  my /= <f64>n;
  mz /= <f64>n;
  let xx: f64 = 0, xy: f64 = 0, xz: f64 = 0, yy: f64 = 0, yz: f64 = 0, zz: f64 = 0;
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    const row = at / nx;
    const x = <f64>(at - row * nx) - mx, y = <f64>(row % ny) - my, z = <f64>(row / ny) - mz;
    xx += x * x;
    xy += x * y;
    xz += x * z;
    yy += y * y;
    yz += y * z;
    zz += z * z;
  }
  setDouble(out, 0, xx);
  setDouble(out, 1, xy);
  setDouble(out, 2, xz);
  setDouble(out, 3, yy);
  setDouble(out, 4, yz);
  setDouble(out, 5, zz);
}

/** Keeps the least and largest of a coordinate on a line: two words, of which the second is 0 while there is none. Coordinates are 1 or more. */
// @ts-ignore: decorator
@inline function extend(line: usize, value: i32): void {
  const least = wordAt(line, 0), largest = wordAt(line, 1);
  if (largest == 0 || value < least) setWord(line, 0, value);
  if (value > largest) setWord(line, 1, value);
}

/**
 * The surface's vertices lie half-way between a voxel of the region and each face neighbour outside it. Of those on one line only the first and last can be ends of a diameter.
 *
 * @param alongX first and last x on each line (y, z), alongZ first and last z on each line (x, y); in half voxels, 2 words a line, 0 at first
 */
export function surfaceLines(inside: usize, places: usize, n: i32, nx: i32, ny: i32, alongX: usize, alongZ: usize): void {
  const plane = nx * ny;
  for (let v = 0; v < n; v++) {
    const at = wordAt(places, v);
    const row = at / nx;
    const x = 2 * (at - row * nx), z = 2 * (row / ny), y = 2 * (row % ny);
    for (let face = 0; face < 6; face++) {
      const step = face < 2 ? 1 : face < 4 ? nx : plane;
      const side = 1 - 2 * (face & 1);
      if (byteAt(inside, at + side * step) != 0) continue;
      const vx = face < 2 ? x + side : x, vy = face == 2 || face == 3 ? y + side : y, vz = face > 3 ? z + side : z;
      extend(alongX + (<usize>(vy + 2 * ny * vz) << 3), vx);
      extend(alongZ + (<usize>(vx + 2 * nx * vy) << 3), vz);
    }
  }
}

/** Twice the signed area of the triangle of the last two points kept and another one. */
// @ts-ignore: decorator
@inline function turn(hull: usize, count: i32, a: i32, b: i32): i64 {
  const a0 = <i64>wordAt(hull, 2 * count - 4), b0 = <i64>wordAt(hull, 2 * count - 3), a1 = <i64>wordAt(hull, 2 * count - 2), b1 = <i64>wordAt(hull, 2 * count - 1);
  return (a1 - a0) * (<i64>b - b0) - (b1 - b0) * (<i64>a - a0);
}

/**
 * The corners of the convex hull of the points of one plane: per row the least and the largest coordinate, rows ascending.
 *
 * @param lines of the plane's rows, `pitch` words apart
 * @param hull pairs (coordinate along the rows' lines, row); returns how many
 */
function hullOf(lines: usize, rows: i32, pitch: i32, hull: usize): i32 {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const line = lines + (<usize>(row * pitch) << 2);
    if (wordAt(line, 1) == 0) continue;
    const least = wordAt(line, 0);
    while (count > 1 && turn(hull, count, least, row) >= 0) count--;
    setWord(hull, 2 * count, least);
    setWord(hull, 2 * count++ + 1, row);
  }
  const left = count;
  for (let row = 0; row < rows; row++) {
    const line = lines + (<usize>(row * pitch) << 2);
    if (wordAt(line, 1) == 0) continue;
    const largest = wordAt(line, 1);
    while (count > left + 1 && turn(hull, count, largest, row) <= 0) count--;
    setWord(hull, 2 * count, largest);
    setWord(hull, 2 * count++ + 1, row);
  }
  return count;
}

/**
 * The largest squared distance of two vertices in one plane, over all planes; lengths of half a voxel along the rows' lines and across the rows.
 *
 * @param planes how many, `planePitch` words apart
 * @param corners where the corners of all planes are kept as triples (along, row, plane), or 0; their number is written to `found`
 */
export function planeDiameter(lines: usize, planes: i32, planePitch: i32, rows: i32, rowPitch: i32, along: f64, across: f64, hull: usize, corners: usize, found: usize): f64 {
  let best: f64 = 0;
  let kept = 0;
  for (let plane = 0; plane < planes; plane++) {
    const count = hullOf(lines + (<usize>(plane * planePitch) << 2), rows, rowPitch, hull);
    for (let i = 0; i < count; i++) {
      const a = <f64>wordAt(hull, 2 * i), b = <f64>wordAt(hull, 2 * i + 1);
      for (let j = i + 1; j < count; j++) {
        const da = (<f64>wordAt(hull, 2 * j) - a) * along, db = (<f64>wordAt(hull, 2 * j + 1) - b) * across;
        best = max(best, da * da + db * db);
      }
    }
    if (corners != 0) {
      for (let i = 0; i < count; i++, kept++) {
        setWord(corners, 3 * kept, wordAt(hull, 2 * i));
        setWord(corners, 3 * kept + 1, wordAt(hull, 2 * i + 1));
        setWord(corners, 3 * kept + 2, plane);
      }
    }
  }
  if (corners != 0) setWord(found, 0, kept);
  return best;
}

// @ts-ignore: decorator
@inline function squaredDistance(points: usize, i: i32, j: i32): f64 {
  const dx = doubleAt(points, 4 * i) - doubleAt(points, 4 * j), dy = doubleAt(points, 4 * i + 1) - doubleAt(points, 4 * j + 1), dz = doubleAt(points, 4 * i + 2) - doubleAt(points, 4 * j + 2);
  return dx * dx + dy * dy + dz * dz;
}

/**
 * The largest squared distance of two points. Points whose distance from the middle, with the largest such distance, stays below the best found are not compared.
 *
 * @param points x, y, z and room for one more double each
 */
export function largestDistance(points: usize, n: i32): f64 {
  let cx: f64 = 0, cy: f64 = 0, cz: f64 = 0;
  for (let i = 0; i < n; i++) {
    cx += doubleAt(points, 4 * i);
    cy += doubleAt(points, 4 * i + 1);
    cz += doubleAt(points, 4 * i + 2);
  }
  cx /= <f64>n;
  cy /= <f64>n;
  cz /= <f64>n;
  let most: f64 = 0;
  let far = 0;
  for (let i = 0; i < n; i++) {
    const dx = doubleAt(points, 4 * i) - cx, dy = doubleAt(points, 4 * i + 1) - cy, dz = doubleAt(points, 4 * i + 2) - cz;
    const radius = sqrt(dx * dx + dy * dy + dz * dz);
    setDouble(points, 4 * i + 3, radius);
    if (radius > most) {
      most = radius;
      far = i;
    }
  }
  let best: f64 = 0;
  // A lower bound: from the outermost point to the one farthest from it, and on.
  for (let round = 0; round < 3; round++) {
    let next = far;
    for (let j = 0; j < n; j++) {
      const squared = squaredDistance(points, far, j);
      if (squared > best) {
        best = squared;
        next = j;
      }
    }
    far = next;
  }
  // A hair less, so that rounding of the radii loses no pair.
  const bound = sqrt(best) * (1 - 1e-12);
  for (let i = 0; i < n; i++) {
    const radius = doubleAt(points, 4 * i + 3);
    if (radius + most < bound) continue;
    for (let j = i + 1; j < n; j++) if (radius + doubleAt(points, 4 * j + 3) >= bound) best = max(best, squaredDistance(points, i, j));
  }
  return best;
}
