import { symlinkSync, writeFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { looksLikeDicom, parseDicom } from './dicom/parse.js';
import { folderOf } from './fixtures/folder.js';
import { Fragments, slice, SYNTAX, writeDicom, type Elements } from './fixtures/write-dicom.js';
import { ImageFileError, readImage, readMask, writeNifti, writeNrrd, type Volume } from './index.js';

const removals: (() => void)[] = [];
afterEach(() => removals.splice(0).forEach((remove) => remove()));
const fileOf = (bytes: Uint8Array, name = 'Jane-Doe.img'): string => {
  const { path, remove } = folderOf({ [name]: bytes });
  removals.push(remove);
  return `${path}/${name}`;
};

/** Refused with a sentence that names no file, within seconds (of a busy machine), without the memory that was declared. */
async function refused(bytes: Uint8Array): Promise<ImageFileError> {
  const path = fileOf(bytes);
  const before = process.memoryUsage();
  const start = performance.now();
  const error: unknown = await readImage(path).then(() => null, (reason: unknown) => reason);
  const after = process.memoryUsage();
  expect(performance.now() - start).toBeLessThan(20_000);
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(600e6);
  expect(after.heapUsed - before.heapUsed).toBeLessThan(300e6);
  expect(error).toBeInstanceOf(ImageFileError);
  const { message, kind } = error as ImageFileError;
  expect(message).toMatch(/^[A-Z].*[.?]$/s);
  expect(message).not.toMatch(/Jane|tmp/);
  return Object.assign(error as ImageFileError, { kind });
}

const nested = (depth: number): Elements => {
  let inner: Elements = [[0x00080100, 'SH', 'X']];
  for (let i = 0; i < depth; i++) inner = [[0x0040a730, 'SQ', [inner]]];
  return [...inner, ...slice()];
};

describe('fault 39: a DICOM file made to harm', () => {
  it.each([
    ['defined lengths', {}],
    ['undefined lengths', { undefinedLengths: true }],
    ['implicit elements that do not say they are sequences', { syntax: SYNTAX.implicit }],
    ['implicit elements of undefined length', { syntax: SYNTAX.implicit, undefinedLengths: true }],
    ['big endian', { syntax: SYNTAX.bigEndian, undefinedLengths: true }],
  ])('that nests sequences 300 deep is refused: %s', async (_, writing) => {
    expect((await refused(writeDicom(nested(300), writing))).kind).toBe('nesting');
  });

  it('may nest 60 deep', async () => {
    expect((await readImage(fileOf(writeDicom(nested(60))))).size).toStrictEqual([3, 2, 1]);
  });

  it('that nests a million deep in 24 MB is refused at once', async () => {
    const item = Buffer.from('40 00 30 a7 53 51 00 00 ff ff ff ff fe ff 00 e0 ff ff ff ff'.replaceAll(' ', ''), 'hex');
    const bytes = Buffer.concat([writeDicom([]), ...new Array<Buffer>(1_000_000).fill(item)]);
    expect((await refused(bytes)).kind).toBe('nesting');
  });

  it('that declares 4 GB of pixels over 3 KB is refused, by its length and by its size', async () => {
    const whole = writeDicom(slice({ more: [[0x00104000, 'LT', 'x'.repeat(3000)]] }));
    const declared = Buffer.from(whole);
    declared.writeUInt32LE(0xfffffff0, whole.length - 12 - 4);
    expect((await refused(declared)).message).toBe('The DICOM file declares 4294967280 bytes of pixel data and holds 12. Copy it again from its source.');
    expect((await refused(writeDicom(slice({ rows: 65535, columns: 65535, pixels: [1, 2, 3] })))).kind).toMatch(/too-large|truncated/);
    expect((await refused(writeDicom(slice({ rows: 4000, columns: 4000, pixels: [1, 2, 3] })))).kind).toBe('truncated');
    expect((await refused(writeDicom(slice({ more: [[0x00280008, 'IS', 2000000000]] })))).kind).toBe('too-large');
  });

  it('whose deflated data set inflates to gigabytes is refused', async () => {
    const head = writeDicom([], { syntax: SYNTAX.deflated });
    const bomb = deflateRawSync(Buffer.concat([writeDicom(slice(), { preamble: false }), Buffer.alloc(300e6)]));
    expect(bomb.length).toBeLessThan(400_000);
    expect((await refused(Buffer.concat([head.subarray(0, head.length - deflateRawSync(Buffer.alloc(0)).length), bomb]))).kind).toBe('too-large');
  });

  it('of millions of empty elements is refused', async () => {
    const element = Buffer.from('09001000 4c4f 0000'.replaceAll(' ', ''), 'hex');
    expect((await refused(Buffer.concat([writeDicom([]), ...new Array<Buffer>(1_100_000).fill(element)]))).message).toContain('more than 1000000 elements');
  });

  it.each([
    ['JPEG 2000', SYNTAX.jpeg2000, 'ff4fff51002f0000 7fffffff 7fffffff 00000000 00000000 7fffffff 7fffffff 00000000 00000000 0001 0f0101'],
    ['JPEG', SYNTAX.jpegLossless, 'ffd8ffc3000b10ffffffff01011100'],
    ['RLE', SYNTAX.rle, `02000000 40000000 42000000${'00'.repeat(52)} 0001 0001`],
  ])('whose %s pixels declare another size than its header is refused', async (_, syntax, hex) => {
    expect((await refused(writeDicom(slice({ pixels: new Fragments([Buffer.from(hex.replaceAll(' ', ''), 'hex')]) }), { syntax }))).kind).toMatch(/^dicom$/);
  });

  it.each(['%PDF-1.7', 'PK\x03\x04', 'MZ', '\x7fELF', '<html><script>'])('that is a file of another kind too (%j before it) is read as DICOM and as nothing else', async (magic) => {
    const bytes = writeDicom(slice());
    bytes.write(magic, 0, 'latin1');
    expect((await readImage(fileOf(bytes, 'Jane-Doe.exe'))).size).toStrictEqual([3, 2, 1]);
  });

  it('with private tags of 40 MB, or names in no known characters, is read without them, and refused without a word of them', async () => {
    const secret = Buffer.concat([Buffer.from([0xff, 0xfe, 0x80]), Buffer.from('Jane Doe')]);
    const odd: Elements = [[0x00080005, 'CS', 'NO_SUCH_SET'], [0x00091010, 'UN', Buffer.alloc(40_000_000, 'Jane ')], [0x00100010, 'PN', secret]];
    const before = process.memoryUsage().arrayBuffers;
    expect((await readImage(fileOf(writeDicom(slice({ more: odd }))))).size).toStrictEqual([3, 2, 1]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300e6);
    expect((await refused(writeDicom(slice({ more: odd, rows: 4000, columns: 4000, pixels: [1, 2, 3] })))).kind).toBe('truncated');
  });

  it('behind a link out of its folder is not read, and one whose name is in no known characters is refused without its name', async () => {
    const outside = fileOf(writeDicom(slice({ z: 1 })), 'Jane-Doe-2.dcm');
    const { path, remove } = folderOf({ 'one.dcm': writeDicom(slice()) });
    removals.push(remove);
    symlinkSync(outside, `${path}/two.dcm`);
    symlinkSync(path, `${path}/round`);
    expect((await readImage(path)).size).toStrictEqual([3, 2, 1]);
    writeFileSync(Buffer.concat([Buffer.from(`${path}/Jane`), Buffer.from([0xff, 0xfe]), Buffer.from('.dcm')]), writeDicom(slice({ z: 2 })));
    const error: unknown = await readImage(path).then(() => null, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(ImageFileError);
    expect((error as ImageFileError).message).not.toMatch(/Jane|tmp/);
  });

  it('of an unknown transfer syntax is refused with what to do', async () => {
    expect((await refused(writeDicom(slice(), { syntax: '1.2.840.10008.1.2.4.100' }))).message).toBe('Transfer syntax 1.2.840.10008.1.2.4.100 is not readable. Convert the file, for example with: dcmconv +te in out.');
    expect((await refused(writeDicom(slice(), { syntax: 'Jane Doe' }))).message).not.toContain('Jane');
  });
});

const volume = (pixelType: 'int16' | 'float32' = 'int16'): Volume => {
  const values = Array.from({ length: 60 }, (_, i) => i);
  return { size: [5, 4, 3], spacing: [1, 2, 3], origin: [0, 0, 0], direction: new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]), pixelType, data: pixelType === 'int16' ? Int16Array.from(values) : Float32Array.from(values) };
};
const metaImage = (size: string, body: Uint8Array, more = ''): Buffer =>
  Buffer.concat([Buffer.from(`ObjectType = Image\nNDims = 3\nBinaryData = True\n${more}ElementSpacing = 1 2 3\nDimSize = ${size}\nElementType = MET_SHORT\nElementDataFile = LOCAL\n`), body]);
