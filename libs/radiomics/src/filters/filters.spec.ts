import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { laplacianOfGaussian } from './laplacian-of-gaussian.js';
import { localBinaryPattern2d } from './local-binary-pattern-2d.js';
import { localBinaryPattern3d } from './local-binary-pattern-3d.js';
import { boxSize, identityDirection, type Triple } from '@consilium/imaging';
import { packRegion } from '../features/region.js';
import { kernelHeap } from '../kernels/heap.js';
import { workspaceOf, type Workspace } from '../kernels/workspace.js';
import { applyPointwise } from './pointwise.js';
import { waveletBands, type WaveletOptions } from './wavelet.js';
import { voxelsOf } from './window.js';
import { hasWavelet, waveletFilters } from './wavelet-filters.js';

const shared = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const folder = `${shared}/pyradiomics/filters/brain2__seed_bw25`;

function readNpy(name: string): Float64Array {
  const bytes = gunzipSync(readFileSync(`${folder}/${name}.npy.gz`));
  const start = 10 + bytes.readUInt16LE(8);
  const body = Uint8Array.from(bytes.subarray(start)).buffer;
  const type = /'descr': '<(\w\d)'/.exec(bytes.toString('latin1', 10, start))![1]!;
  const arrays = { i2: Int16Array, u4: Uint32Array, f4: Float32Array, f8: Float64Array } as const;
  return Float64Array.from(new arrays[type as keyof typeof arrays](body));
}

/** Largest difference, in units of the expected image's range. */
function relativeToRange(got: ArrayLike<number>, expected: Float64Array): number {
  let [low, high, worst] = [Infinity, -Infinity, 0];
  for (let i = 0; i < expected.length; i++) {
    low = Math.min(low, expected[i]!);
    high = Math.max(high, expected[i]!);
    worst = Math.max(worst, Math.abs(got[i]! - expected[i]!));
  }
  return got.length === expected.length ? worst / (high - low) : Infinity;
}

const heap = kernelHeap();

function logOf(image: ArrayLike<number>, size: Triple, options: Parameters<typeof laplacianOfGaussian>[2]): Float32Array {
  return heap.scoped(() => {
    const filtered = laplacianOfGaussian(heap, { at: heap.putDoubles(image), size }, options);
    return heap.singles(filtered.at, voxelsOf(filtered.size)).slice();
  });
}

function bandsOf(image: ArrayLike<number>, size: Triple, options: Omit<WaveletOptions, 'places' | 'valuesOf'>, wanted?: readonly number[]): { name: string; image: Float64Array }[] {
  return heap.scoped(() => {
    const window = boxSize(options.window);
    const places = wanted ?? Array.from({ length: voxelsOf(window) }, (_, i) => i);
    const [low, other] = [heap.take(8 * places.length), heap.take(8 * places.length)];
    const all = { ...options, places: { at: heap.putWords(places), count: places.length }, valuesOf: (letters: string) => (letters.includes('H') ? other : low) };
    return Array.from(waveletBands(heap, { at: heap.putDoubles(image), size }, all), ({ name, values }) => ({ name, image: heap.doubles(values, places.length).slice() }));
  });
}

