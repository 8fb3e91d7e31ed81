import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { boundingBox, maskAlignedGrid, readNrrd, resample, type Volume } from './index.js';

const shared = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const pyradiomics = `${shared}/pyradiomics`;

function readNpy(file: string): Int16Array | Uint32Array {
  const bytes = gunzipSync(readFileSync(file));
  const head = bytes.toString('latin1', 10, 10 + bytes.readUInt16LE(8));
  const body = Uint8Array.from(bytes.subarray(10 + bytes.readUInt16LE(8)));
  return head.includes("'<i2'") ? new Int16Array(body.buffer) : new Uint32Array(body.buffer);
}

describe.skipIf(!existsSync(pyradiomics))('resampling, against pyradiomics 3.0.1 over ITK (needs the shared data)', () => {
  const read = (name: string) => readNrrd(readFileSync(`${pyradiomics}/cases/${name}.nrrd`));
  let image: Volume;
  let mask: Volume;
  let grid: NonNullable<ReturnType<typeof maskAlignedGrid>>;
  beforeAll(() => {
    image = read('brain2_image');
    mask = read('brain2_label');
    grid = maskAlignedGrid(mask, boundingBox(mask, 1)!, [1, 1, 1], 5)!;
  });

  it('makes the same grid', () => {
    expect(grid.size).toStrictEqual([28, 24, 32]);
    grid.origin.forEach((x, i) => expect(x).toBeCloseTo([44.109375000000014, -11.690628051757855, -22.45000076293944][i]!, 11));
  });

  it('gives the same image, voxel for voxel', () => {
    const expected = readNpy(`${pyradiomics}/filters/brain2__seed_bw25/preprocessed_image.npy.gz`);
    expect(resample(image, grid, { interpolator: 'b-spline' }).data).toStrictEqual(expected);
  });

  it('gives the same mask, voxel for voxel', () => {
    const expected = readNpy(`${pyradiomics}/filters/brain2__seed_bw25/preprocessed_mask.npy.gz`);
    expect(Array.from(resample(mask, grid, { interpolator: 'nearest' }).data)).toStrictEqual(Array.from(expected));
  });
});

describe('resampling', () => {
  const ramp: Volume = {
    size: [4, 3, 2], spacing: [1, 2, 3], origin: [10, 20, 30], direction: new Float64Array([1, 0, 0, 0, -1, 0, 0, 0, 1]), pixelType: 'float64',
    data: Float64Array.from({ length: 24 }, (_, i) => (i % 4) + 10 * (Math.floor(i / 4) % 3) + 100 * Math.floor(i / 12)),
  };

  it.each(['nearest', 'linear', 'b-spline'] as const)('onto its own grid changes nothing (%s)', (interpolator) => {
    resample(ramp, ramp, { interpolator }).data.forEach((x, i) => expect(x).toBeCloseTo(ramp.data[i]!, 10));
  });

  it('reads a linear ramp exactly between voxels', () => {
    const half = resample(ramp, { ...ramp, size: [3, 1, 1], origin: [10.5, 19, 31.5] }, { interpolator: 'linear' });
    expect(Array.from(half.data)).toStrictEqual([55.5, 56.5, 57.5]);
  });

  it('gives 0 outside the image', () => {
    expect(Array.from(resample(ramp, { ...ramp, size: [2, 1, 1], origin: [100, 0, 0] }, { interpolator: 'linear' }).data)).toStrictEqual([0, 0]);
  });

  it('truncates towards zero and clamps where the pixel type is an integer', () => {
    const signed = { ...ramp, data: Float64Array.from(ramp.data, (x) => (x === 1 ? -1.9 : x === 2 ? 300 : 1.9)) };
    expect(Array.from(resample(signed, { ...ramp, size: [3, 1, 1] }, { interpolator: 'nearest', pixelType: 'int8' }).data)).toStrictEqual([1, -1, 127]);
  });
});
