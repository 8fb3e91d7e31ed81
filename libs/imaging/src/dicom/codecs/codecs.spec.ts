import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeJpegLossless } from '../../fixtures/encode-jpeg-lossless.js';
import { folderOf } from '../../fixtures/folder.js';
import { Fragments, slice, SYNTAX, writeDicom, type SliceFields } from '../../fixtures/write-dicom.js';
import { ImageFileError, readImage, type SeriesOptions, type Volume } from '../../index.js';

const [ROWS, COLUMNS] = [48, 40];
/** Smooth with noise and both ends of the range, so that every code length occurs. */
const ramp = (bits: number): number[] => Array.from({ length: ROWS * COLUMNS }, (_, i) => (i === 7 ? 2 ** bits - 1 : i === 8 ? 0 : (i * 37 + (i % COLUMNS) * (i % 13)) % 2 ** bits));

const removals: (() => void)[] = [];
afterEach(() => removals.splice(0).forEach((remove) => remove()));

async function read(parts: readonly Uint8Array[], syntax: string, { options = {}, offsets = [], ...fields }: SliceFields & { options?: SeriesOptions; offsets?: readonly number[] } = {}): Promise<Volume> {
  const file = writeDicom(slice({ rows: ROWS, columns: COLUMNS, bits: [16, 12, 11], ...fields, pixels: new Fragments(parts, offsets) }), { syntax });
  const { path, remove } = folderOf({ file });
  removals.push(remove);
  return readImage(`${path}/file`, options);
}

interface Encoder {
  getDecodedBuffer(frame: object): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setNearLossless?(allowed: number): void;
  encode(): void;
}

const load = createRequire(import.meta.url);
/** The encoders of the codec packages, other code than the decoders tested. */
async function encode(name: string, encoder: string, pixels: readonly number[], { bits = 12, signed = false, near = 0 } = {}): Promise<Uint8Array> {
  const factory = load(`@cornerstonejs/${name}/wasmjs`) as (options: object) => Promise<Record<string, new () => Encoder>>;
  const one = new ((await factory({ print: () => undefined, printErr: () => undefined }))[encoder]!)();
  const stored = bits <= 8 ? Uint8Array.from(pixels) : Uint16Array.from(pixels);
  one.getDecodedBuffer({ width: COLUMNS, height: ROWS, bitsPerSample: bits, componentCount: 1, isSigned: signed, isUsingColorTransform: false }).set(new Uint8Array(stored.buffer));
  if (near > 0) one.setNearLossless!(near);
  one.encode();
  return Uint8Array.from(one.getEncodedBuffer());
}

/** PackBits with one run of equal bytes and literals. */
function encodeRle(planes: readonly (readonly number[])[]): Uint8Array {
  const packed = planes.map((plane) => {
    const bytes: number[] = [];
    for (let i = 0; i < plane.length; ) {
      let run = 1;
      while (run < 128 && plane[i + run] === plane[i]) run++;
      if (run > 1) bytes.push(257 - run, plane[i]!);
      else bytes.push(0, plane[i]!);
      i += run;
    }
    return [...bytes, ...(bytes.length % 2 ? [128] : [])];
  });
  const header = new Uint32Array(16);
  header[0] = planes.length;
  packed.forEach((_, i) => (header[i + 1] = 64 + packed.slice(0, i).reduce((sum, one) => sum + one.length, 0)));
  return Uint8Array.from([...new Uint8Array(header.buffer), ...packed.flat()]);
}