describe.skipIf(!existsSync(folder))('filtered images, against pyradiomics 3.0.1 (needs the shared data)', () => {
  const size = [28, 24, 32] as const;
  let image: Float64Array;
  let region: Float64Array;
  beforeAll(() => {
    image = readNpy('preprocessed_image');
    region = readNpy('preprocessed_mask');
  });
  const everywhere = { low: [0, 0, 0], high: [27, 23, 31] } as const;
  const expectClose = (name: string, got: ArrayLike<number>) => expect(relativeToRange(got, readNpy(name)), name).toBeLessThan(1e-6);

  const inside = (label: number, work: (space: Workspace) => number) => {
    const mask = { data: label === 0 ? new Uint8Array(image.length).fill(1) : region, size, spacing: [1, 1, 1] as const };
    const space = workspaceOf({ size, spacing: [1, 1, 1], origin: [0, 0, 0], direction: identityDirection(), pixelType: 'float64', data: image }, packRegion(mask, 1, everywhere));
    return heap.scoped(() => {
      const at = work(space);
      return heap.doubles(at, space.count).slice();
    });
  };
  const whole = (work: (space: Workspace, values: number) => void) =>
    inside(0, (space) => {
      const values = heap.take(8 * space.count);
      heap.kernels.gather(space.image, space.sources, space.count, values);
      work(space, values);
      return values;
    });

  it.each([1, 2, 3])('Laplacian of Gaussian, %i mm', (sigma) => expectClose(`log-sigma-${sigma}-0-mm-3D`, logOf(image, size, { spacing: [1, 1, 1], sigma, window: everywhere })));
  it('a window holds the values of the whole image', () => {
    const window = { low: [5, 6, 7], high: [20, 15, 22] } as const;
    const [all, part] = [everywhere, window].map((box) => logOf(image, size, { spacing: [1, 1, 1], sigma: 2, window: box }));
    for (let z = 7, at = 0; z <= 22; z++) for (let y = 6; y <= 15; y++) for (let x = 5; x <= 20; x++, at++) expect(part![at]).toBe(all![x + 28 * (y + 24 * z)]);
  });
  it('gradient magnitude', () => expectClose('gradient', whole(({ sources, count, image: at }, values) => heap.kernels.gradient(at, ...size, sources, count, 0.5, 0.5, 0.5, values))));
  it('square, square root, logarithm, exponential', () => {
    for (const type of ['square', 'squareRoot', 'logarithm', 'exponential'] as const) {
      expectClose(type.toLowerCase(), whole(({ count, image: at }, values) => applyPointwise(heap, type, { at: values, n: count, largest: heap.kernels.largestMagnitude(at, image.length) })));
    }
  });
  it('all eight wavelet bands, in order', () => {
    const bands = bandsOf(image, size, { name: 'coif1', levels: 1, startLevel: 0, flatAxis: null, window: everywhere });
    expect(bands.map(({ name }) => name)).toStrictEqual(['LLH', 'LHL', 'LHH', 'HLL', 'HLH', 'HHL', 'HHH', 'LLL']);
    for (const { name, image: band } of bands) expectClose(`wavelet-${name}`, band);
  });
  it('three-dimensional local binary patterns, inside the region; levels to the last bit', () => {
    const patterns = (pick: 0 | 1 | 'kurtosis') =>
      inside(1, (space) => {
        const { levels, kurtosis } = localBinaryPattern3d(space, { data: image, size }, { levels: 2, radius: 1, subdivisions: 1, wholeNumbers: true });
        return pick === 'kurtosis' ? kurtosis : levels[pick]!;
      });
    const expected = (name: string) => readNpy(name).filter((_, i) => region[i] === 1);
    expect(patterns(0)).toStrictEqual(expected('lbp-3D-m1'));
    expect(patterns(1)).toStrictEqual(expected('lbp-3D-m2'));
    expect(relativeToRange(patterns('kurtosis'), expected('lbp-3D-k'))).toBeLessThan(1e-6);
  });
});