const nrrd = (sizes: string, encoding: string, body: Uint8Array): Buffer => Buffer.concat([Buffer.from(`NRRD0004\ntype: short\ndimension: 3\nsizes: ${sizes}\nencoding: ${encoding}\nendian: little\n\n`), body]);

describe('fault 39: a volume file made to harm', () => {
  const zeros = gzipSync(Buffer.alloc(100e6));

  it.each([
    ['NRRD', nrrd('2000 2000 500', 'raw', Buffer.alloc(3000)), 'too-large'],
    ['NRRD, compressed', nrrd('1000 1000 500', 'gzip', gzipSync(Buffer.alloc(3000))), 'truncated'],
    ['NRRD whose stream is longer than its header says', nrrd('100 100 100', 'gzip', zeros), 'compression'],
    ['NRRD, a thousand times larger than its file', nrrd('1000 1000 300', 'gzip', gzipSync(Buffer.alloc(600e6), { level: 1 })), 'too-large'],
    ['NRRD as text', nrrd('1000 1000 500', 'ascii', Buffer.from('1 2 3')), 'truncated'],
    ['NRRD without an end of its header', Buffer.from(`NRRD0004\n${'#\n'.repeat(1e6)}`), 'truncated'],
    ['MetaImage', metaImage('2000 2000 500', Buffer.alloc(3000)), 'too-large'],
    ['MetaImage, compressed', metaImage('100 100 100', zeros, 'CompressedData = True\n'), 'compression'],
    ['MetaImage that names a file elsewhere', Buffer.from(metaImage('5 4 3', Buffer.alloc(0)).toString().replace('LOCAL', '../../etc/passwd')), 'detached'],
    ['NIfTI that is a stream of zeros', gzipSync(Buffer.alloc(50e6)), 'format'],
    ['an empty file', Buffer.alloc(0), 'format'],
    ['a file of another kind', Buffer.from('%PDF-1.4 and so on, for a while and longer than any magic number'), 'format'],
  ])('is refused: %s', async (_, bytes, kind) => {
    expect((await refused(bytes)).kind).toBe(kind);
  });
});

