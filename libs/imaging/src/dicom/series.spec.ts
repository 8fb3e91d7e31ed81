import { afterEach, describe, expect, it } from 'vitest';
import { folderOf } from '../fixtures/folder.js';
import { slice, SYNTAX, writeDicom, type Elements, type SliceFields } from '../fixtures/write-dicom.js';
import { ImageFileError, listSeries, readImage, type SeriesOptions, type Volume } from '../index.js';

const removals: (() => void)[] = [];
afterEach(() => removals.splice(0).forEach((remove) => remove()));

const folder = (files: Readonly<Record<string, Uint8Array | string>>): string => {
  const { path, remove } = folderOf(files);
  removals.push(remove);
  return path;
};
const series = (fields: readonly SliceFields[], syntax?: string): string =>
  folder(Object.fromEntries(fields.map((one, i) => [`IM${String(100 - i)}`, writeDicom(slice(one), syntax ? { syntax } : {})])));
const read = (fields: readonly SliceFields[], options?: SeriesOptions): Promise<Volume> => readImage(series(fields), options);
async function refusal(reading: Promise<unknown>): Promise<ImageFileError> {
  const error: unknown = await reading.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(ImageFileError);
  return error as ImageFileError;
}
const at = (...zs: number[]): SliceFields[] => zs.map((z) => ({ z }));
const RESCALE = (slope: number, intercept: number): Elements => [[0x00281052, 'DS', intercept], [0x00281053, 'DS', slope]];

