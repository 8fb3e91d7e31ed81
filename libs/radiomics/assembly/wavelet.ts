import { doubleAt, setDouble, wordAt } from './memory';

/** Place of a line's element under periodic extension with the given period; the element after an odd line's last is its first. */
// @ts-ignore: decorator
@inline function wrapped(i: i32, length: i32, period: i32): i32 {
  let place = i % period;
  if (place < 0) place += period;
  return place == length ? 0 : place;
}

/** result[i] = Σ_j filter[j] · line j [i], in the order of the taps. `lines` holds where each tap's line begins. */
function weigh(lines: usize, filter: usize, taps: i32, result: usize, count: i32): void {
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) {
    const shift = <usize>i << 3;
    let f = f64x2.splat(load<f64>(filter));
    let from = <usize>load<u32>(lines) + shift;
    let low = f64x2.mul(f, v128.load(from));
    let high = f64x2.mul(f, v128.load(from, 16));
    for (let j = 1; j < taps; j++) {
      f = f64x2.splat(doubleAt(filter, j));
      from = <usize>load<u32>(lines + (<usize>j << 2)) + shift;
      low = f64x2.add(low, f64x2.mul(f, v128.load(from)));
      high = f64x2.add(high, f64x2.mul(f, v128.load(from, 16)));
    }
    v128.store(result + shift, low);
    v128.store(result + shift, high, 16);
  }
  for (let i = whole; i < count; i++) {
    const shift = <usize>i << 3;
    let sum = load<f64>(filter) * load<f64>(<usize>load<u32>(lines) + shift);
    for (let j = 1; j < taps; j++) sum += doubleAt(filter, j) * load<f64>(<usize>load<u32>(lines + (<usize>j << 2)) + shift);
    store<f64>(result + shift, sum);
  }
}

/**
 * Periodic convolution along x, out[o] = Σ_j filter[j] · in[(o + taps/2 − j) mod period], for o from first to last; rows of `count` lines one after another.
 *
 * @param scratch room for taps pointers and for one row and the taps of doubles
 */
export function convolveRows(source: usize, length: i32, period: i32, rows: i32, filter: usize, taps: i32, first: i32, last: i32, target: usize, scratch: usize): void {
  const width = last - first + 1;
  const lines = scratch;
  const extended = scratch + ((<usize>taps << 2) + 15 & ~15);
  const begin = first + taps / 2 - taps + 1;
  const inside = begin >= 0 && begin + width + taps - 1 <= length;
  for (let row = 0; row < rows; row++) {
    const from = source + (<usize>(row * length) << 3);
    let base = extended;
    if (inside) base = from + (<usize>begin << 3);
    else for (let i = 0; i < width + taps - 1; i++) setDouble(extended, i, doubleAt(from, wrapped(begin + i, length, period)));
    for (let j = 0; j < taps; j++) store<u32>(lines + (<usize>j << 2), <u32>(base + (<usize>(taps - 1 - j) << 3)));
    weigh(lines, filter, taps, target + (<usize>(row * width) << 3), width);
  }
}

/** The same along an axis whose neighbours are `stride` apart; `blocks` stacks of `length` such rows one after another. */
export function convolveStacks(source: usize, stride: i32, length: i32, period: i32, blocks: i32, filter: usize, taps: i32, first: i32, last: i32, target: usize, scratch: usize): void {
  const width = last - first + 1;
  for (let block = 0; block < blocks; block++) {
    const from = source + (<usize>(block * length * stride) << 3);
    for (let o = 0; o < width; o++) {
      for (let j = 0; j < taps; j++) store<u32>(scratch + (<usize>j << 2), <u32>(from + (<usize>(wrapped(first + o + taps / 2 - j, length, period) * stride) << 3)));
      weigh(scratch, filter, taps, target + (<usize>((block * width + o) * stride) << 3), stride);
    }
  }
}

/**
 * The same at wanted places only, for the last axis of an image that is cut to a window along all others: places of the window, ascending, with `width` of them along the axis from `first` on. Values come in the
 * order of the places.
 *
 * @param scratch room for a pointer a tap, and for a word a tap and place along the axis
 */
export function convolveAt(source: usize, stride: i32, length: i32, period: i32, width: i32, filter: usize, taps: i32, first: i32, places: usize, n: i32, values: usize, scratch: usize): void {
  const shifts = scratch + (<usize>taps << 2);
  for (let o = 0; o < width; o++) {
    for (let j = 0; j < taps; j++) store<i32>(shifts + (<usize>(o * taps + j) << 2), wrapped(first + o + taps / 2 - j, length, period) * stride);
  }
  for (let v = 0; v < n; ) {
    const place = wordAt(places, v);
    const across = place % stride, block = place / (stride * width);
    const shift = shifts + (<usize>(place / stride % width * taps) << 2);
    // Neighbours across the axis are read together.
    const most = min(n - v, stride - across);
    let run = 1;
    while (run < most && wordAt(places, v + run) == place + run) run++;
    const from = source + (<usize>(block * length * stride + across) << 3);
    for (let j = 0; j < taps; j++) store<u32>(scratch + (<usize>j << 2), <u32>(from + (<usize>wordAt(shift, j) << 3)));
    weigh(scratch, filter, taps, values + (<usize>v << 3), run);
    v += run;
  }
}
