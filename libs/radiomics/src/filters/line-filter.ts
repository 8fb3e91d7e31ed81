import type { BoundingBox, Triple } from '@consilium/imaging';
import type { RecursiveFilter } from './recursive-gaussian.js';

/** Lines filtered side by side: each line's recursion waits for itself, so that several at once fill the time. */
const LANES = 4;

/**
 * A recursive filter over many lines of an image: a causal and an anticausal pass, added, with the border values continued to infinity on both sides. The order of
 * operations is that of ITK's RecursiveSeparableImageFilter. Lines have at least 4 voxels.
 */
export class LineFilter {
  private readonly line: Float64Array;
  private readonly causal: Float64Array;
  private readonly anti: Float64Array;

  constructor(
    private readonly filter: RecursiveFilter,
    private readonly length: number,
  ) {
    this.line = new Float64Array(length * LANES);
    this.causal = new Float64Array(length * LANES);
    this.anti = new Float64Array(length * LANES);
  }

  /** Filters every line along an axis that begins in the box; `source` may be `target`. */
  run(source: ArrayLike<number>, target: Float32Array, { size, along, box }: { size: Triple; along: number; box: BoundingBox }): void {
    const strides = [1, size[0], size[0] * size[1]];
    const [first, second] = [0, 1, 2].filter((axis) => axis !== along) as [number, number];
    const starts = new Int32Array(LANES);
    let lanes = 0;
    for (let b = box.low[second]; b <= box.high[second]; b++) {
      for (let a = box.low[first]; a <= box.high[first]; a++) {
        starts[lanes++] = a * strides[first] + b * strides[second];
        if (lanes === LANES) {
          this.filterLanes(source, target, starts, strides[along]);
          lanes = 0;
        }
      }
    }
    // What is left over is filtered with its last line repeated.
    if (lanes > 0) this.filterLanes(source, target, starts.fill(starts[lanes - 1], lanes), strides[along]);
  }

   
  private filterLanes(source: ArrayLike<number>, target: Float32Array, starts: Int32Array, stride: number): void {
    const { line, causal, length } = this;
    const [s0, s1, s2, s3] = [starts[0], starts[1], starts[2], starts[3]];
    for (let i = 0, at = 0, shift = 0; i < length; i++, at += LANES, shift += stride) {
      line[at] = source[s0 + shift]!;
      line[at + 1] = source[s1 + shift]!;
      line[at + 2] = source[s2 + shift]!;
      line[at + 3] = source[s3 + shift]!;
    }
    this.causalStart();
    this.causalPass();
    const anti = this.anticausalPass();
    for (let i = 0, at = 0, shift = 0; i < length; i++, at += LANES, shift += stride) {
      target[s0 + shift] = causal[at] + anti[at];
      target[s1 + shift] = causal[at + 1] + anti[at + 1];
      target[s2 + shift] = causal[at + 2] + anti[at + 2];
      target[s3 + shift] = causal[at + 3] + anti[at + 3];
    }
  }

  private causalStart(): void {
    const { line, causal } = this;
    const { n, d, bn } = this.filter;
    const [n0, n1, n2, n3] = [n[0], n[1], n[2], n[3]];
    const [d1, d2, d3] = [d[0], d[1], d[2]];
    for (let lane = 0; lane < LANES; lane++) {
      const [x0, x1, x2, x3] = [line[lane], line[LANES + lane], line[2 * LANES + lane], line[3 * LANES + lane]];
      const c0 = x0 * n0 + x0 * n1 + x0 * n2 + x0 * n3 - (x0 * bn[0] + x0 * bn[1] + x0 * bn[2] + x0 * bn[3]);
      const c1 = x1 * n0 + x0 * n1 + x0 * n2 + x0 * n3 - (c0 * d1 + x0 * bn[1] + x0 * bn[2] + x0 * bn[3]);
      const c2 = x2 * n0 + x1 * n1 + x0 * n2 + x0 * n3 - (c1 * d1 + c0 * d2 + x0 * bn[2] + x0 * bn[3]);
      const c3 = x3 * n0 + x2 * n1 + x1 * n2 + x0 * n3 - (c2 * d1 + c1 * d2 + c0 * d3 + x0 * bn[3]);
      [causal[lane], causal[LANES + lane], causal[2 * LANES + lane], causal[3 * LANES + lane]] = [c0, c1, c2, c3];
    }
  }

  private causalPass(): void {
    const { line, causal, length } = this;
    const { n, d } = this.filter;
    const [n0, n1, n2, n3] = [n[0], n[1], n[2], n[3]];
    const [d1, d2, d3, d4] = [d[0], d[1], d[2], d[3]];
    for (let at = 4 * LANES; at < length * LANES; at++) {
      causal[at] =
        line[at] * n0 + line[at - LANES] * n1 + line[at - 2 * LANES] * n2 + line[at - 3 * LANES] * n3 -
        (causal[at - LANES] * d1 + causal[at - 2 * LANES] * d2 + causal[at - 3 * LANES] * d3 + causal[at - 4 * LANES] * d4);
    }
  }

  private anticausalPass(): Float64Array {
    const { line, length } = this;
    const { d, m, bm } = this.filter;
    const [d1, d2, d3, d4] = [d[0], d[1], d[2], d[3]];
    const [m1, m2, m3, m4] = [m[0], m[1], m[2], m[3]];
    const end = (length - 1) * LANES;
    const anti = this.anti;
    for (let lane = 0; lane < LANES; lane++) {
      const z = end + lane;
      const [x0, x1, x2] = [line[z], line[z - LANES], line[z - 2 * LANES]];
      const a0 = x0 * m1 + x0 * m2 + x0 * m3 + x0 * m4 - (x0 * bm[0] + x0 * bm[1] + x0 * bm[2] + x0 * bm[3]);
      const a1 = x0 * m1 + x0 * m2 + x0 * m3 + x0 * m4 - (a0 * d1 + x0 * bm[1] + x0 * bm[2] + x0 * bm[3]);
      const a2 = x1 * m1 + x0 * m2 + x0 * m3 + x0 * m4 - (a1 * d1 + a0 * d2 + x0 * bm[2] + x0 * bm[3]);
      const a3 = x2 * m1 + x1 * m2 + x0 * m3 + x0 * m4 - (a2 * d1 + a1 * d2 + a0 * d3 + x0 * bm[3]);
      [anti[z], anti[z - LANES], anti[z - 2 * LANES], anti[z - 3 * LANES]] = [a0, a1, a2, a3];
    }
    for (let at = end - 4 * LANES + LANES - 1; at >= 0; at--) {
      anti[at] =
        line[at + LANES] * m1 + line[at + 2 * LANES] * m2 + line[at + 3 * LANES] * m3 + line[at + 4 * LANES] * m4 -
        (anti[at + LANES] * d1 + anti[at + 2 * LANES] * d2 + anti[at + 3 * LANES] * d3 + anti[at + 4 * LANES] * d4);
    }
    return anti;
  }
}
