import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gradientMagnitude } from './gradient-magnitude.js';
import { laplacianOfGaussian } from './laplacian-of-gaussian.js';
import { localBinaryPattern3d } from './local-binary-pattern-3d.js';
import { exponential, logarithm, square, squareRoot } from './pointwise.js';
import { waveletBands } from './wavelet.js';

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

describe.skipIf(!existsSync(folder))('filtered images, against pyradiomics 3.0.1 (needs the shared data)', () => {
  const size = [28, 24, 32] as const;
  const image = readNpy('preprocessed_image');
  const expectClose = (name: string, got: ArrayLike<number>) => expect(relativeToRange(got, readNpy(name)), name).toBeLessThan(1e-6);

  it.each([1, 2, 3])('Laplacian of Gaussian, %i mm', (sigma) => expectClose(`log-sigma-${sigma}-0-mm-3D`, laplacianOfGaussian(image, size, [1, 1, 1], sigma)));
  it('gradient magnitude', () => expectClose('gradient', gradientMagnitude(image, size, [1, 1, 1])));
  it('square, square root, logarithm, exponential', () => {
    expectClose('square', square(image));
    expectClose('squareroot', squareRoot(image));
    expectClose('logarithm', logarithm(image));
    expectClose('exponential', exponential(image));
  });
  it('all eight wavelet bands, in order', () => {
    const bands = waveletBands(image, size);
    expect(bands.map(({ name }) => name)).toStrictEqual(['LLH', 'LHL', 'LHH', 'HLL', 'HLH', 'HHL', 'HHH', 'LLL']);
    for (const { name, image: band } of bands) expectClose(`wavelet-${name}`, band);
  });
  it('three-dimensional local binary patterns, inside the region', () => {
    const region = Uint8Array.from(readNpy('preprocessed_mask'));
    const { levels, kurtosis } = localBinaryPattern3d({ data: image, size }, region, { levels: 2, radius: 1, subdivisions: 1, wholeNumbers: true });
    const inside = (values: Float64Array) => values.filter((_, i) => region[i] === 1);
    expect(relativeToRange(inside(levels[0]!), inside(readNpy('lbp-3D-m1')))).toBeLessThan(1e-6);
    expect(relativeToRange(inside(levels[1]!), inside(readNpy('lbp-3D-m2')))).toBeLessThan(1e-6);
    expect(relativeToRange(inside(kurtosis), inside(readNpy('lbp-3D-k')))).toBeLessThan(1e-6);
  });
});