describe('compressed pixels', () => {
  it('in RLE: byte planes, the high one first', async () => {
    const pixels = ramp(12).map((value, i) => (i > 100 && i < 450 ? 0x0abc : value));
    const planes = [pixels.map((value) => value >> 8), pixels.map((value) => value & 255)];
    expect(Array.from((await read([encodeRle(planes)], SYNTAX.rle)).data)).toStrictEqual(pixels);
  });

  it.each([1, 2, 3, 4, 5, 6, 7])('in JPEG lossless with predictor %d', async (predictor) => {
    const pixels = ramp(12);
    const encoded = encodeJpegLossless(pixels, { rows: ROWS, columns: COLUMNS, precision: 12, predictor });
    expect(Array.from((await read([encoded], SYNTAX.jpegLossless)).data)).toStrictEqual(pixels);
  });

  it('in JPEG lossless of 16 bits, with the difference of 32768, restarts and a point transform', async () => {
    const pixels = ramp(16).map((value, i) => (i === 40 ? 0 : i === 41 ? 32768 : value));
    const format = { rows: ROWS, columns: COLUMNS, precision: 16, predictor: 6 };
    const fields = { bits: [16, 16, 15] as const };
    for (const restart of [0, COLUMNS, 2 * COLUMNS]) {
      expect(Array.from((await read([encodeJpegLossless(pixels, { ...format, restart })], SYNTAX.jpegLossless, fields)).data)).toStrictEqual(pixels);
    }
    const shifted = await read([encodeJpegLossless(pixels, { ...format, pointTransform: 2 })], SYNTAX.jpegLossless, fields);
    expect(Array.from(shifted.data)).toStrictEqual(pixels.map((value) => value & 0xfffc));
  });

  it.each([
    ['JPEG-LS', SYNTAX.jpegLs, 'codec-charls', 'JpegLSEncoder'],
    ['JPEG 2000', SYNTAX.jpeg2000, 'codec-openjpeg', 'J2KEncoder'],
    ['HTJ2K', SYNTAX.htj2k, 'codec-openjph', 'HTJ2KEncoder'],
  ])('in %s: 12 bits, 8 bits in 16 and 8, and one image in two fragments', async (_, syntax, name, encoder) => {
    const encoded = await encode(name, encoder, ramp(12));
    expect(Array.from((await read([encoded], syntax)).data)).toStrictEqual(ramp(12));
    expect(Array.from((await read([encoded.subarray(0, 100), encoded.subarray(100)], syntax)).data)).toStrictEqual(ramp(12));
    const bytes = await encode(name, encoder, ramp(8), { bits: 8 });
    expect(Array.from((await read([bytes], syntax, { bits: [8, 8, 7] })).data)).toStrictEqual(ramp(8));
    expect(Array.from((await read([bytes], syntax, { bits: [16, 8, 7] })).data)).toStrictEqual(ramp(8));
  });

  it.each([
    ['JPEG 2000', SYNTAX.jpeg2000, 'codec-openjpeg', 'J2KEncoder'],
    ['HTJ2K', SYNTAX.htj2k, 'codec-openjph', 'HTJ2KEncoder'],
  ])('in %s of signed values', async (_, syntax, name, encoder) => {
    const values = ramp(15).map((value) => value - 2 ** 14);
    const encoded = await encode(name, encoder, values, { bits: 16, signed: true });
    expect(Array.from((await read([encoded], syntax, { bits: [16, 16, 15], signed: true })).data)).toStrictEqual(values);
  });

  it('in several frames, found by their offsets when a frame has several fragments', async () => {
    const frames = await Promise.all([ramp(12), ramp(12).map((value) => value ^ 5)].map((pixels) => encode('codec-charls', 'JpegLSEncoder', pixels)));
    const halves = frames.flatMap((bytes) => [bytes.subarray(0, 50), bytes.subarray(50)]);
    const second = halves.slice(0, 2).reduce((sum, { length }) => sum + 8 + length + (length & 1), 0);
    const place = (z: number) => [[0x00209113, 'SQ', [[[0x00200032, 'DS', [0, 0, z]]]]]] as const;
    const more = [[0x00280008, 'IS', 2], [0x52009230, 'SQ', [place(0), place(3)]]] as const;
    const volume = await read(halves, SYNTAX.jpegLs, { offsets: [0, second], more });
    expect(Array.from(volume.data)).toStrictEqual([...ramp(12), ...ramp(12).map((value) => value ^ 5)]);
    await expect(read(halves, SYNTAX.jpegLs, { more })).rejects.toThrow('it does not say where its frames begin');
  });

  it('that lost something are refused, whatever the file says of baseline JPEG; a reversible image in a lossy syntax is read', async () => {
    const near = await encode('codec-charls', 'JpegLSEncoder', ramp(12), { near: 2 });
    await expect(read([near], SYNTAX.jpegLsNear)).rejects.toThrow('The images are lossy-compressed (JPEG-LS). Texture features would change. Ask the PACS for the original.');
    const allowed = await read([near], SYNTAX.jpegLsNear, { options: { allowLossy: true } });
    allowed.data.forEach((value, i) => expect(Math.abs(value - ramp(12)[i]!)).toBeLessThanOrEqual(2));
    const reversible = await encode('codec-openjpeg', 'J2KEncoder', ramp(12));
    expect(Array.from((await read([reversible], SYNTAX.jpeg2000Lossy, { more: [[0x00282110, 'CS', '00']] })).data)).toStrictEqual(ramp(12));
    await expect(read([reversible], SYNTAX.jpegBaseline, { more: [[0x00282110, 'CS', '00']] })).rejects.toThrow('lossy-compressed (JPEG)');
  });

  it('of baseline JPEG are read when allowed, a few grey levels off', async () => {
    const smooth = Array.from({ length: ROWS * COLUMNS }, (_, i) => 40 + (i % COLUMNS) * 4 + Math.floor(i / COLUMNS));
    const factory = load('@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs') as (options: object) => Promise<Record<string, unknown>>;
    expect(Object.keys(await factory({}))).toContain('JPEGDecoder');
    const encoded = await encode('codec-libjpeg-turbo-8bit', 'JPEGEncoder', smooth, { bits: 8 });
    const volume = await read([encoded], SYNTAX.jpegBaseline, { bits: [8, 8, 7], options: { allowLossy: true } });
    volume.data.forEach((value, i) => expect(Math.abs(value - smooth[i]!)).toBeLessThanOrEqual(8));
  });
});