describe('a DICOM series', () => {
  it('is ordered by position, not by file name, and placed by its positions alone', async () => {
    const volume = await read([{ z: 6, more: [[0x00180050, 'DS', 1], [0x00180088, 'DS', 9]] }, { z: 0 }, { z: 3 }]);
    expect(volume).toMatchObject({ size: [3, 2, 3], spacing: [0.5, 0.75, 3], origin: [10, 20, 0], pixelType: 'float32', source: { seriesInstanceUid: '1.2.3', frameOfReferenceUid: '1.2.9' } });
    expect(Array.from(volume.direction)).toStrictEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(Array.from(volume.data)).toStrictEqual([0, 1, 2, 3, 4, 5, 30, 31, 32, 33, 34, 35, 60, 61, 62, 63, 64, 65]);
  });

  it.each(Object.entries({ implicit: SYNTAX.implicit, deflated: SYNTAX.deflated, 'big endian': SYNTAX.bigEndian }))('reads the same in %s', async (_, syntax) => {
    const expected = await read(at(0, 3));
    expect(await readImage(series(at(0, 3), syntax))).toStrictEqual(expected);
  });

  it('reads files without a preamble, nested folders and files of other kinds beside', async () => {
    const expected = await read(at(0, 3));
    const path = folder({ 'a/b/1': writeDicom(slice({ z: 0 }), { preamble: false }), 'a/2': writeDicom(slice({ z: 3 }), { preamble: false, syntax: SYNTAX.implicit }), 'notes.txt': 'about the patient', DICOMDIR: 'x' });
    expect(await readImage(path)).toStrictEqual(expected);
  });

  it('turns the axes of a sagittal series: columns run along y, rows along −z, slices along −x', async () => {
    const orientation = [0, 1, 0, 0, 0, -1];
    const volume = await read([4, 0, 2].map((x) => ({ z: x, position: [x, 20, 30], orientation })));
    expect(Array.from(volume.direction, (value) => value + 0)).toStrictEqual([0, 0, -1, 1, 0, 0, 0, -1, 0]);
    expect(volume).toMatchObject({ origin: [4, 20, 30], spacing: [0.5, 0.75, 2] });
    expect(Array.from(volume.data).filter((_, i) => i % 6 === 0)).toStrictEqual([40, 20, 0]);
  });

  it('scales every slice by its own slope and says that they differ', async () => {
    const volume = await read([{ z: 0, more: RESCALE(0.5, 1) }, { z: 3, more: RESCALE(0.25, 0) }]);
    expect(Array.from(volume.data)).toStrictEqual([1, 1.5, 2, 2.5, 3, 3.5, 7.5, 7.75, 8, 8.25, 8.5, 8.75]);
    expect(volume.notes).toStrictEqual(['The slices have different rescale slopes; each was scaled by its own.']);
  });

  it.each([
    ['the stored type', {}, undefined, 'uint16'],
    ['a signed one when an intercept makes it negative', { more: RESCALE(1, -1024) }, undefined, 'int16'],
    ['a wide one when a slope makes it large', { more: RESCALE(100, 0) }, undefined, 'int32'],
    ['a real one when a slope is not whole', { more: RESCALE(0.5, 0) }, undefined, 'float32'],
    ['bytes', { bits: [8, 8, 7] as const }, undefined, 'uint8'],
  ])('keeps whole numbers whole when asked: %s', async (_, fields: SliceFields, __, pixelType) => {
    const options = { wholeNumbers: true };
    const volume = await read([{ ...fields, z: 0 }, { ...fields, z: 3 }], options);
    expect(volume.pixelType).toBe(pixelType);
    const real = await read([{ ...fields, z: 0 }, { ...fields, z: 3 }]);
    expect(Array.from(volume.data)).toStrictEqual(Array.from(real.data));
  });

  it('reads the stored bits alone, with their sign: overlays in the high bits and a shifted high bit are cut off', async () => {
    const low = await read([{ signed: true, pixels: [0xf001, 0xfff, 0x800, 0x7ff, 0, 5] }]);
    expect(Array.from(low.data)).toStrictEqual([1, -1, -2048, 2047, 0, 5]);
    const high = await read([{ bits: [16, 12, 15], pixels: [0x1234, 0xfff0, 15, 16, 0, 0x8000] }]);
    expect(Array.from(high.data)).toStrictEqual([0x123, 0xfff, 0, 1, 0, 0x800]);
  });

  it('notes padding, and leaves its values as they are', async () => {
    const volume = await read([{ signed: true, bits: [16, 16, 15], pixels: [-2000, -2000, -2000, 1, 2, 3], more: [[0x00280120, 'SS', -2000]] }]);
    expect(volume.data[0]).toBe(-2000);
    expect(volume.notes).toContain('50.0 % of the voxels are padding outside the scanned field; their values are no measurements.');
  });

  it('drops a slice that lies twice at one place when its pixels are the same, else refuses', async () => {
    const expected = await read(at(0, 3));
    expect(await read([...at(0, 3), { z: 3 }])).toStrictEqual(expected);
    expect((await refusal(read([...at(0, 3), { z: 3, pixels: [9, 9, 9, 9, 9, 9] }]))).kind).toBe('duplicate');
  });

  it('names the gap where slices are missing', async () => {
    const error = await refusal(read(at(0, 6, 12, 24, 30)));
    expect(error.kind).toBe('missing-slice');
    expect(error.message).toBe('5 of 6 slices found: gap of 12.0 mm between slices 3 and 4 (expected 6.0). Export the series from the PACS again.');
    expect((await read(at(0, 6, 12, 24, 30), { allowUneven: true })).notes).toStrictEqual(['5 of 6 slices found: gap of 12.0 mm between slices 3 and 4 (expected 6.0). Read as if evenly spaced.']);
  });

  it('accepts spacing that varies by 1 %, notes 5 %, refuses 20 %', async () => {
    expect((await read(at(0, 6, 12.05, 18))).notes).toBeUndefined();
    expect((await read(at(0, 6, 12.3, 18))).notes).toStrictEqual(['Slice spacing varies from 5.70 to 6.30 mm (10 %). Recorded.']);
    expect((await refusal(read(at(0, 6, 13.2, 18)))).kind).toBe('uneven');
  });

  it('refuses slices shifted sideways, axes that are not at right angles, and slices without a place', async () => {
    expect((await refusal(read([{ z: 0 }, { z: 3, position: [10, 21, 3] }, { z: 6, position: [10, 22, 6] }]))).kind).toBe('sheared');
    expect((await refusal(read(at(0, 3).map((one) => ({ ...one, orientation: [1, 0, 0, 0.2, 0.98, 0] }))))).kind).toBe('direction');
    expect((await refusal(read(at(0, 3).map((one) => ({ ...one, more: [[0x00200032, 'DS', '']] as Elements }))))).kind).toBe('geometry');
  });

  it('refuses lossy images unless told otherwise, and says how they were compressed', async () => {
    const lossy = at(0, 3).map((one) => ({ ...one, more: [[0x00282110, 'CS', '01'], [0x00282112, 'DS', 12]] as Elements }));
    expect((await refusal(read(lossy))).message).toBe('The images are lossy-compressed (before this copy, ratio 12). Texture features would change. Ask the PACS for the original.');
    expect((await read(lossy, { allowLossy: true })).size).toStrictEqual([3, 2, 2]);
  });

  it('refuses a series whose slices belong to two patients, without naming them', async () => {
    const error = await refusal(read([{ z: 0, patient: 'Jane' }, { z: 3, patient: 'John' }]));
    expect(error.kind).toBe('identity');
    expect(error.message).not.toMatch(/Jane|John/);
  });
});

