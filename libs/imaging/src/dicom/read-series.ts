import { ImageFileError } from '../image-file-error.js';
import { countVoxels } from '../formats/voxel-bytes.js';
import { allocateVoxels, bytesPerVoxel, type Triple, type Volume, type VoxelArray } from '../volume.js';
import { describeInstance, type Instance, type Scale, type Unusable } from './instance.js';
import { parseDicom, type DicomFile } from './parse.js';
import { readFrame, type StoredPixels } from './pixel-data.js';
import { scaleOf, scaleNotes } from './scales.js';
import { groupSlices, imagesBelow, type FileSource, type Group } from './series-files.js';
import type { SeriesOptions } from './series-options.js';
import { likelySeries, protocolOf } from './series-protocol.js';
import { stackOf, type Slice } from './stack.js';
import { realTypeOf, wholeTypeOf, writeValues } from './stored-values.js';

/** A volume found in a folder, described for the people of the hospital: `description`, `seriesNumber` and `scanner` are as the scanner wrote them and stay local. */
export interface SeriesSummary {
  readonly id: string;
  readonly slices: number;
  readonly size: readonly [number, number];
  readonly modality: string;
  readonly seriesNumber: number | null;
  readonly description: string | null;
  readonly scanner: string | null;
  /** The same for every series of this scanner and protocol. */
  readonly protocol: string;
  readonly bValue: number | null;
  readonly lossy: boolean;
}

/** The volumes of a folder, and how many of its DICOM files are none and why. */
export interface SeriesList {
  readonly series: readonly SeriesSummary[];
  readonly unusable: ReadonlyMap<Unusable, number>;
}

export async function listSeries(folder: string): Promise<SeriesList> {
  const { files, unusable } = await imagesBelow(folder);
  return { series: groupSlices(files).map(summaryOf), unusable };
}

const summaryOf = ({ id, instance, first, slices }: Group): SeriesSummary => ({
  id, slices: slices.length, size: [instance.format.columns, instance.format.rows], modality: instance.modality, seriesNumber: instance.seriesNumber,
  description: instance.description, scanner: instance.scanner, protocol: protocolOf(instance, first), bValue: first.bValue, lossy: instance.lossy !== null,
});

/** The one volume of a folder of DICOM files, or the one that `options.series` names. */
export async function readSeries(folder: string, options: SeriesOptions): Promise<Volume> {
  const { files, unusable } = await imagesBelow(folder);
  if (files.length === 0) throw nothingUsable(unusable);
  return readGroup(chosen(groupSlices(files), options.series), files, options);
}

/** The volume of one DICOM file: a multi-frame image, or a single slice. */
export async function readSeriesFile(bytes: Uint8Array, options: SeriesOptions): Promise<Volume> {
  const described = describeInstance(parseDicom(bytes));
  if (typeof described === 'string') throw nothingUsable(new Map([[described, 1]]));
  const files = [{ instance: described, bytes: async () => bytes }];
  return readGroup(chosen(groupSlices(files), options.series), files, options);
}

const REASONS: Readonly<Record<Unusable, string>> = {
  'no-pixels': 'without pixels', colour: 'in colour', 'burned-in': 'flagged for text burned into the image', screenshot: 'screenshots', mask: 'masks',
};

function nothingUsable(unusable: ReadonlyMap<Unusable, number>): ImageFileError {
  if (unusable.size === 0) return new ImageFileError('format', 'The folder holds no DICOM image. Name the folder of one series, or an image file.');
  const found = [...unusable].map(([reason, count]) => `${count} ${REASONS[reason]}`).join(', ');
  return new ImageFileError('no-image', `No image was found; DICOM files: ${found}. Choose the folder of the image.`);
}

/** One group; else the one asked for; else the only one of several slices (localisers are split into single ones). */
function chosen(groups: readonly Group[], id: string | undefined): Group {
  if (id !== undefined) {
    const group = groups.find((candidate) => candidate.id === id);
    if (!group) throw new ImageFileError('series', 'No series of the folder has that id. List the series again.');
    return group;
  }
  const candidates = likelySeries(groups.map((group) => ({ group, slices: group.slices.length })));
  if (candidates.length === 1) return candidates[0].group;
  const list = candidates.slice(0, 8).map(({ group: { id: name, instance }, slices }) => `${name} (${slices} slices, ${instance.format.columns}×${instance.format.rows})`);
  const more = candidates.length > list.length ? ', …' : '';
  throw new ImageFileError('series', `The folder holds ${candidates.length} volumes: ${list.join(', ')}${more}. Choose one by its id.`);
}

