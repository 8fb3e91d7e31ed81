import { ImageFileError, type Triple, type Volume } from '@consilium/imaging';
import { describe, expect, it } from 'vitest';
import { foregroundOf, largestComponent } from './foreground.js';
import { landmarksOf, mappedLandmarks, piecewiseMap } from './landmarks.js';
import { normaliseIntensity, standardLandmarks } from './normalise-intensity.js';
import { otsuThreshold } from './otsu.js';

const volume = (size: Triple, at: (x: number, y: number, z: number) => number, pixelType: 'int16' | 'uint8' = 'int16'): Volume => {
  const values = Array.from({ length: size[0] * size[1] * size[2] }, (_, i) => at(i % size[0], Math.floor(i / size[0]) % size[1], Math.floor(i / (size[0] * size[1]))));
  return { size, spacing: [1, 1, 1], origin: [0, 0, 0], direction: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), pixelType, data: pixelType === 'int16' ? Int16Array.from(values) : Uint8Array.from(values) };
};

describe("Otsu's threshold", () => {
  it('lies in the middle of the cells that are empty between two heaps', () => {
    expect(otsuThreshold([0, 0, 0, 1, 255, 256, 256])).toBeCloseTo(128.5, 9);
  });

  it('puts a single middle value on the side from which the classes differ most', () => {
    // 0, 0, 90, 100: {0, 0 | 90, 100} has w0 w1 d² = 0.25 · 95² = 2256; {0, 0, 90 | 100} 0.1875 · 70² = 919.
    const threshold = otsuThreshold([0, 0, 90, 100]);
    expect(threshold).toBeGreaterThan(0);
    expect(threshold).toBeLessThan(90);
  });

  it('does not count what is no number, and is none where all are alike', () => {
    expect(otsuThreshold([0, NaN, 10, Infinity])).toBeCloseTo(5, 1);
    expect(otsuThreshold([7, 7, 7])).toBeNaN();
  });
});

