import { bSplineCoefficients, type Triple } from '@consilium/imaging';

/**
 * Reads an image at a fixed set of offsets around every voxel, by cubic B-splines mirrored at the borders, 0 where the point lies outside the image
 * (scipy's map_coordinates, order 3, mode constant). Offsets repeat in few distinct coordinates, so the spline is evaluated axis by axis: rows for the distinct dx, planes
 * for the distinct (dx, dy), then one sum of four along z per offset. Six planes are held at a time.
 */
export class SphereSampler {
  private readonly coefficients: Float64Array;
  private readonly alongX: readonly AxisTaps[];
  private readonly pairs: readonly { readonly x: number; readonly taps: AxisTaps }[];
  private readonly samples: readonly { readonly pair: number; readonly taps: AxisTaps; readonly x: AxisTaps; readonly y: AxisTaps }[];
  private readonly planes = new Map<number, readonly Float64Array[]>();
  private readonly free: (readonly Float64Array[])[] = [];
  private readonly rows: Float64Array;

  constructor(
    image: { readonly data: ArrayLike<number>; readonly size: Triple },
    offsets: readonly Triple[],
  ) {
    const { size } = image;
    this.size = size;
    this.coefficients = bSplineCoefficients({ data: image.data as Float64Array, size });
    const dxs = [...new Set(offsets.map(([x]) => x))];
    this.alongX = dxs.map((dx) => axisTaps(dx, size[0]));
    const keys = [...new Set(offsets.map(([x, y]) => `${x}|${y}`))];
    this.pairs = keys.map((key) => {
      const [dx, dy] = key.split('|').map(Number) as [number, number];
      return { x: dxs.indexOf(dx), taps: axisTaps(dy, size[1]) };
    });
    this.samples = offsets.map(([dx, dy, dz]) => {
      const pair = keys.indexOf(`${dx}|${dy}`);
      return { pair, taps: axisTaps(dz, size[2]), x: this.alongX[this.pairs[pair].x], y: this.pairs[pair].taps };
    });
    this.rows = new Float64Array(dxs.length * size[0] * size[1]);
  }

  private readonly size: Triple;

  /** Writes, for x from first to last of a row, the samples one after another: into[x · offsets + k]. Rows are asked in ascending z for speed. */
  row({ y, z, first, last }: { readonly y: number; readonly z: number; readonly first: number; readonly last: number }, into: Float64Array): void {
    const nx = this.size[0];
    const count = this.samples.length;
    for (let k = 0; k < count; k++) {
      const { pair, taps, x: xt, y: yt } = this.samples[k];
      if (z < taps.first || z > taps.last || y < yt.first || y > yt.last) {
        for (let x = first; x <= last; x++) into[x * count + k] = 0;
        continue;
      }
      const [w0, w1, w2, w3] = taps.weights;
      const base = z + taps.shift;
      const [p0, p1, p2, p3] = [this.plane(taps.mirror(base))[pair], this.plane(taps.mirror(base + 1))[pair], this.plane(taps.mirror(base + 2))[pair], this.plane(taps.mirror(base + 3))[pair]];
      for (let x = first, at = y * nx + first; x <= last; x++, at++) {
        into[x * count + k] = x < xt.first || x > xt.last ? 0 : w0 * p0[at] + w1 * p1[at] + w2 * p2[at] + w3 * p3[at];
      }
    }
  }

  /** The image's spline evaluated at every (dx, dy) over one plane of coefficients. */
  private plane(z: number): readonly Float64Array[] {
    const known = this.planes.get(z);
    if (known) return known;
    const [nx, ny] = this.size;
    if (this.planes.size >= 7) {
      const oldest = Math.min(...this.planes.keys());
      this.free.push(this.planes.get(oldest)!);
      this.planes.delete(oldest);
    }
    const made = this.free.pop() ?? this.pairs.map(() => new Float64Array(nx * ny));
    const source = this.coefficients.subarray(z * nx * ny, (z + 1) * nx * ny);
    this.alongX.forEach((taps, i) => interpolateRows(source, this.rows.subarray(i * nx * ny, (i + 1) * nx * ny), [nx, ny], taps));
    this.pairs.forEach(({ x, taps }, i) => interpolateColumns(this.rows.subarray(x * nx * ny, (x + 1) * nx * ny), made[i], [nx, ny], taps));
    this.planes.set(z, made);
    return made;
  }
}

interface AxisTaps {
  readonly weights: readonly [number, number, number, number];
  /** First tap relative to the voxel. */
  readonly shift: number;
  /** Voxels whose sample lies inside the image. */
  readonly first: number;
  readonly last: number;
  readonly mirror: (index: number) => number;
}

function axisTaps(offset: number, length: number): AxisTaps {
  const whole = Math.floor(offset);
  const w = offset - whole;
  const w3 = (w * w * w) / 6;
  const w0 = ((1 - w) * (1 - w) * (1 - w)) / 6;
  const w1 = (w * w * (w - 2) * 3 + 4) / 6;
  const period = Math.max(1, 2 * (length - 1));
  return {
    weights: [w0, w1, 1 - w0 - w1 - w3, w3],
    shift: whole - 1,
    first: Math.ceil(-offset),
    last: Math.floor(length - 1 - offset),
    mirror: (index) => {
      const folded = ((index % period) + period) % period;
      return folded < length ? folded : period - folded;
    },
  };
}

function interpolateRows(source: Float64Array, target: Float64Array, [nx, ny]: readonly [number, number], { weights: [w0, w1, w2, w3], shift, mirror }: AxisTaps): void {
  for (let y = 0; y < ny; y++) {
    const row = y * nx;
    const inner = Math.min(nx, Math.max(0, nx - 3 - shift));
    for (let x = Math.max(0, -shift), at = row + x + shift; x < inner; x++, at++) {
      target[row + x] = w0 * source[at] + w1 * source[at + 1] + w2 * source[at + 2] + w3 * source[at + 3];
    }
    for (let x = 0; x < nx; x++) {
      if (x >= Math.max(0, -shift) && x < inner) continue;
      const at = x + shift;
      target[row + x] = w0 * source[row + mirror(at)] + w1 * source[row + mirror(at + 1)] + w2 * source[row + mirror(at + 2)] + w3 * source[row + mirror(at + 3)];
    }
  }
}

function interpolateColumns(source: Float64Array, target: Float64Array, [nx, ny]: readonly [number, number], { weights: [w0, w1, w2, w3], shift, mirror }: AxisTaps): void {
  for (let y = 0; y < ny; y++) {
    const [r0, r1, r2, r3] = [0, 1, 2, 3].map((k) => nx * mirror(y + shift + k)) as [number, number, number, number];
    for (let x = 0, at = y * nx; x < nx; x++, at++) target[at] = w0 * source[r0 + x] + w1 * source[r1 + x] + w2 * source[r2 + x] + w3 * source[r3 + x];
  }
}
