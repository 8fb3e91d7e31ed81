import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ImageFileError, readNifti } from './index.js';

interface Fields {
  readonly dimensions?: readonly number[];
  readonly type?: number;
  readonly slope?: number;
  readonly intercept?: number;
  readonly sform?: readonly number[];
  readonly quaternion?: readonly number[];
  readonly offset?: readonly number[];
  readonly big?: boolean;
  readonly magic?: string;
}

/** A NIfTI file with voxels 0, 1, 2, … of 16 bits. */
function file({ dimensions = [3, 2, 3, 4], type = 4, slope = 0, intercept = 0, sform, quaternion, offset = [0, 0, 0], big = false, magic = 'n+1\0' }: Fields = {}): Buffer {
  const bytes = Buffer.alloc(352 + 48);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setInt32(0, 348, !big);
  dimensions.forEach((length, i) => view.setInt16(40 + 2 * i, length, !big));
  view.setInt16(70, type, !big);
  [1, 0.5, 0.75, 3].forEach((length, i) => view.setFloat32(76 + 4 * i, length, !big));
  view.setFloat32(108, 352, !big);
  view.setFloat32(112, slope, !big);
  view.setFloat32(116, intercept, !big);
  view.setInt16(252, quaternion ? 1 : 0, !big);
  view.setInt16(254, sform ? 1 : 0, !big);
  [...(quaternion ?? [0, 0, 0]), ...offset].forEach((x, i) => view.setFloat32(256 + 4 * i, x, !big));
  sform?.forEach((x, i) => view.setFloat32(280 + 4 * i, x, !big));
  bytes.write(magic, 344, 'latin1');
  for (let i = 0; i < 24; i++) view.setInt16(352 + 2 * i, i - 5, !big);
  return bytes;
}

const upright = [0.5, 0, 0, 10, 0, 0.75, 0, 20, 0, 0, 3, 30];
const refusal = (bytes: Uint8Array): ImageFileError => {
  try {
    readNifti(bytes);
  } catch (error) {
    if (error instanceof ImageFileError) return error;
    throw error;
  }
  throw new Error('the file was read');
};

describe('NIfTI', () => {
  it('turns RAS to LPS, from the sform', () => {
    const volume = readNifti(file({ sform: upright }));
    expect(volume).toMatchObject({ size: [2, 3, 4], spacing: [0.5, 0.75, 3], origin: [-10, -20, 30], pixelType: 'int16' });
    expect(Array.from(volume.direction)).toStrictEqual([-1, 0, 0, 0, -1, 0, 0, 0, 1]);
    expect(Array.from(volume.data.subarray(0, 7))).toStrictEqual([-5, -4, -3, -2, -1, 0, 1]);
    expect(volume.notes).toBeUndefined();
  });

  it('reads the same from the other byte order and from gzip', () => {
    const expected = readNifti(file({ sform: upright }));
    expect(readNifti(file({ sform: upright, big: true }))).toStrictEqual(expected);
    expect(readNifti(gzipSync(file({ sform: upright })))).toStrictEqual(expected);
  });

  it('builds the direction from a quaternion: half a turn about z', () => {
    const { direction, origin } = readNifti(file({ quaternion: [0, 0, 1], offset: [1, 2, 3] }));
    expect(Array.from(direction)).toStrictEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(origin).toStrictEqual([-1, -2, 3]);
  });

  it('applies slope and intercept in single precision; a slope of 0 or NaN is none', () => {
    const scaled = readNifti(file({ sform: upright, slope: 0.5, intercept: 2 }));
    expect(scaled.pixelType).toBe('float32');
    expect(Array.from(scaled.data.subarray(0, 3))).toStrictEqual([-0.5, 0, 0.5]);
    expect(readNifti(file({ sform: upright, slope: NaN, intercept: 2 })).pixelType).toBe('int16');
    expect(readNifti(file({ sform: upright, slope: 0, intercept: 2 })).data[0]).toBe(-5);
  });

  it('notes a qform that disagrees with the sform, and a file without a place', () => {
    expect(readNifti(file({ sform: upright, quaternion: [0, 0, 1] })).notes).toHaveLength(1);
    expect(readNifti(file()).notes).toStrictEqual(['The file states no place in the patient; its own axes count.']);
  });

  it('makes axes orthogonal that are off by less than a thousandth, refuses those that are not', () => {
    const off = (skew: number) => file({ sform: [0.5, 0.75 * skew, 0, 0, 0, 0.75, 0, 0, 0, 0, 3, 0] });
    const { direction } = readNifti(off(5e-4));
    expect(direction[0]! * direction[1]! + direction[3]! * direction[4]! + direction[6]! * direction[7]!).toBeCloseTo(0, 12);
    expect(refusal(off(0.1)).kind).toBe('direction');
  });

  it.each([
    ['a 4-D mask', file({ dimensions: [4, 2, 3, 4, 2] }), 'dimension'],
    ['colours', file({ type: 128 }), 'pixel-type'],
    ['a header of a pair', file({ magic: 'ni1\0' }), 'detached'],
    ['a size of zero', file({ dimensions: [3, 2, 0, 4] }), 'size'],
    ['a cut file', file({ sform: upright }).subarray(0, 380), 'truncated'],
    ['a cut gzip stream', gzipSync(file({ sform: upright })).subarray(0, 90), 'compression'],
    ['gigabytes declared over 3 KB', Buffer.concat([file({ dimensions: [3, 2000, 2000, 500] }), Buffer.alloc(2600)]), 'truncated'],
    ['gigabytes declared over a gzip of 3 KB', gzipSync(file({ dimensions: [3, 2000, 2000, 500] })), 'truncated'],
    ['something else', Buffer.alloc(400, 7), 'format'],
  ])('refuses %s', (_, bytes, kind) => {
    expect(refusal(bytes).kind).toBe(kind);
  });
});
