import { afterEach, describe, expect, it } from 'vitest';
import { deflateSync, gzipSync } from 'node:zlib';
import { folderOf } from '../fixtures/folder.js';
import { ImageFileError, readImage, readMetaImage, readNrrd, writeNrrd, type PixelType, type Volume } from '../index.js';

const removals: (() => void)[] = [];
afterEach(() => removals.splice(0).forEach((remove) => remove()));

const kindOf = async (reading: () => unknown): Promise<string> => {
  try {
    await reading();
  } catch (error) {
    if (error instanceof ImageFileError) return error.kind;
    throw error;
  }
  return 'read';
};

const values = Int16Array.from({ length: 24 }, (_, i) => 1000 * i - 5000);
const bytes = new Uint8Array(values.buffer);
const swapped = Buffer.from(bytes).swap16();

describe('NRRD', () => {
  const file = (fields: Readonly<Record<string, string | undefined>>, body: Uint8Array | string): Buffer => {
    const all = { type: 'short', dimension: '3', space: 'left-posterior-superior', sizes: '2 3 4', 'space directions': '(0.5,0,0) (0,0.75,0) (0,0,3)', kinds: 'domain domain domain', endian: 'little', encoding: 'raw', 'space origin': '(1,2,3)', ...fields };
    const lines = Object.entries(all).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}`);
    return Buffer.concat([Buffer.from(`NRRD0005\n# made by hand\n${lines.join('\n')}\nkey:=a value\n\n`), typeof body === 'string' ? Buffer.from(body) : body]);
  };

  it.each([
    ['raw', {}, bytes],
    ['gzip', { encoding: 'gzip' }, gzipSync(bytes)],
    ['text', { encoding: 'ascii' }, Array.from(values).join(' ')],
    ['big endian', { endian: 'big' }, swapped],
  ])('reads %s', (_, fields, body) => {
    const volume = readNrrd(file(fields, body));
    expect(volume).toMatchObject({ size: [2, 3, 4], spacing: [0.5, 0.75, 3], origin: [1, 2, 3], pixelType: 'int16' });
    expect(volume.data).toStrictEqual(values);
  });

  it('turns RAS and LAS to LPS', () => {
    const ras = readNrrd(file({ space: 'right-anterior-superior' }, bytes));
    expect(ras.origin).toStrictEqual([-1, -2, 3]);
    expect(Array.from(ras.direction, (x) => x + 0)).toStrictEqual([-1, 0, 0, 0, -1, 0, 0, 0, 1]);
    expect(readNrrd(file({ space: 'LAS' }, bytes)).origin).toStrictEqual([1, -2, 3]);
  });

  it('makes axes orthogonal that are off by less than a thousandth, refuses sheared ones', async () => {
    const off = (shear: number) => file({ 'space directions': `(0.5,0,0) (${0.75 * shear},0.75,0) (0,0,3)` }, bytes);
    const { direction } = readNrrd(off(5e-4));
    expect(direction[0]! * direction[1]! + direction[3]! * direction[4]! + direction[6]! * direction[7]!).toBeCloseTo(0, 12);
    expect(await kindOf(() => readNrrd(off(0.05)))).toBe('direction');
  });

  it.each([
    ['4 dimensions', { dimension: '4', sizes: '2 3 4 1' }, 'dimension'],
    ['a vector a voxel', { 'space directions': 'none (0,0.75,0) (0,0,3)' }, 'header'],
    ['a detached file', { 'data file': 'x.raw' }, 'detached'],
    ['a pixel type of blocks', { type: 'block' }, 'pixel-type'],
    ['bzip2', { encoding: 'bzip2' }, 'encoding'],
    ['skipped bytes', { 'byte skip': '-1' }, 'encoding'],
    ['a scanner’s own space', { space: 'scanner-xyz' }, 'space'],
    ['a spacing of zero', { 'space directions': undefined, spacings: '1 0 1' }, 'spacing'],
    ['a size that is no number', { sizes: '2 x 4' }, 'header'],
    ['a fractional size', { sizes: '2 1.5 4' }, 'size'],
    ['text for voxels', { encoding: 'ascii' }, 'header'],
  ])('refuses %s', async (_, fields, kind) => {
    expect(await kindOf(() => readNrrd(file(fields, kind === 'header' ? 'a '.repeat(24) : bytes)))).toBe(kind);
  });

  it.each<PixelType>(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'])('writes %s and reads back the same', async (pixelType) => {
    const array = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, int32: Int32Array, uint32: Uint32Array, float32: Float32Array, float64: Float64Array }[pixelType];
    const volume: Volume = { size: [2, 3, 4], spacing: [0.1, 0.7, 3.3], origin: [0.1, -200.3, 7], direction: new Float64Array([0, 0, 1, 1, 0, 0, 0, 1, 0]), pixelType, data: array.from(Array.from({ length: 24 }, (_, i) => i * 5)) };
    expect(readNrrd(await writeNrrd(volume))).toStrictEqual(volume);
  });
});

