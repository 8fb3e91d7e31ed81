import type { BoundingBox, Triple } from '@consilium/imaging';
import type { Heap } from '../kernels/heap.js';
import type { WaveletSettings } from '../settings.js';
import { blocksAlong, cutAlong, cutSlices, strideAlong, voxelsOf, type PlacedImage } from './window.js';
import { waveletFilters, type WaveletFilters } from './wavelet-filters.js';

/**
 * Undecimated (stationary) wavelet transform as pyradiomics makes it with PyWavelets' swtn, level by level: periodic, axes of odd length extended by one wrapped
 * voxel that is cut off again. The letters of a band stand for x, y, z: L low-pass, H high-pass; a flat axis is not filtered and has no letter.
 */
export interface WaveletBand {
  /** For example 'LLH'; from the second level on with its number, '2-LLH'. */
  readonly name: string;
  /** Values of the window, doubles; until the next band is asked for. */
  readonly image: PlacedImage;
}

export interface WaveletOptions extends WaveletSettings {
  readonly flatAxis: 0 | 1 | 2 | null;
  /** Only values in this box are wanted. */
  readonly window: BoundingBox;
  /** Bands wanted, by their letters; default all. */
  readonly wanted?: (letters: string) => boolean;
}

/** The bands one after another, in pyradiomics' order: of each level LLH … HHH, and LLL of the last. */
export function* waveletBands(heap: Heap, image: PlacedImage, options: WaveletOptions): Generator<WaveletBand> {
  const { name, levels, startLevel, flatAxis, window, wanted = () => true } = options;
  const filters = waveletFilters(name);
  const axes = [0, 1, 2].filter((axis) => axis !== flatAxis);
  const period = image.size.map((length, axis) => (length % 2 === 1 && axis !== flatAxis ? length + 1 : length)) as [number, number, number];
  const low = 'L'.repeat(axes.length);
  const place = (filter: Float64Array) => ({ at: heap.putDoubles(filter), taps: filter.length });
  const tree: Tree = { heap, axes, period, window, filters: { low: place(filters.low), high: place(filters.high) }, wanted };
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
  readonly filters: Readonly<Record<keyof WaveletFilters, { readonly at: number; readonly taps: number }>>;
  readonly wanted: (letters: string) => boolean;
}

function* named(prefix: string, bands: Iterable<WaveletBand>): Generator<WaveletBand> {
  for (const { name, image } of bands) yield { name: prefix + name, image };
}

/** The bands of one level; the low-pass of all axes, which is met first, is kept for the end. */
function* levelBands(tree: Tree, source: PlacedImage, { low, withLow }: { low: string; withLow: boolean }): Generator<WaveletBand> {
  const { heap, wanted, axes, window } = tree;
  const mark = heap.mark();
  const size = axes.reduce((cut, axis) => cutAlong(cut, axis, window), source.size);
  const kept = withLow ? heap.take(8 * voxelsOf(size)) : 0;
  const own = { ...tree, wanted: (letters: string) => (letters === low ? withLow : wanted(letters)) };
  for (const band of bands(own, source, '')) {
    if (band.name !== low) yield band;
    else heap.doubles(kept, voxelsOf(size)).set(heap.doubles(band.image.at, voxelsOf(size)));
  }
  if (withLow) yield { name: low, image: { at: kept, size } };
  heap.release(mark);
}

function* bands(tree: Tree, source: PlacedImage, letters: string): Generator<WaveletBand> {
  const { axes, heap, window } = tree;
  if (letters.length === axes.length) {
    yield { name: letters, image: source };
    return;
  }
  const axis = axes[letters.length];
  for (const letter of ['L', 'H'] as const) {
    const next = letters + letter;
    if (!endings(next, axes.length).some(tree.wanted)) continue;
    const mark = heap.mark();
    yield* bands(tree, convolve(tree, source, { axis, letter, from: window.low[axis], to: window.high[axis] }), next);
    heap.release(mark);
  }
}

const endings = (start: string, length: number): string[] => (start.length === length ? [start] : [...endings(`${start}L`, length), ...endings(`${start}H`, length)]);

/** out[o] = Σ_j filter[j] · in[(o + F/2 − j) mod period] along an axis, for o in from … to, which is all that is kept along it. */
function convolve({ heap, period, filters }: Tree, { at, size }: PlacedImage, { axis, letter, from, to }: { axis: number; letter: 'L' | 'H'; from: number; to: number }): PlacedImage {
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
