import { doubleAt, setDouble, wordAt } from './memory';

// The engine's own functions: the last bit of an exponential decides the bin of a value that lies on its edge.
@external('env', 'log') declare function logarithmOf(x: f64): f64;
@external('env', 'exp') declare function exponentialOf(x: f64): f64;

/** (c x)², in place. */
export function square(values: usize, n: i32, c: f64): void {
  for (let i = 0; i < n; i++) {
    const x = c * doubleAt(values, i);
    setDouble(values, i, x * x);
  }
}

/** sign(x) √(c |x|), in place. */
export function squareRoot(values: usize, n: i32, c: f64): void {
  for (let i = 0; i < n; i++) {
    const x = doubleAt(values, i);
    setDouble(values, i, x > 0 ? sqrt(x * c) : x < 0 ? -sqrt(-x * c) : 0);
  }
}

/** sign(x) c log(|x| + 1), in place. */
export function logarithm(values: usize, n: i32, c: f64): void {
  for (let i = 0; i < n; i++) {
    const x = doubleAt(values, i);
    setDouble(values, i, (x > 0 ? logarithmOf(x + 1) : x < 0 ? -logarithmOf(-(x - 1)) : 0) * c);
  }
}

/** exp(c x), in place. */
export function exponential(values: usize, n: i32, c: f64): void {
  for (let i = 0; i < n; i++) setDouble(values, i, exponentialOf(c * doubleAt(values, i)));
}

/** Magnitude of central differences at some places of an image, border voxels repeated outside, rounded to single precision; h is half the inverse spacing. */
export function gradient(image: usize, nx: i32, ny: i32, nz: i32, sources: usize, n: i32, hx: f64, hy: f64, hz: f64, values: usize): void {
  const plane = nx * ny;
  for (let v = 0; v < n; v++) {
    const at = wordAt(sources, v);
    const row = at / nx;
    const x = at - row * nx;
    const z = row / ny;
    const y = row - z * ny;
    const gx = (doubleAt(image, at + i32(x < nx - 1)) - doubleAt(image, at - i32(x > 0))) * hx;
    const gy = (doubleAt(image, at + (y < ny - 1 ? nx : 0)) - doubleAt(image, at - (y > 0 ? nx : 0))) * hy;
    const gz = (doubleAt(image, at + (z < nz - 1 ? plane : 0)) - doubleAt(image, at - (z > 0 ? plane : 0))) * hz;
    setDouble(values, v, <f64><f32>sqrt(gx * gx + gy * gy + gz * gz));
  }
}
