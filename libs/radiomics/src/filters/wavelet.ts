import { boxSize, type BoundingBox, type Triple } from '@consilium/imaging';
import type { Heap } from '../kernels/heap.js';
import type { WaveletSettings } from '../settings.js';
import { blocksAlong, cutSlices, strideAlong, voxelsOf, type PlacedImage } from './window.js';
import { waveletFilters, type WaveletFilters } from './wavelet-filters.js';

/**
 * Undecimated (stationary) wavelet transform as pyradiomics makes it with PyWavelets' swtn, level by level: periodic, axes of odd length extended by one wrapped
 * voxel that is cut off again. The letters of a band stand for x, y, z: L low-pass, H high-pass; a flat axis is not filtered and has no letter.
 */
export interface WaveletBand {
  /** For example 'LLH'; from the second level on with its number, '2-LLH'. */
  readonly name: string;
  /** Values at the wanted places, doubles. */
  readonly values: number;
}

export interface WaveletOptions extends WaveletSettings {
  readonly flatAxis: 0 | 1 | 2 | null;
  /** Only values in this box are wanted, and of it those at these places: words in the kernels' memory, ascending. */
  readonly window: BoundingBox;
  readonly places: { readonly at: number; readonly count: number };
  /** Where a band's values go, by its letters. The low-pass of all axes is made first and given last: its values have a place of their own. */
  readonly valuesOf: (letters: string) => number;
  /** Bands wanted, by their letters; default all. */
  readonly wanted?: (letters: string) => boolean;
}

/** The bands one after another, in pyradiomics' order: of each level LLH … HHH, and LLL of the last. */
export function* waveletBands(heap: Heap, image: PlacedImage, options: WaveletOptions): Generator<WaveletBand> {
  const { name, levels, startLevel, flatAxis, window, places, valuesOf, wanted = () => true } = options;
  const filters = waveletFilters(name);
  const axes = [0, 1, 2].filter((axis) => axis !== flatAxis);
  const period = image.size.map((length, axis) => (length % 2 === 1 && axis !== flatAxis ? length + 1 : length)) as [number, number, number];
  const low = 'L'.repeat(axes.length);
  const place = (filter: Float64Array) => ({ at: heap.putDoubles(filter), taps: filter.length });
  const tree: Tree = { heap, axes, period, window, places, valuesOf, filters: { low: place(filters.low), high: place(filters.high) }, wanted };
  let source = flatAxis === null ? image : cutSlices(heap, image, flatAxis, window);
  for (let level = 1; level <= startLevel + levels; level++) {
    const emitted = level - startLevel;
    const prefix = emitted > 1 ? `${emitted}-` : '';
    const last = level === startLevel + levels;
    if (emitted > 0) yield* named(prefix, levelBands(tree, source, { low, withLow: last && wanted(low) }));
    // The next level filters the whole approximation, with the wrapped voxel as one of its own.
    if (!last) source = axes.reduce((part, axis) => convolve(tree, part, { axis, letter: 'L', from: 0, to: period[axis] - 1 }), source);
  }
}

interface Tree {
  readonly heap: Heap;
  readonly axes: readonly number[];
  readonly period: Triple;
  readonly window: BoundingBox;
  readonly places: WaveletOptions['places'];
  readonly valuesOf: WaveletOptions['valuesOf'];
  readonly filters: Readonly<Record<keyof WaveletFilters, { readonly at: number; readonly taps: number }>>;
  readonly wanted: (letters: string) => boolean;
}

function* named(prefix: string, bands: Iterable<WaveletBand>): Generator<WaveletBand> {
  for (const { name, values } of bands) yield { name: prefix + name, values };
}

/** The bands of one level; the low-pass of all axes, which is met first, is given last. */
function* levelBands(tree: Tree, source: PlacedImage, { low, withLow }: { low: string; withLow: boolean }): Generator<WaveletBand> {
  const own = { ...tree, wanted: (letters: string) => (letters === low ? withLow : tree.wanted(letters)) };
  for (const band of bands(own, source)) if (band.name !== low) yield band;
  if (withLow) yield { name: low, values: tree.valuesOf(low) };
}