describe('a folder of several volumes', () => {
  const diffusion = (bValue: number, z: number): SliceFields => ({ z, more: [[0x00189087, 'FD', bValue]], pixels: [bValue, 1, 2, 3, 4, 5] });

  it('is split by b-value; the volume is chosen by its id', async () => {
    const path = series([diffusion(0, 0), diffusion(800, 0), diffusion(0, 3), diffusion(800, 3)]);
    const { series: found } = await listSeries(path);
    expect(found.map(({ bValue, slices, modality }) => ({ bValue, slices, modality }))).toStrictEqual([{ bValue: 0, slices: 2, modality: 'MR' }, { bValue: 800, slices: 2, modality: 'MR' }]);
    expect((await readImage(path, { series: found[1]!.id })).data[0]).toBe(800);
    const error = await refusal(readImage(path));
    expect(error.message).toBe(`The folder holds 2 volumes: ${found[0]!.id} (2 slices, 3×2), ${found[1]!.id} (2 slices, 3×2). Choose one by its id.`);
    expect((await refusal(readImage(path, { series: 'none' }))).kind).toBe('series');
  });

  it.each([
    ['Philips', [[0x20011003, 'FL', 700]] as Elements],
    ['GE, with its offset', [[0x00431039, 'IS', '1000000700\\8\\0\\0']] as Elements],
    ['Siemens', [[0x0019100c, 'IS', '700']] as Elements],
  ])('finds the b-value of %s', async (_, more) => {
    expect((await listSeries(series([{ more }]))).series[0]!.bValue).toBe(700);
  });

  it('passes over a localiser: single slices at other angles', async () => {
    const localiser = { z: 50, orientation: [0, 1, 0, 0, 0, -1], position: [0, 0, 0] };
    expect(await read([...at(0, 3), localiser])).toStrictEqual(await read(at(0, 3)));
  });

  it('counts what is no image, and refuses a folder without one', async () => {
    const path = folder({
      colour: writeDicom(slice({ more: [[0x00280002, 'US', 3]] })),
      text: writeDicom(slice({ more: [[0x00280301, 'CS', 'YES']] })),
      report: writeDicom([[0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.88.11']]),
    });
    expect((await listSeries(path)).unusable).toStrictEqual(new Map([['colour', 1], ['no-pixels', 1], ['burned-in', 1]]));
    expect((await refusal(readImage(path))).message).toBe('No image was found; DICOM files: 1 in colour, 1 without pixels, 1 flagged for text burned into the image. Choose the folder of the image.');
    expect((await refusal(readImage(folder({ 'a.txt': 'x' })))).kind).toBe('format');
  });
});

describe('scales beside the displayed one', () => {
  const philips: Elements = [[0x00080070, 'LO', 'Philips'], ...RESCALE(2, 10), [0x2005100e, 'FL', 0.5]];

  it('reads Philips’ floating-point values: DV / (RS · SS)', async () => {
    const volume = await read([{ z: 0, more: philips }, { z: 3, more: philips }], { intensities: 'philips' });
    expect(Array.from(volume.data.subarray(0, 3))).toStrictEqual([10, 12, 14]);
  });

  it('says which scale it read, and refuses the private one where it was removed', async () => {
    expect((await read([{ more: philips }])).notes).toContain('Philips display values are read; their scale differs between scans.');
    const without = philips.filter(([tag]) => tag !== 0x2005100e);
    expect((await read([{ more: without }])).notes).toContain('Philips’ private scale is missing: intensities of different scans cannot be compared without normalisation.');
    expect((await refusal(read([{ more: without }], { intensities: 'philips' }))).kind).toBe('scale');
  });

  it('reads real-world values, and refuses where none are mapped', async () => {
    const more: Elements = [[0x00409096, 'SQ', [[[0x00409224, 'FD', -1], [0x00409225, 'FD', 0.125]]]]];
    expect((await read([{ more }], { intensities: 'real-world' })).data[2]).toBe(-0.75);
    expect((await refusal(read([{}], { intensities: 'real-world' }))).kind).toBe('scale');
  });
});

describe('an enhanced multi-frame file', () => {
  const frame = (z: number, slope: number, bValue?: number): Elements => [
    [0x00209113, 'SQ', [[[0x00200032, 'DS', [10, 20, z]]]]],
    [0x00289145, 'SQ', [[...RESCALE(slope, 0)]]],
    ...(bValue === undefined ? [] : ([[0x00189117, 'SQ', [[[0x00189087, 'FD', bValue]]]]] as Elements)),
  ];
  const shared: Elements = [[0x00209116, 'SQ', [[[0x00200037, 'DS', [1, 0, 0, 0, 1, 0]]]]], [0x00289110, 'SQ', [[[0x00280030, 'DS', [0.75, 0.5]]]]]];
  const file = (frames: readonly Elements[], undefinedLengths = false): Buffer => {
    const pixels = Array.from({ length: 6 * frames.length }, (_, i) => i);
    const top = slice({ pixels, more: [[0x00280008, 'IS', frames.length], [0x52009229, 'SQ', [shared]], [0x52009230, 'SQ', frames]] });
    return writeDicom(top.filter(([tag]) => ![0x00200032, 0x00200037, 0x00280030].includes(tag)), { undefinedLengths });
  };

  it.each([false, true])('places and scales each frame by its own groups, then by the shared ones (undefined lengths: %s)', async (undefinedLengths) => {
    const path = folder({ one: file([frame(3, 10), frame(0, 1)], undefinedLengths) });
    const volume = await readImage(`${path}/one`);
    expect(volume).toMatchObject({ size: [3, 2, 2], spacing: [0.5, 0.75, 3], origin: [10, 20, 0] });
    expect(Array.from(volume.data)).toStrictEqual([6, 7, 8, 9, 10, 11, 0, 10, 20, 30, 40, 50]);
  });

  it('is split by b-value', async () => {
    const path = folder({ one: file([frame(0, 1, 0), frame(3, 1, 0), frame(0, 1, 900), frame(3, 1, 900)]) });
    const { series: found } = await listSeries(path);
    expect(found.map(({ bValue }) => bValue)).toStrictEqual([0, 900]);
    expect(Array.from((await readImage(path, { series: found[1]!.id })).data.subarray(0, 3))).toStrictEqual([12, 13, 14]);
  });
});
