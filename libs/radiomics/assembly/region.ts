import { doubleAt, setDouble, setWord, wordAt } from './memory';

/** How many of n numbers equal the label. */
export function countLabel(labels: usize, n: i32, label: f64): i32 {
  let count = 0;
  for (let i = 0; i < n; i++) count += i32(doubleAt(labels, i) == label);
  return count;
}

/**
 * The voxels of one slice of a box that carry the label: their places in the box itself, in the box with a margin around it, and in the image it was cut from.
 *
 * @param labels the slice's labels, doubles, x fastest; it is the z-th of the box
 * @param imageX length of the image's rows; @param origin place in the image of the slice's first voxel
 */
export function packSlice(labels: usize, label: f64, nx: i32, ny: i32, margin: i32, z: i32, imageX: i32, origin: i32, inner: usize, places: usize, sources: usize): void {
  const paddedX = nx + 2 * margin;
  const paddedY = ny + 2 * margin;
  let v = 0;
  for (let y = 0, at = 0; y < ny; y++) {
    const padded = margin + paddedX * (y + margin + paddedY * (z + margin));
    const source = origin + imageX * y;
    for (let x = 0; x < nx; x++, at++) {
      if (doubleAt(labels, at) != label) continue;
      setWord(inner, v, at + nx * ny * z);
      setWord(places, v, padded + x);
      setWord(sources, v, source + x);
      v++;
    }
  }
}

/** values[v] = image[places[v]], doubles. */
export function gather(image: usize, places: usize, n: i32, values: usize): void {
  for (let v = 0; v < n; v++) setDouble(values, v, doubleAt(image, wordAt(places, v)));
}

/** The same of an image in single precision. */
export function gatherSingle(image: usize, places: usize, n: i32, values: usize): void {
  for (let v = 0; v < n; v++) setDouble(values, v, <f64>load<f32>(image + (<usize>wordAt(places, v) << 2)));
}

/** Least and largest of n values, at out; whether all are finite numbers. */
export function extremes(values: usize, n: i32, out: usize): bool {
  let least = Infinity;
  let largest = -Infinity;
  let difference: f64 = 0;
  for (let i = 0; i < n; i++) {
    const x = doubleAt(values, i);
    least = x < least ? x : least;
    largest = x > largest ? x : largest;
    // Stays 0 for finite numbers, and becomes NaN for all others.
    difference += x - x;
  }
  setDouble(out, 0, least);
  setDouble(out, 1, largest);
  return difference == 0;
}

/** max|x|; NaN when any value is not a number. */
export function largestMagnitude(values: usize, n: i32): f64 {
  let largest: f64 = 0;
  for (let i = 0; i < n; i++) {
    const magnitude = abs(doubleAt(values, i));
    if (magnitude != magnitude) return NaN;
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}
