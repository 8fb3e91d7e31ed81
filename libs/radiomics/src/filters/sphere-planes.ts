import { boxSize, type BoundingBox, type Triple } from '@consilium/imaging';
import type { Heap } from '../kernels/heap.js';

/** As the kernels read it: four weights (doubles), the first tap relative to the voxel, the voxels whose sample lies inside, the axis' length (words). */
const TAPS_BYTES = 48;
/** Places of the taps along x, y, z, of four planes, and a word unused. */
const POINT_WORDS = 8;

interface Taps {
  readonly at: number;
  readonly shift: number;
}

/**
 * An image ready to be read at a fixed set of offsets around every voxel of a box, by cubic B-splines mirrored at the borders, 0 where the point lies outside the image
 * (scipy's map_coordinates, order 3, mode constant). Offsets repeat in few distinct coordinates, so the spline is evaluated axis by axis: rows for the distinct dx, planes
 * for the distinct (dx, dy), and then one sum of four along z per offset, which the kernels take as they sample a row. Only the planes around one z are held.
 */
export class SpherePlanes {
  private readonly alongX: readonly Taps[];
  private readonly pairs: readonly { readonly x: number; readonly y: Taps }[];
  private readonly samples: readonly { readonly pair: number; readonly z: Taps }[];
  private readonly points: number;
  private readonly rows: number;
  private readonly width: number;
  private readonly height: number;
  /** Rows of the image that the box needs. */
  private readonly yLow: number;
  private readonly yHigh: number;
  private readonly made = new Map<number, number>();
  private readonly free: number[];

  /** @param image coefficients of the spline over the whole image, doubles in the kernels' memory */
  constructor(
    private readonly heap: Heap,
    private readonly image: { readonly coefficients: number; readonly size: Triple },
    { offsets, box }: { readonly offsets: readonly Triple[]; readonly box: BoundingBox },
  ) {
    const { size } = image;
    this.box = box;
    [this.width, this.height] = boxSize(box);
    const along = (axis: 0 | 1 | 2) => {
      const distinct = new Map([...new Set(offsets.map((offset) => offset[axis]))].map((distance) => [distance, placeTaps(heap, distance, size[axis])]));
      return (offset: Triple) => distinct.get(offset[axis])!;
    };
    const [x, y, z] = [along(0), along(1), along(2)];
    this.alongX = [...new Set(offsets.map(x))];
    const keys = [...new Set(offsets.map((offset) => `${offset[0]}|${offset[1]}`))];
    const pairOf = (offset: Triple) => keys.indexOf(`${offset[0]}|${offset[1]}`);
    this.pairs = keys.map((_, pair) => offsets.find((offset) => pairOf(offset) === pair)!).map((offset) => ({ x: this.alongX.indexOf(x(offset)), y: y(offset) }));
    this.samples = offsets.map((offset) => ({ pair: pairOf(offset), z: z(offset) }));
    this.points = heap.putWords(offsets.flatMap((offset) => [x(offset).at, y(offset).at, z(offset).at, 0, 0, 0, 0, 0]));
    const reach = Math.max(...offsets.map((offset) => Math.abs(offset[1]))) + 3;
    [this.yLow, this.yHigh] = [Math.max(0, Math.floor(box.low[1] - reach)), Math.min(size[1] - 1, Math.ceil(box.high[1] + reach))];
    this.rows = heap.take(8 * this.alongX.length * this.width * (this.yHigh - this.yLow + 1));
    const shifts = this.samples.map(({ z: { shift } }) => shift);
    const held = Math.min(size[2], Math.max(...shifts) - Math.min(...shifts) + 4) + 1;
    this.free = Array.from({ length: held }, () => heap.take(8 * this.pairs.length * this.width * this.height));
  }

  private readonly box: BoundingBox;

  /** The points with their planes for voxels of the plane z; z ascends from call to call. */
  at(z: number): number {
    const [, , nz] = this.image.size;
    const needed = new Set(this.samples.flatMap(({ z: { shift } }) => [0, 1, 2, 3].map((k) => mirrored(z + shift + k, nz))));
    for (const [plane, place] of this.made) {
      if (needed.has(plane)) continue;
      this.made.delete(plane);
      this.free.push(place);
    }
    for (const plane of needed) if (!this.made.has(plane)) this.make(plane);
    const words = this.heap.words(this.points, POINT_WORDS * this.samples.length);
    const bytes = 8 * this.width * this.height;
    this.samples.forEach(({ pair, z: { shift } }, i) => {
      for (let k = 0; k < 4; k++) words[POINT_WORDS * i + 3 + k] = this.made.get(mirrored(z + shift + k, nz))! + pair * bytes;
    });
    return this.points;
  }

  /** The spline at every (dx, dy) over one plane of coefficients. */
  private make(plane: number): void {
    const { kernels } = this.heap;
    const [nx, ny] = this.image.size;
    const place = this.free.pop()!;
    const source = this.image.coefficients + 8 * plane * nx * ny;
    const rows = 8 * this.width * (this.yHigh - this.yLow + 1);
    this.alongX.forEach(({ at }, i) => kernels.splineRows(source, nx, this.yLow, this.yHigh, at, this.box.low[0], this.width, this.rows + i * rows));
    this.pairs.forEach(({ x, y }, i) => kernels.splineColumns(this.rows + x * rows, this.yLow, y.at, this.box.low[1], this.box.high[1], this.width, place + i * 8 * this.width * this.height));
    this.made.set(plane, place);
  }
}

function placeTaps(heap: Heap, offset: number, length: number): Taps {
  const whole = Math.floor(offset);
  const w = offset - whole;
  const w3 = (w * w * w) / 6;
  const w0 = ((1 - w) * (1 - w) * (1 - w)) / 6;
  const w1 = (w * w * (w - 2) * 3 + 4) / 6;
  const at = heap.take(TAPS_BYTES);
  heap.doubles(at, 4).set([w0, w1, 1 - w0 - w1 - w3, w3]);
  heap.words(at + 32, 4).set([whole - 1, Math.ceil(-offset), Math.floor(length - 1 - offset), length]);
  return { at, shift: whole - 1 };
}

/** An index reflected at both ends of an axis. */
function mirrored(index: number, length: number): number {
  const period = Math.max(1, 2 * (length - 1));
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - folded;
}
