import { afterEach, describe, expect, it } from 'vitest';
import { folderOf } from '../fixtures/folder.js';
import { slice, writeDicom, type Elements } from '../fixtures/write-dicom.js';
import { ImageFileError, listRegions, readImage, readMask, type MaskOptions, type Volume } from '../index.js';

const removals: (() => void)[] = [];
afterEach(() => removals.splice(0).forEach((remove) => remove()));
const folder = (files: Readonly<Record<string, Uint8Array>>): string => {
  const { path, remove } = folderOf(files);
  removals.push(remove);
  return path;
};
async function refusal(reading: Promise<unknown>): Promise<ImageFileError> {
  const error: unknown = await reading.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(ImageFileError);
  return error as ImageFileError;
}

/** 12 × 10 pixels of 0.5 × 0.75 mm on 4 slices 3 mm apart, from (10, 20, 0). */
const image = (): Promise<Volume> => readImage(folder(Object.fromEntries([0, 3, 6, 9].map((z) => [`i${z}`, writeDicom(slice({ z, rows: 10, columns: 12 }))]))));
/** Each slice of the mask as rows of text. */
const drawn = ({ data, size: [nx, ny, nz] }: Volume): string[][] =>
  Array.from({ length: nz }, (_, z) => Array.from({ length: ny }, (__, y) => Array.from(data.subarray(nx * (y + ny * z), nx * (y + ny * z) + nx), (value) => (value ? String(value) : '.')).join('')));
const empty = Array.from({ length: 10 }, () => '............');

type Point = readonly [x: number, y: number];
/** A contour given in pixel indices. */
const contour = (slices: number, points: readonly Point[], type = 'CLOSED_PLANAR'): Elements => [
  [0x30060042, 'CS', type], [0x30060050, 'DS', points.flatMap(([x, y]) => [10 + 0.5 * x, 20 + 0.75 * y, 3 * slices])],
];
const box = (x0: number, y0: number, x1: number, y1: number): Point[] => [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];