/** Along the last axis a band is made only where it is wanted; along the axes before only in the window. */
function* bands(tree: Tree, source: PlacedImage): Generator<WaveletBand> {
  const { axes, heap } = tree;
  const starts = axes.length === 3 ? ['LL', 'LH', 'HL', 'HH'] : ['L', 'H'];
  for (const start of starts.filter((letters) => LETTERS.some((last) => tree.wanted(letters + last)))) {
    const mark = heap.mark();
    yield* lastBands(tree, axes.length === 3 ? convolveSlices(tree, source, start) : convolveFirst(tree, source, start as Letter), start);
    heap.release(mark);
  }
}

function* lastBands(tree: Tree, source: PlacedImage, start: string): Generator<WaveletBand> {
  for (const letter of LETTERS) {
    const name = start + letter;
    if (!tree.wanted(name)) continue;
    const values = tree.valuesOf(name);
    convolveAtPlaces(tree, source, { axis: tree.axes[tree.axes.length - 1], letter, values });
    yield { name, values };
  }
}

const LETTERS = ['L', 'H'] as const;
type Letter = (typeof LETTERS)[number];

/** out[o] = Σ_j filter[j] · in[(o + F/2 − j) mod period] along an axis, for o in from … to, which is all that is kept along it. */
function convolve({ heap, period, filters }: Tree, { at, size }: PlacedImage, { axis, letter, from, to }: { axis: number; letter: Letter; from: number; to: number }): PlacedImage {
  const next = size.map((length, other) => (other === axis ? to - from + 1 : length)) as [number, number, number];
  const target = heap.take(8 * voxelsOf(next));
  const { at: filter, taps } = letter === 'L' ? filters.low : filters.high;
  const scratch = 4 * taps + 16 + 8 * (to - from + 1 + taps);
  heap.scoped(() => {
    if (axis === 0) heap.kernels.convolveRows(at, size[0], period[0], size[1] * size[2], filter, taps, from, to, target, heap.take(scratch));
    else heap.kernels.convolveStacks(at, strideAlong(size, axis), size[axis], period[axis], blocksAlong(size, axis), filter, taps, from, to, target, heap.take(scratch));
  });
  return { at: target, size: next };
}

/** Along the first of two axes. */
function convolveFirst(tree: Tree, source: PlacedImage, letter: Letter): PlacedImage {
  const { axes: [axis], window } = tree;
  return convolve(tree, source, { axis, letter, from: window.low[axis], to: window.high[axis] });
}

/** Along x and then y, slice by slice: the half-filtered slice stays small, so that it is touched again and again. */
function convolveSlices({ heap, period, filters, window }: Tree, { at, size: [nx, ny, nz] }: PlacedImage, letters: string): PlacedImage {
  const [width, height] = boxSize(window);
  const target = heap.take(8 * width * height * nz);
  const [x, y] = [...letters].map((letter) => (letter === 'L' ? filters.low : filters.high));
  heap.scoped(() => {
    const slice = heap.take(8 * width * ny);
    const scratch = heap.take(4 * x.taps + 16 + 8 * (width + x.taps));
    for (let z = 0; z < nz; z++) {
      heap.kernels.convolveRows(at + 8 * nx * ny * z, nx, period[0], ny, x.at, x.taps, window.low[0], window.high[0], slice, scratch);
      heap.kernels.convolveStacks(slice, width, ny, period[1], 1, y.at, y.taps, window.low[1], window.high[1], target + 8 * width * height * z, scratch);
    }
  });
  return { at: target, size: [width, height, nz] };
}

/** The same along the last axis, for the wanted places. */
function convolveAtPlaces({ heap, period, filters, window, places }: Tree, { at, size }: PlacedImage, { axis, letter, values }: { axis: number; letter: Letter; values: number }): void {
  const { at: filter, taps } = letter === 'L' ? filters.low : filters.high;
  const width = boxSize(window)[axis];
  heap.scoped(() => {
    const scratch = heap.take(4 * taps * (width + 1));
    heap.kernels.convolveAt(at, strideAlong(size, axis), size[axis], period[axis], width, filter, taps, window.low[axis], places.at, places.count, values, scratch);
  });
}