describe('fault 39: files cut off or changed at any place', () => {
  /** A small generator of reproducible numbers (Numerical Recipes' constants). */
  const generator = (seed: number) => () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const files: readonly (readonly [string, () => Promise<Uint8Array>])[] = [
    ['DICOM', async () => writeDicom(slice({ more: [[0x00081140, 'SQ', [[[0x00081155, 'UI', '1.2']]]]] }), { undefinedLengths: true })],
    ['implicit DICOM', async () => writeDicom(slice({ more: [[0x00081140, 'SQ', [[[0x00081155, 'UI', '1.2']]]]] }), { syntax: SYNTAX.implicit })],
    ['NRRD', () => writeNrrd(volume())],
    ['NIfTI', async () => writeNifti(volume('float32'))],
    ['NIfTI, plain', async () => writeNifti(volume(), { compressed: false })],
    ['MetaImage', async () => metaImage('5 4 3', Buffer.alloc(120))],
  ];

  it.each(files)('are read or refused, never a crash: %s', async (_, make) => {
    const whole = await make();
    const random = generator(7);
    const tries = [
      ...Array.from({ length: 40 }, (__, i) => whole.subarray(0, Math.floor((whole.length * i) / 40))),
      ...Array.from({ length: 160 }, () => {
        const changed = Uint8Array.from(whole);
        for (let k = 0; k < 3; k++) changed[Math.floor(random() * changed.length)] = [0, 1, 0x7f, 0xff, Math.floor(random() * 256)][Math.floor(random() * 5)]!;
        return changed;
      }),
    ];
    const path = fileOf(new Uint8Array(0));
    for (const bytes of tries) {
      writeFileSync(path, bytes);
      for (const reading of [() => readImage(path), () => readMask(path, volume(), { label: 1 })]) {
        const error: unknown = await reading().then(() => null, (reason: unknown) => reason);
        if (error !== null) expect(error).toBeInstanceOf(ImageFileError);
      }
    }
  });

  it('any bytes that begin as DICOM are parsed or refused', () => {
    const random = generator(11);
    for (let k = 0; k < 300; k++) {
      const bytes = Uint8Array.from({ length: 400 }, () => (random() < 0.4 ? 0 : Math.floor(random() * 256)));
      bytes.set(Buffer.from('DICM'), 128);
      expect(looksLikeDicom(bytes)).toBe(true);
      try {
        parseDicom(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ImageFileError);
      }
    }
  });
});