describe('MetaImage', () => {
  const header = (fields: Readonly<Record<string, string>> = {}): Buffer => {
    const { ElementDataFile = 'LOCAL', ...all } = { ObjectType: 'Image', NDims: '3', BinaryData: 'True', BinaryDataByteOrderMSB: 'False', TransformMatrix: '0 1 0 0 0 1 1 0 0', Offset: '1 2 3', ElementSpacing: '0.5 0.75 3', DimSize: '2 3 4', ElementType: 'MET_SHORT', ...fields };
    return Buffer.from([...Object.entries(all), ['ElementDataFile', ElementDataFile]].map(([name, value]) => `${name} = ${value}\n`).join(''));
  };
  const file = (body: Uint8Array, fields?: Readonly<Record<string, string>>): Buffer => Buffer.concat([header(fields), body]);

  it.each([
    ['raw', file(bytes)],
    ['compressed', file(deflateSync(bytes), { CompressedData: 'True' })],
    ['big endian', file(swapped, { BinaryDataByteOrderMSB: 'True' })],
    ['behind a header of its own', file(Buffer.concat([Buffer.alloc(9), bytes]), { HeaderSize: '-1' })],
  ])('reads %s voxels; the file lists one axis after the other', async (_, whole) => {
    const volume = await readMetaImage(whole);
    expect(volume).toMatchObject({ size: [2, 3, 4], spacing: [0.5, 0.75, 3], origin: [1, 2, 3], pixelType: 'int16' });
    expect(Array.from(volume.direction)).toStrictEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
    expect(volume.data).toStrictEqual(values);
  });

  it('reads the file of voxels beside an .mhd, and no other', async () => {
    const { path, remove } = folderOf({ 'a.mhd': header({ ElementDataFile: 'a.raw' }), 'a.raw': bytes, 'b.mhd': header({ ElementDataFile: 'gone.raw' }), 'sub/c.mhd': header({ ElementDataFile: '../a.raw' }) });
    removals.push(remove);
    expect((await readImage(`${path}/a.mhd`)).data).toStrictEqual(values);
    expect(await kindOf(() => readImage(`${path}/b.mhd`))).toBe('missing');
    expect(await kindOf(() => readImage(`${path}/sub/c.mhd`))).toBe('detached');
  });

  it.each([
    ['4 dimensions', file(bytes, { NDims: '4' }), 'dimension'],
    ['several channels', file(bytes, { ElementNumberOfChannels: '3' }), 'pixel-type'],
    ['a list of files', file(bytes, { ElementDataFile: 'LIST' }), 'detached'],
    ['text', file(bytes, { BinaryData: 'False' }), 'encoding'],
    ['sheared axes', file(bytes, { TransformMatrix: '1 0 0 0.5 1 0 0 0 1' }), 'direction'],
    ['a spacing of zero', file(bytes, { ElementSpacing: '0 1 1' }), 'spacing'],
    ['a cut file', file(bytes.subarray(0, 40)), 'truncated'],
  ])('refuses %s', async (_, whole, kind) => {
    expect(await kindOf(() => readMetaImage(whole))).toBe(kind);
  });
});