interface StructureSet {
  readonly series?: string;
  readonly frame?: string;
  readonly regions: Readonly<Record<string, readonly Elements[]>>;
}
const sequence = (tag: number, ...items: readonly Elements[]): Elements[number] => [tag, 'SQ', items];
const structureSet = ({ series = '1.2.3', frame = '1.2.9', regions }: StructureSet): Buffer =>
  writeDicom([
    [0x00080005, 'CS', 'ISO_IR 192'], [0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.481.3'],
    sequence(0x30060010, [[0x00200052, 'UI', frame], sequence(0x30060012, [sequence(0x30060014, [[0x0020000e, 'UI', series]])])]),
    [0x30060020, 'SQ', Object.keys(regions).map((name, i): Elements => [[0x30060022, 'IS', i + 1], [0x30060024, 'UI', frame], [0x30060026, 'LO', name]])],
    [0x30060039, 'SQ', Object.values(regions).map((contours, i): Elements => [[0x30060084, 'IS', i + 1], ...(contours.length > 0 ? ([[0x30060040, 'SQ', contours]] as Elements) : [])])],
  ]);
const drawStructures = async (set: StructureSet, options: MaskOptions = {}): Promise<Volume> => readMask(`${folder({ rs: structureSet(set) })}/rs`, await image(), options);

describe('an RTSTRUCT', () => {
  it('marks the pixels whose centres lie inside, on the slices that have contours', async () => {
    const mask = await drawStructures({ regions: { GTV: [contour(1, box(1.5, 1.5, 5.5, 3.5)), contour(2, [[2, 2], [6.4, 2], [2, 6.4]])] } });
    expect(mask).toMatchObject({ size: [12, 10, 4], spacing: [0.5, 0.75, 3], origin: [10, 20, 0], pixelType: 'uint8' });
    const slices = drawn(mask);
    expect(slices[0]).toStrictEqual(empty);
    expect(slices[1]!.slice(1, 5)).toStrictEqual(['............', '..1111......', '..1111......', '............']);
    expect(slices[2]!.slice(2, 7)).toStrictEqual(['..11111.....', '..1111......', '..111.......', '..11........', '..1.........']);
    expect(slices[3]).toStrictEqual(empty);
  });

  it('cuts holes: a contour in a contour, and one that runs in and out through a slit', async () => {
    const ring = ['.11111......', '.11111......', '.11.11......', '.11111......', '.11111......'];
    const holes = await drawStructures({ regions: { GTV: [contour(0, box(0.5, 0.5, 5.5, 5.5)), contour(0, box(2.5, 2.5, 3.5, 3.5))] } });
    expect(drawn(holes)[0]!.slice(1, 6)).toStrictEqual(ring);
    const slit: Point[] = [[0.5, 0.5], [5.5, 0.5], [5.5, 5.5], [0.5, 5.5], [0.5, 3.2], [2.5, 3.2], [2.5, 3.5], [3.5, 3.5], [3.5, 2.5], [2.5, 2.5], [2.5, 3.2], [0.5, 3.2]];
    expect(drawn(await drawStructures({ regions: { GTV: [contour(0, slit)] } }))[0]!.slice(1, 6)).toStrictEqual(ring);
  });

  it('takes the one drawn region, or the named one, whatever the case, and lists names', async () => {
    const regions = { Körper: [contour(0, box(0.5, 0.5, 9.5, 8.5))], GTVnx: [contour(1, box(1.5, 1.5, 2.5, 2.5))] };
    const path = folder({ rs: structureSet({ regions }), other: writeDicom(slice()) });
    expect(await listRegions(path)).toStrictEqual([{ number: 1, name: 'Körper' }, { number: 2, name: 'GTVnx' }]);
    expect(Array.from((await readMask(path, await image(), { name: 'gtvNX', label: 7 })).data).filter((value) => value !== 0)).toStrictEqual([7]);
    expect((await refusal(readMask(path, await image()))).message).toBe('The file holds 2 regions. Choose one by its name.');
    expect((await refusal(readMask(path, await image(), { name: 'CTV' }))).message).toBe('None of the 2 regions of the file has that name. List its regions and choose one.');
    expect((await drawStructures({ regions: { Empty: [], GTVnx: regions.GTVnx } })).data.includes(1)).toBe(true);
  });

  it('refuses a region without contours, beyond the image, at an angle, or of another series and frame', async () => {
    const gtv = [contour(1, box(1.5, 1.5, 5.5, 3.5))];
    expect((await refusal(drawStructures({ regions: { GTV: [] } }))).kind).toBe('empty-roi');
    expect((await refusal(drawStructures({ regions: { GTV: [contour(1, [[1, 1]], 'POINT')] } }))).kind).toBe('empty-roi');
    expect((await refusal(drawStructures({ regions: { GTV: [contour(9, box(1.5, 1.5, 5.5, 3.5))] } }))).kind).toBe('geometry');
    const tilted: Elements = [[0x30060042, 'CS', 'CLOSED_PLANAR'], [0x30060050, 'DS', [11, 21, 0, 13, 21, 3, 13, 23, 3]]];
    expect((await refusal(drawStructures({ regions: { GTV: [tilted] } }))).message).toContain('at an angle');
    expect((await refusal(drawStructures({ regions: { GTV: gtv }, series: '5.5', frame: '6.6' }))).kind).toBe('reference');
    expect((await drawStructures({ regions: { GTV: gtv }, series: '5.5' })).notes).toStrictEqual(['The mask was drawn on another series of the same frame of reference.']);
  });

  it('says which contours it left out and where the region is interrupted', async () => {
    const square = box(1.5, 1.5, 5.5, 3.5);
    const mask = await drawStructures({ regions: { GTV: [contour(0, square), contour(0, square), contour(0, square.slice(0, 2)), contour(3, square)] } });
    expect(mask.notes).toStrictEqual([
      '2 contours are points, open lines, copies or have fewer than 3 corners; they were left out.',
      '2 slices between drawn ones have no contour; the region is interrupted there.',
    ]);
    expect(Array.from(mask.data).filter((value) => value === 1)).toHaveLength(16);
  });
});

interface Segmentation {
  readonly type?: string;
  readonly segments?: Readonly<Record<number, string>>;
  readonly frames: readonly { readonly segment?: number; readonly position: readonly number[]; readonly pixels: readonly number[] }[];
  readonly rows?: number;
  readonly columns?: number;
}
function segmentation({ type = 'BINARY', segments = { 1: 'GTV' }, frames, rows = 10, columns = 12 }: Segmentation): Buffer {
  const pixels = frames.flatMap((frame) => frame.pixels);
  const packed: Uint8Array = new Uint8Array(Math.ceil(pixels.length / 16) * 2);
  pixels.forEach((value, i) => value && (packed[i >> 3]! |= 1 << (i & 7)));
  const bits = type === 'BINARY' ? 1 : 8;
  return writeDicom([
    [0x00080016, 'UI', `1.2.840.10008.5.1.4.1.1.66.${type === 'LABELMAP' ? 7 : 4}`], sequence(0x00081115, [[0x0020000e, 'UI', '1.2.3']]), [0x00200052, 'UI', '1.2.9'],
    [0x00280002, 'US', 1], [0x00280008, 'IS', frames.length], [0x00280010, 'US', rows], [0x00280011, 'US', columns],
    [0x00280100, 'US', bits], [0x00280101, 'US', bits], [0x00280102, 'US', bits - 1], [0x00280103, 'US', 0],
    [0x00620001, 'CS', type], [0x0062000e, 'US', 200],
    [0x00620002, 'SQ', Object.entries(segments).map(([number, label]): Elements => [[0x00620004, 'US', Number(number)], [0x00620005, 'LO', label]])],
    sequence(0x52009229, [sequence(0x00209116, [[0x00200037, 'DS', [1, 0, 0, 0, 1, 0]]]), sequence(0x00289110, [[0x00280030, 'DS', [0.75, 0.5]], [0x00180050, 'DS', 3]])]),
    sequence(0x52009230, ...frames.map(({ segment, position }) => [
      sequence(0x00209113, [[0x00200032, 'DS', position]]),
      ...(segment === undefined ? [] : [sequence(0x0062000a, [[0x0062000b, 'US', segment]])]),
    ])),
    [0x7fe00010, 'OB', bits === 1 ? packed : Uint8Array.from(pixels)],
  ]);
}
const drawSegments = async (set: Segmentation, options: MaskOptions = {}): Promise<Volume> => readMask(`${folder({ seg: segmentation(set) })}/seg`, await image(), options);
/** A frame of 12 × 10 with values at some places. */
const plane = (...marks: readonly (readonly [x: number, y: number, value?: number])[]): number[] => {
  const pixels = new Array<number>(120).fill(0);
  for (const [x, y, value = 1] of marks) pixels[x + 12 * y] = value;
  return pixels;
};

describe('a DICOM segmentation', () => {
  const frames = [
    { segment: 2, position: [10, 20, 6], pixels: plane([3, 4], [11, 9]) },
    { segment: 1, position: [10, 20, 3], pixels: plane([0, 0], [5, 5]) },
  ];
  const segments = { 1: 'GTV', 2: 'Node' };

  it('of single bits, in frames of any order; slices left out are empty', async () => {
    const mask = await drawSegments({ segments, frames });
    const slices = drawn(mask);
    expect(slices[0]).toStrictEqual(empty);
    expect([slices[1]![0], slices[1]![5], slices[2]![4], slices[2]![9]]).toStrictEqual(['1...........', '.....1......', '...2........', '...........2']);
    expect(slices[3]).toStrictEqual(empty);
    expect(mask.source?.seriesInstanceUid).toBe('1.2.3');
  });

  it('gives one segment by number or by name, under its own number or the label asked for', async () => {
    const values = async (options: MaskOptions) => Array.from((await drawSegments({ segments, frames }, options)).data).filter((value) => value !== 0);
    expect(await values({ label: 2 })).toStrictEqual([2, 2]);
    expect(await values({ name: 'node' })).toStrictEqual([2, 2]);
    expect(await values({ name: 'Node', label: 1 })).toStrictEqual([1, 1]);
    expect((await refusal(drawSegments({ segments, frames }, { label: 5 }))).message).toBe('Segment 5 has no voxel (segments listed: 1, 2).');
  });

  it('of probabilities: a half of the maximum is inside', async () => {
    const mask = await drawSegments({ type: 'FRACTIONAL', frames: [{ segment: 1, position: [10, 20, 0], pixels: plane([1, 1, 99], [2, 1, 100], [3, 1, 200]) }] });
    expect(drawn(mask)[0]![1]).toBe('..11........');
    expect(mask.notes).toStrictEqual(['The segmentation is of probabilities; a half and more is inside.']);
  });

  it('of labels, which the pixels name', async () => {
    const mask = await drawSegments({ type: 'LABELMAP', segments, frames: [{ position: [10, 20, 9], pixels: plane([1, 1, 1], [2, 1, 2]) }] });
    expect(drawn(mask)[3]![1]).toBe('.12.........');
  });

  it('whose segments overlap is refused as a whole and read one by one', async () => {
    const both = [{ segment: 1, position: [10, 20, 3], pixels: plane([5, 5], [6, 5]) }, { segment: 2, position: [10, 20, 3], pixels: plane([5, 5]) }];
    expect((await refusal(drawSegments({ segments, frames: both }))).kind).toBe('overlap');
    expect(drawn(await drawSegments({ segments, frames: both }, { label: 2 }))[1]![5]).toBe('.....2......');
  });

  it('on a grid of its own inside the image is resampled, with a note', async () => {
    const own = [{ segment: 1, position: [11, 21.5, 3], pixels: [1, 0, 1, 1] }, { segment: 1, position: [11, 21.5, 6], pixels: [1, 1, 1, 1] }];
    const mask = await drawSegments({ frames: own, rows: 2, columns: 2 });
    expect(drawn(mask)[1]!.slice(2, 4)).toStrictEqual(['..1.........', '..11........']);
    expect(mask.notes).toStrictEqual(['The mask’s grid is not the image’s; it was resampled by nearest neighbour. Its volume changed by +0.0 %.']);
  });

  it('whose frame lies beside the grid is refused by its number', async () => {
    const off = [...frames, { segment: 1, position: [10.4, 20, 9], pixels: plane([1, 1]) }];
    expect((await refusal(drawSegments({ segments, frames: off }))).message).toBe('The origin of segment frame 3 is not on the grid. Export the segmentation again.');
  });
});
