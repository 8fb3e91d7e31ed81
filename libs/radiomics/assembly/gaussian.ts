import { doubleAt } from './memory';

// Four lines are filtered side by side: each line's recursion waits for itself.

// @ts-ignore: decorator
@inline function coefficient(filter: usize, i: i32): v128 { return f64x2.splat(doubleAt(filter, i)); }

/** s0 x0 + s1 x1 + s2 x2 + s3 x3, from left to right. */
// @ts-ignore: decorator
@inline function four(a0: v128, x0: v128, a1: v128, x1: v128, a2: v128, x2: v128, a3: v128, x3: v128): v128 {
  return f64x2.add(f64x2.add(f64x2.add(f64x2.mul(x0, a0), f64x2.mul(x1, a1)), f64x2.mul(x2, a2)), f64x2.mul(x3, a3));
}

/** The first four of a pass, with the border value continued to infinity; then the rest. Reads `line` and writes `out`, both with steps of `step` bytes. */
function pass(line: usize, out: usize, length: i32, step: isize, numerator: usize, border: usize, denominator: usize, causal: bool): void {
  const n0 = coefficient(numerator, 0), n1 = coefficient(numerator, 1), n2 = coefficient(numerator, 2), n3 = coefficient(numerator, 3);
  const b0 = coefficient(border, 0), b1 = coefficient(border, 1), b2 = coefficient(border, 2), b3 = coefficient(border, 3);
  const d1 = coefficient(denominator, 0), d2 = coefficient(denominator, 1), d3 = coefficient(denominator, 2), d4 = coefficient(denominator, 3);
  const at = (line: usize, step: isize, i: isize): v128 => v128.load(<usize>(<isize>line + i * step));
  const x0 = at(line, step, 0), x1 = at(line, step, 1), x2 = at(line, step, 2), x3 = at(line, step, 3);
  // A causal pass weighs the voxel itself and those before it; the other one only those after it.
  const p1 = causal ? x1 : x0, p2 = causal ? x2 : x1, p3 = causal ? x3 : x2;
  let c0 = f64x2.sub(four(n0, x0, n1, x0, n2, x0, n3, x0), four(b0, x0, b1, x0, b2, x0, b3, x0));
  let c1 = f64x2.sub(four(n0, p1, n1, x0, n2, x0, n3, x0), four(d1, c0, b1, x0, b2, x0, b3, x0));
  let c2 = f64x2.sub(four(n0, p2, n1, p1, n2, x0, n3, x0), four(d1, c1, d2, c0, b2, x0, b3, x0));
  let c3 = f64x2.sub(four(n0, p3, n1, p2, n2, p1, n3, x0), four(d1, c2, d2, c1, d3, c0, b3, x0));
  v128.store(out, c0);
  v128.store(<usize>(<isize>out + step), c1);
  v128.store(<usize>(<isize>out + 2 * step), c2);
  v128.store(<usize>(<isize>out + 3 * step), c3);
  let y1 = causal ? x3 : x3, y2 = x2, y3 = x1, y4 = x0;
  let from = <isize>line + 4 * step;
  let to = <isize>out + 4 * step;
  for (let i = 4; i < length; i++) {
    const own = v128.load(<usize>from);
    const result = causal
      ? f64x2.sub(four(n0, own, n1, y1, n2, y2, n3, y3), four(d1, c3, d2, c2, d3, c1, d4, c0))
      : f64x2.sub(four(n0, y1, n1, y2, n2, y3, n3, y4), four(d1, c3, d2, c2, d3, c1, d4, c0));
    v128.store(<usize>to, result);
    c0 = c1;
    c1 = c2;
    c2 = c3;
    c3 = result;
    y4 = y3;
    y3 = y2;
    y2 = y1;
    y1 = own;
    from += step;
    to += step;
  }
}

/** @param filter n0-n3, d1-d4, m1-m4, and the border terms of both passes */
function filterPair(line: usize, causal: usize, anti: usize, length: i32, filter: usize): void {
  const end = <usize>(length - 1) << 5;
  pass(line, causal, length, 32, filter, filter + 96, filter + 32, true);
  pass(line + end, anti + end, length, -32, filter + 64, filter + 128, filter + 32, false);
}

// @ts-ignore: decorator
@inline function readSource(source: usize, i: usize, single: bool): f64 {
  return single ? <f64>load<f32>(source + (i << 2)) : load<f64>(source + (i << 3));
}

/**
 * A recursive filter along one axis of an image: a causal and an anticausal pass, added, stored in single precision from first to last along the axis.
 *
 * @param single whether the source is in single precision
 * @param lines how many lines side by side in steps of 1 (`stride` apart along the axis), `blocks` times; along x: stride 1, lines 1, one block a row
 * @param scratch room for 12 doubles an element of the line
 */
export function recursiveFilter(source: usize, single: bool, stride: i32, length: i32, blocks: i32, filter: usize, first: i32, last: i32, target: usize, scratch: usize): void {
  const width = last - first + 1;
  const bytes = <usize>length << 5;
  const line = scratch;
  const causal = scratch + bytes;
  const anti = causal + bytes;
  const total = blocks * stride;
  // Line l of block b begins at b · length · stride + l; four at a time, the last one repeated.
  for (let start = 0; start < total; start += 4) {
    const l0 = start, l1 = min(start + 1, total - 1), l2 = min(start + 2, total - 1), l3 = min(start + 3, total - 1);
    const s0 = (l0 / stride) * length * stride + l0 % stride, s1 = (l1 / stride) * length * stride + l1 % stride;
    const s2 = (l2 / stride) * length * stride + l2 % stride, s3 = (l3 / stride) * length * stride + l3 % stride;
    for (let i = 0, at = line, shift: usize = 0; i < length; i++, at += 32, shift += <usize>stride) {
      store<f64>(at, readSource(source, <usize>s0 + shift, single));
      store<f64>(at, readSource(source, <usize>s1 + shift, single), 8);
      store<f64>(at, readSource(source, <usize>s2 + shift, single), 16);
      store<f64>(at, readSource(source, <usize>s3 + shift, single), 24);
    }
    filterPair(line, causal, anti, length, filter);
    filterPair(line + 16, causal + 16, anti + 16, length, filter);
    const t0 = target + (<usize>((l0 / stride) * width * stride + l0 % stride) << 2), t1 = target + (<usize>((l1 / stride) * width * stride + l1 % stride) << 2);
    const t2 = target + (<usize>((l2 / stride) * width * stride + l2 % stride) << 2), t3 = target + (<usize>((l3 / stride) * width * stride + l3 % stride) << 2);
    for (let i = first, at = <usize>first << 5, shift: usize = 0; i <= last; i++, at += 32, shift += <usize>stride << 2) {
      store<f32>(t0 + shift, <f32>(load<f64>(causal + at) + load<f64>(anti + at)));
      store<f32>(t1 + shift, <f32>(load<f64>(causal + at, 8) + load<f64>(anti + at, 8)));
      store<f32>(t2 + shift, <f32>(load<f64>(causal + at, 16) + load<f64>(anti + at, 16)));
      store<f32>(t3 + shift, <f32>(load<f64>(causal + at, 24) + load<f64>(anti + at, 24)));
    }
  }
}

/** sum[i] += scale · values[i] in single precision, the product in double. */
export function addScaled(sum: usize, values: usize, n: i32, scale: f64): void {
  for (let i = 0; i < n; i++) {
    const at = <usize>i << 2;
    store<f32>(sum + at, <f32>(<f64>load<f32>(sum + at) + <f64>load<f32>(values + at) * scale));
  }
}
