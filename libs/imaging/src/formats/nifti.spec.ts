import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ImageFileError, readNifti, writeNifti, type Volume } from '../index.js';

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
const withOffset = (offset: number): Buffer => {
  const bytes = file({ sform: upright });
  bytes.writeFloatLE(offset, 108);
  return bytes;
};
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

  it('reads 64-bit whole numbers that fit 32 bits, plain and from gzip', () => {
    const wide = file({ sform: upright, type: 1024 });
    const bytes = Buffer.concat([wide, Buffer.alloc(24 * 8 - 48)]);
    for (let i = 0; i < 24; i++) bytes.writeBigInt64LE(BigInt(i * 100_000 - 7), 352 + 8 * i);
    for (const stored of [bytes, gzipSync(bytes)]) {
      const { pixelType, data } = readNifti(stored);
      expect(pixelType).toBe('int32');
      expect(Array.from(data)).toStrictEqual(Array.from({ length: 24 }, (_, i) => i * 100_000 - 7));
    }
    bytes.writeBigInt64LE(2n ** 40n, 352);
    expect(refusal(bytes).kind).toBe('pixel-type');
  });

  it.each([
    ['a 4-D mask', file({ dimensions: [4, 2, 3, 4, 2] }), 'dimension'],
    ['colours', file({ type: 128 }), 'pixel-type'],
    ['a header of a pair', file({ magic: 'ni1\0' }), 'detached'],
    ['a size of zero', file({ dimensions: [3, 2, 0, 4] }), 'size'],
    ['a cut file', file({ sform: upright }).subarray(0, 380), 'truncated'],
    ['a cut gzip stream', gzipSync(file({ sform: upright })).subarray(0, 90), 'compression'],
    ['a gigabyte declared over 3 KB', Buffer.concat([file({ dimensions: [3, 1000, 1000, 500] }), Buffer.alloc(2600)]), 'truncated'],
    ['a gigabyte declared over a gzip of 3 KB', gzipSync(file({ dimensions: [3, 1000, 1000, 500] })), 'truncated'],
    ['4 GB declared over 3 KB', Buffer.concat([file({ dimensions: [3, 2000, 2000, 500] }), Buffer.alloc(2600)]), 'too-large'],
    ['voxels placed at no number', withOffset(NaN), 'header'],
    ['something else', Buffer.alloc(400, 7), 'format'],
  ])('refuses %s', (_, bytes, kind) => {
    expect(refusal(bytes).kind).toBe(kind);
  });
});

describe('writing NIfTI', () => {
  /** A rotation about a skew axis, and the same with the third axis turned round. */
  const rotation = (angle: number, mirrored: boolean): Float64Array => {
    const [x, y, z] = [2 / 7, 3 / 7, 6 / 7];
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const t = 1 - c;
    const m = [t * x * x + c, t * x * y - s * z, t * x * z + s * y, t * x * y + s * z, t * y * y + c, t * y * z - s * x, t * x * z - s * y, t * y * z + s * x, t * z * z + c];
    return Float64Array.from(m, (value, i) => (mirrored && i % 3 === 2 ? -value : value));
  };
  const volume = (direction: Float64Array): Volume => ({
    size: [3, 2, 4], spacing: [0.5, 0.75, 3], origin: [-11.25, 20.5, 30], direction, pixelType: 'float32', data: Float32Array.from({ length: 24 }, (_, i) => i / 7 - 1),
  });

  it.each([
    [0, false], [0.3, false], [2, true], [Math.PI, false], [Math.PI, true], [-3, false],
  ])('reads back as it was, turned by %d (mirrored: %s)', (angle, mirrored) => {
    const before = volume(rotation(angle, mirrored));
    const after = readNifti(writeNifti(before));
    expect(after.notes).toBeUndefined();
    expect(after).toMatchObject({ size: before.size, spacing: before.spacing, origin: before.origin, pixelType: 'float32' });
    expect(after.data).toStrictEqual(before.data);
    after.direction.forEach((x, i) => expect(x).toBeCloseTo(before.direction[i]!, 6));
  });

  it('keeps sform and qform in step: a reader that only knows the qform sees the same place', () => {
    const bytes = Buffer.from(writeNifti(volume(rotation(2.5, true)), { compressed: false }));
    bytes.writeInt16LE(0, 254);
    readNifti(bytes).direction.forEach((x, i) => expect(x).toBeCloseTo(rotation(2.5, true)[i]!, 6));
  });
});
