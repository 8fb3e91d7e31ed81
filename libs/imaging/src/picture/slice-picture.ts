import type { Volume } from '../volume.js';
import { eachPixel, planeAxes, type Plane } from './anatomical-planes.js';

/** A slice to be drawn: grey values and the outline of the region. */
export interface SlicePicture {
  readonly plane: Plane;
  readonly index: number;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** Millimetres of a pixel, across and down. */
  readonly pixel: readonly [number, number];
  /** One byte a pixel, row by row. */
  readonly grey: Uint8Array;
  /** SVG path along the edges of pixels, in pixels. Empty where the region is not on this slice. */
  readonly outline: string;
}

export interface GreyWindow {
  readonly low: number;
  readonly high: number;
}

const SAMPLES = 200_000;

/** From the 1st to the 99th percentile of the finite values, of every so many voxels of a large image. */
export function greyWindow({ data }: Pick<Volume, 'data'>): GreyWindow {
  const step = Math.max(1, Math.floor(data.length / SAMPLES));
  const sampled: number[] = [];
  for (let i = 0; i < data.length; i += step) if (Number.isFinite(data[i])) sampled.push(data[i]);
  if (sampled.length === 0) return { low: 0, high: 1 };
  const sorted = Float64Array.from(sampled).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  const [low, high] = [at(0.01), at(0.99)];
  return high > low ? { low, high } : { low: sorted[0], high: Math.max(sorted.at(-1)!, sorted[0] + 1) };
}

export interface SliceRequest {
  readonly plane: Plane;
  readonly index: number;
  readonly label: number;
  readonly window: GreyWindow;
}

/** Image and mask share a grid. */
export function slicePicture(image: Volume, mask: Volume | null, { plane, index, label, window: { low, high } }: SliceRequest): SlicePicture {
  const axes = planeAxes(image, plane);
  const slice = Math.min(Math.max(0, index), axes.count - 1);
  const grey = new Uint8Array(axes.width * axes.height);
  const inside = new Uint8Array(grey.length);
  eachPixel(image.size, axes, slice, (pixel, voxel) => {
    const value = (image.data[voxel] - low) / (high - low);
    grey[pixel] = Number.isFinite(value) ? Math.round(255 * Math.min(1, Math.max(0, value))) : 0;
    if (mask !== null && mask.data[voxel] === label) inside[pixel] = 1;
  });
  return { plane, index: slice, count: axes.count, width: axes.width, height: axes.height, pixel: axes.pixel, grey, outline: outlineOf(inside, axes.width, axes.height) };
}

/** Edges between pixels inside and outside, runs of them as one stroke. */
export function outlineOf(inside: Uint8Array, width: number, height: number): string {
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= width || y >= height ? 0 : inside[y * width + x]);
  const strokes: string[] = [];
  for (let y = 0; y <= height; y++) runs(width, (x) => at(x, y) !== at(x, y - 1), (from, length) => strokes.push(`M${from} ${y}h${length}`));
  for (let x = 0; x <= width; x++) runs(height, (y) => at(x, y) !== at(x - 1, y), (from, length) => strokes.push(`M${x} ${from}v${length}`));
  return strokes.join('');
}

function runs(length: number, isEdge: (i: number) => boolean, found: (from: number, length: number) => void): void {
  for (let i = 0; i < length; i++) {
    const from = i;
    while (i < length && isEdge(i)) i++;
    if (i > from) found(from, i - from);
  }
}

/** For each plane the slice on which the region is largest; the middle one where there is no region. */
export function bestSlices(mask: Volume, label: number): Readonly<Record<Plane, number>> {
  const areas = mask.size.map((count) => new Uint32Array(count));
  const [nx, ny] = mask.size;
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] !== label) continue;
    areas[0][i % nx]++;
    areas[1][Math.floor(i / nx) % ny]++;
    areas[2][Math.floor(i / (nx * ny))]++;
  }
  const best = (plane: Plane): number => {
    const { through, count } = planeAxes(mask, plane);
    const most = Math.max(...areas[through]);
    return most === 0 ? Math.floor(count / 2) : areas[through].indexOf(most);
  };
  return { axial: best('axial'), coronal: best('coronal'), sagittal: best('sagittal') };
}