async function readGroup(group: Group, files: readonly FileSource[], options: SeriesOptions): Promise<Volume> {
  const instances = [...new Set(group.slices.map(({ file }) => file))].map((file) => files[file].instance);
  refuseMixed(instances, options);
  const stack = stackOf(group.slices, options);
  const { slices } = stack;
  const { instance } = group;
  const scales = slices.map(({ file, frame }) => scaleOf(files[file].instance, frame, options.intensities ?? 'display'));
  const pixelType = options.wholeNumbers ? wholeTypeOf(instance.format, scales) : realTypeOf(instance.format);
  const size: Triple = [instance.format.columns, instance.format.rows, slices.length];
  const data = allocateVoxels(pixelType, countVoxels(size, bytesPerVoxel(pixelType)));
  const padded = await readVoxels({ stack, files, scales, data });
  const notes = [...stack.notes, ...scaleNotes(instance, slices.map(({ frame }) => frame), options.intensities ?? 'display')];
  if (padded > 0) notes.push(`${((100 * padded) / data.length).toFixed(1)} % of the voxels are padding outside the scanned field; their values are no measurements.`);
  const source = { seriesInstanceUid: instance.seriesInstanceUid, frameOfReferenceUid: instance.frameOfReferenceUid };
  return { size, ...stack.geometry, pixelType, data, source, ...(notes.length > 0 ? { notes } : {}) };
}

function refuseMixed(instances: readonly Instance[], { allowLossy = false }: SeriesOptions): void {
  const [first] = instances as [Instance];
  const lossy = instances.find((instance) => instance.lossy !== null)?.lossy;
  if (lossy && !allowLossy) {
    const ratio = lossy.ratio !== null ? `, ratio ${lossy.ratio}` : '';
    throw new ImageFileError('lossy', `The images are lossy-compressed (${lossy.method}${ratio}). Texture features would change. Ask the PACS for the original.`);
  }
  if (new Set(instances.map(({ patientId }) => patientId)).size > 1) throw new ImageFileError('identity', 'The slices of one series belong to different patients.');
  const same = ({ format }: Instance) => format.kind === first.format.kind && format.bitsAllocated === first.format.bitsAllocated && format.bitsStored === first.format.bitsStored && format.signed === first.format.signed;
  if (!instances.every(same)) throw new ImageFileError('pixel-type', 'The slices of one series store their pixels in different ways. Export the series again.');
}

interface Reading {
  readonly stack: ReturnType<typeof stackOf>;
  readonly files: readonly FileSource[];
  readonly scales: readonly Scale[];
  readonly data: VoxelArray;
}

/** Fills the voxels, each file read once unless its slices lie apart; returns how many are padding. */
async function readVoxels({ stack, files, scales, data }: Reading): Promise<number> {
  const open = new OpenFile(files);
  const area = data.length / stack.slices.length;
  let padded = 0;
  for (const [i, slice] of stack.slices.entries()) {
    const pixels = await open.pixels(slice);
    padded += writeValues(pixels, files[slice.file].instance.format, scales[i], data.subarray(i * area, (i + 1) * area));
    for (const twin of stack.duplicates.get(i) ?? []) refuseDifferent(pixels, await open.pixels(twin));
  }
  return padded;
}

function refuseDifferent(pixels: StoredPixels, other: StoredPixels): void {
  if (pixels.length === other.length && (pixels as Uint8Array).every((value, i) => value === other[i])) return;
  throw new ImageFileError('duplicate', 'Two different slices lie at one place. The series holds several volumes, or was exported twice. Export one volume.');
}

/** The last file read, so that the frames of a multi-frame file parse it once. */
class OpenFile {
  private current: { readonly file: number; readonly parsed: DicomFile } | null = null;

  constructor(private readonly files: readonly FileSource[]) {}

  async pixels({ file, frame }: Slice): Promise<StoredPixels> {
    const source = this.files[file];
    if (this.current?.file !== file) this.current = { file, parsed: parseDicom(await source.bytes()) };
    return readFrame(this.current.parsed, source.instance.format, frame.number);
  }
}