interface WaveletFixture {
  readonly filters: Readonly<Record<string, { readonly low: readonly number[]; readonly high: readonly number[] }>>;
  readonly image: readonly number[];
  readonly size: readonly [number, number, number];
  readonly bands: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

describe('wavelets, against PyWavelets 1.9.0', () => {
  const fixture = JSON.parse(readFileSync(new URL('./fixtures/wavelets.json', import.meta.url), 'utf8')) as WaveletFixture;

  it.each(Object.entries(fixture.filters))('%s has its filters to the last bit', (name, { low, high }) => {
    const found = waveletFilters(name);
    expect(Array.from(found.low)).toStrictEqual(low);
    expect(Array.from(found.high)).toStrictEqual(high);
  });

  it.each(Object.entries(fixture.bands))('bands of %s', (key, expected) => {
    const [name, axes] = key.split('|') as [string, string];
    const flat = (['x', 'y', 'z'] as const).findIndex((axis) => !axes.includes(axis));
    const window = { low: [0, 0, 0], high: [6, 5, 4] } as const;
    const bands = new Map(bandsOf(fixture.image, fixture.size, { name, levels: 1, startLevel: 0, flatAxis: flat < 0 ? null : (flat as 0 | 1 | 2), window }).map((band) => [band.name, band.image]));
    expect(bands.size).toBe(2 ** axes.length);
    for (const [band, values] of Object.entries(expected)) {
      expect(bands.get(band)!.length).toBe(values.length);
      // Sums of up to 34 products of size 100: a few units in the last place.
      values.forEach((value, i) => expect(Math.abs(bands.get(band)![i]! - value)).toBeLessThan(1e-11));
    }
  });

  it('knows every discrete family and no other name', () => {
    for (const name of ['haar', 'db1', 'db38', 'sym2', 'sym20', 'coif1', 'coif17', 'bior1.1', 'bior6.8', 'rbio3.9', 'dmey']) expect(hasWavelet(name), name).toBe(true);
    for (const name of ['db0', 'db39', 'sym1', 'sym21', 'coif18', 'bior9.9', 'mexh', 'gaus1', '', 'db1 ']) expect(hasWavelet(name), name).toBe(false);
  });

  it.each([null, 0, 1, 2] as const)('are made at the wanted places alone, with the values of the whole image (flat axis %s)', (flatAxis) => {
    const size = [9, 8, 7] as const;
    const image = Float64Array.from({ length: 504 }, (_, i) => Math.sin(i * i) * 50);
    const options = { name: 'coif1', levels: 1, startLevel: 0, flatAxis } as const;
    const all = bandsOf(image, size, { ...options, window: { low: [0, 0, 0], high: [8, 7, 6] } });
    const window = { low: [2, 1, 1], high: [6, 7, 5] } as const;
    const wanted = Array.from({ length: 5 * 7 * 5 }, (_, i) => i).filter((i) => (i * 7) % 11 < 6);
    const places = wanted.map((i) => (i % 5) + 2 + 9 * ((Math.floor(i / 5) % 7) + 1 + 8 * (Math.floor(i / 35) + 1)));
    expect(bandsOf(image, size, { ...options, window }, wanted)).toStrictEqual(all.map(({ name, image: band }) => ({ name, image: Float64Array.from(places, (place) => band[place]!) })));
  });

  it('gives levels one after another: detail of each, approximation of the last', () => {
    const window = { low: [0, 0, 0], high: [7, 7, 7] } as const;
    const image = Float64Array.from({ length: 512 }, (_, i) => Math.sin(i) * 50);
    const options = { name: 'haar', flatAxis: null, window } as const;
    const two = bandsOf(image, [8, 8, 8], { ...options, levels: 2, startLevel: 0 });
    expect(two.map(({ name }) => name)).toStrictEqual(['LLH', 'LHL', 'LHH', 'HLL', 'HLH', 'HHL', 'HHH', ...['LLH', 'LHL', 'LHH', 'HLL', 'HLH', 'HHL', 'HHH', 'LLL'].map((name) => `2-${name}`)]);
    const later = bandsOf(image, [8, 8, 8], { ...options, levels: 1, startLevel: 1 });
    expect(later.map(({ image: band }) => band)).toStrictEqual(two.slice(7).map(({ image: band }) => band));
  });
});

describe('two-dimensional local binary patterns', () => {
  // Rows of a slice: a bright column on the right of the centre.
  const data = Int16Array.from([1, 1, 9, 1, 5, 9, 1, 1, 9]);
  const at = (method: 'default' | 'ror' | 'uniform' | 'var', axis: 0 | 1 | 2 = 2, size: readonly [number, number, number] = [3, 3, 1]) =>
    localBinaryPattern2d({ data, size }, Int32Array.of(4), { radius: 1, samples: 4, method, axis })[0];

  it('counts the samples to the right, above, to the left, below', () => {
    // Only the first sample (to the right) reaches the centre's 5.
    expect(at('default')).toBe(1);
    expect(at('ror')).toBe(1);
    expect(at('uniform')).toBe(1);
    expect(at('var')).toBe(12);
  });

  it('runs across the axis asked for', () => {
    expect(at('default', 1, [3, 1, 3])).toBe(1);
    // Columns run along z, rows along y.
    expect(at('default', 0, [1, 3, 3])).toBe(2 ** 3);
  });

  it('a pattern that changes more than twice is one more than the samples', () => {
    const checkered = { data: Int16Array.from([0, 1, 0, 9, 5, 9, 0, 1, 0]), size: [3, 3, 1] as const };
    expect(localBinaryPattern2d(checkered, Int32Array.of(4), { radius: 1, samples: 4, method: 'uniform', axis: 2 })[0]).toBe(5);
  });
});