describe('damaged compressed pixels are refused', () => {
  const kinds: readonly (readonly [string, string, () => Promise<Uint8Array>])[] = [
    ['RLE', SYNTAX.rle, async () => encodeRle([ramp(12).map((value) => value >> 8), ramp(12).map((value) => value & 255)])],
    ['JPEG lossless', SYNTAX.jpegLossless, async () => encodeJpegLossless(ramp(12), { rows: ROWS, columns: COLUMNS, precision: 12, predictor: 1 })],
    ['JPEG-LS', SYNTAX.jpegLs, () => encode('codec-charls', 'JpegLSEncoder', ramp(12))],
    ['JPEG 2000', SYNTAX.jpeg2000, () => encode('codec-openjpeg', 'J2KEncoder', ramp(12))],
    ['HTJ2K', SYNTAX.htj2k, () => encode('codec-openjph', 'HTJ2KEncoder', ramp(12))],
  ];

  it.each(kinds)('%s of another size, and without a header', async (_, syntax, encoded) => {
    const bytes = await encoded();
    await expect(read([bytes], syntax, { rows: 4000, columns: 4000 })).rejects.toBeInstanceOf(ImageFileError);
    await expect(read([bytes.subarray(0, 20)], syntax)).rejects.toBeInstanceOf(ImageFileError);
    await expect(read([new Uint8Array(100).fill(0xff)], syntax)).rejects.toBeInstanceOf(ImageFileError);
  });

  it.each(kinds.filter(([name]) => ['RLE', 'JPEG lossless'].includes(name)))('%s that is cut off', async (_, syntax, encoded) => {
    const bytes = await encoded();
    await expect(read([bytes.subarray(0, bytes.length - 40)], syntax)).rejects.toThrow('cut off');
  });
});