describe('the largest component', () => {
  it('joins voxels by faces and not by corners; the first of two that are alike', () => {
    // Two squares of 2 × 2 that touch at a corner, and a line of three.
    const inside = Uint8Array.from([1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
    expect([...largestComponent(inside, [5, 4, 1])]).toEqual([1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...largestComponent(Uint8Array.from([1, 0, 1]), [3, 1, 1])]).toEqual([1, 0, 0]);
    expect([...largestComponent(Uint8Array.from([1, 0, 0, 0, 1, 0, 0, 1]), [2, 2, 2])]).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
    expect([...largestComponent(new Uint8Array(4), [4, 1, 1])]).toEqual([0, 0, 0, 0]);
  });
});

describe('landmarks', () => {
  it('are percentiles as numpy interpolates them', () => {
    // numpy.percentile(numpy.arange(11) ** 2, [1, 10, …, 99])
    const values = Float64Array.from({ length: 11 }, (_, i) => (10 - i) ** 2);
    expect([...landmarksOf(values)].map((x) => Number(x.toFixed(9)))).toEqual([0.1, 1, 4, 9, 16, 25, 36, 49, 64, 81, 98.1]);
    expect(() => landmarksOf(new Float64Array(200).fill(4))).toThrow(ImageFileError);
  });

  it('lie between 0 and 100 on the common scale, whatever the unit', () => {
    const mapped = mappedLandmarks(Float64Array.of(10, 20, 40, 50));
    expect([...mapped]).toEqual([0, 25, 75, 100]);
    expect([...mappedLandmarks(Float64Array.of(10, 20, 40, 50).map((x) => 3 * x - 7))]).toEqual([...mapped]);
  });

  it('are taken to the scale, linearly between them and beyond them', () => {
    const map = piecewiseMap(Float64Array.of(10, 20, 40), [0, 40, 100]);
    expect([5, 10, 15, 20, 30, 40, 50].map(map)).toEqual([-20, 0, 20, 40, 70, 100, 130]);
  });

  it('of one intensity count as one, at the mean of their places', () => {
    const map = piecewiseMap(Float64Array.of(0, 0, 10, 10, 20), [0, 20, 40, 60, 100]);
    expect([-10, 0, 5, 10, 15, 20, 30].map(map)).toEqual([-30, 10, 30, 50, 75, 100, 150]);
  });
});

describe('an image on the scale of its head', () => {
  // A head of 8 × 8 × 8 in air, with a gradient along z, a bright speck apart, and a tumour of 2 × 2 × 2 in its middle.
  const size: Triple = [12, 12, 12];
  const within = (low: number, high: number, place: number[]) => place.every((at) => at >= low && at <= high);
  const head = (tumour: number) =>
    volume(size, (x, y, z) => (within(5, 6, [x, y, z]) ? tumour : within(2, 9, [x, y, z]) ? 200 + 10 * z : x + y + z === 0 ? 1000 : 3));
  const mask = volume(size, (x, y, z) => (within(5, 6, [x, y, z]) ? 1 : 0), 'uint8');

  it('takes the head without tumour, air and speck', () => {
    const foreground = foregroundOf(head(400), mask, 1);
    expect(foreground.length).toBe(512 - 8);
    expect([Math.min(...foreground), Math.max(...foreground)]).toEqual([220, 290]);
  });

  it('by z-score has mean 0 and deviation 1 there, cut at three deviations', () => {
    const { image: { data, pixelType }, before, after } = normaliseIntensity(head(5000), { mask, label: 1 }, { kind: 'z-score' });
    expect(pixelType).toBe('float64');
    const own = [...data].filter((_, i) => within(2, 9, [i % 12, Math.floor(i / 12) % 12, Math.floor(i / 144)]) && mask.data[i] !== 1);
    expect(own.reduce((sum, z) => sum + z, 0)).toBeCloseTo(0, 9);
    expect(own.reduce((sum, z) => sum + z * z, 0) / own.length).toBeCloseTo(1, 12);
    expect([data[5 + 12 * (5 + 12 * 5)], data[1]]).toEqual([3, -3]);
    // 504 voxels, 63 or 64 of each of 220, 230 … 290: quarters end within heaps.
    expect(before).toEqual({ lowerQuartile: 230, median: 255, upperQuartile: 280, regionMean: 5000 });
    const sorted = own.sort((a, b) => a - b);
    expect([after.lowerQuartile, after.median, after.upperQuartile, after.regionMean]).toEqual([sorted[126], (sorted[251]! + sorted[252]!) / 2, sorted[378], 3]);
  });

  it('does not change elsewhere when the tumour does', () => {
    const [dim, bright] = [100, 900].map((tumour) => normaliseIntensity(head(tumour), { mask, label: 1 }, { kind: 'z-score' }).image.data);
    expect([...dim!].filter((_, i) => mask.data[i] !== 1)).toEqual([...bright!].filter((_, i) => mask.data[i] !== 1));
    expect([...standardLandmarks(head(100), mask, 1)]).toEqual([...standardLandmarks(head(900), mask, 1)]);
  });

  it('by landmarks is the same whatever the gain and offset of the scanner', () => {
    const scale = standardLandmarks(head(400), mask, 1);
    const other = { ...head(400), data: head(400).data.map((x) => 2 * x + 50) } as Volume;
    const [a, b] = [head(400), other].map((image) => normaliseIntensity(image, { mask, label: 1 }, { kind: 'nyul', scale }).image.data);
    for (let i = 0; i < a!.length; i++) expect(b![i]).toBeCloseTo(a![i]!, 9);
  });

  it('is refused where there is nothing but the region', () => {
    const cut = volume([4, 4, 4], (x) => x + 1);
    expect(() => normaliseIntensity(cut, { mask: cut, label: 1 }, { kind: 'z-score' })).toThrow(/fewer than 100 bright voxels/);
  });
});
