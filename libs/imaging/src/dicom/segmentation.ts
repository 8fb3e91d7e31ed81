import { ImageFileError } from '../image-file-error.js';
import { countVoxels } from '../formats/voxel-bytes.js';
import { compareGeometry, isSameGrid } from '../geometry/compare-geometry.js';
import { fitMask } from '../geometry/fit-mask.js';
import type { MaskOptions } from '../read-image.js';
import { indexOfPoint, indexToPhysical, inverse3, type Geometry, type Triple, type Volume } from '../volume.js';
import { damaged, type DataSet } from './data-set.js';
import { functionalGroups, isUtf8, numberOfFrames, pixelFormat, placeOf, type PixelFormat } from './instance.js';
import { checkReference, chosenRegion, type NamedRegion } from './named-region.js';
import type { DicomFile } from './parse.js';
import { readFrame, tooShort } from './pixel-data.js';
import { axesOf } from './stack.js';
import { TAG } from './tags.js';

/** Frames off the grid by more than this part of a voxel are refused. */
const OFF_GRID = 0.1;

export function segmentsOf(dataSet: DataSet): NamedRegion[] {
  return dataSet.items(TAG.segmentSequence).map((item) => {
    const number = item.short(TAG.segmentNumber);
    if (number === null) throw damaged('a segment has no number');
    return { number, name: item.name(TAG.segmentLabel, isUtf8(dataSet)) ?? '' };
  });
}

/**
 * A DICOM SEG (BINARY, FRACTIONAL or LABELMAP) on the image's grid. Voxels are segment numbers; with `name`, the one segment of that name alone, as `label` if that is given. A probability of a half
 * and more is inside. Frames that are left out are empty.
 */
export async function readSegmentation(file: DicomFile, image: Volume, { label, name }: MaskOptions): Promise<Volume> {
  const { dataSet } = file;
  const segments = segmentsOf(dataSet);
  const wanted = name !== undefined ? chosenRegion(segments, name).number : label;
  const notes = checkReference(image.source, dataSet.items(TAG.referencedSeriesSequence).map((item) => item.string(TAG.seriesInstanceUid) ?? ''), [dataSet.string(TAG.frameOfReferenceUid)]);
  const frames = framesOf(dataSet).filter(({ segment }) => wanted === undefined || segment === null || segment === wanted);
  const value = name !== undefined && label !== undefined ? label : null;
  if (frames.length === 0) throw new ImageFileError('empty-roi', missing(segments, wanted));
  const { grid, slices, matches } = placeFrames(frames, image);
  const data = new Uint16Array(countVoxels(grid.size, 2));
  const format = pixelFormat(dataSet);
  const painter = { data, area: grid.size[0] * grid.size[1], wanted, value, kind: dataSet.string(TAG.segmentationType) ?? 'BINARY', most: dataSet.short(TAG.maximumFractionalValue) ?? 255 };
  for (const [i, frame] of frames.entries()) paint(painter, await segmentPixels(file, format, frame.number), frame.segment, slices[i]);
  if (painter.kind === 'FRACTIONAL') notes.push('The segmentation is of probabilities; a half and more is inside.');
  const mask: Volume = { ...grid, pixelType: 'uint16', data, ...(notes.length > 0 ? { notes } : {}) };
  const target = value ?? wanted;
  if (target !== undefined && !data.includes(target)) throw new ImageFileError('empty-roi', missing(segments, wanted));
  const fitted = fitMask(image, mask, target).mask;
  return matches && image.source ? { ...fitted, source: image.source } : fitted;
}

function missing(segments: readonly NamedRegion[], wanted: number | undefined): string {
  return `${wanted === undefined ? 'The segmentation' : `Segment ${wanted}`} has no voxel (segments listed: ${segments.map(({ number }) => number).slice(0, 20).join(', ') || 'none'}).`;
}

interface SegmentFrame {
  readonly number: number;
  /** Null in label maps, whose pixels say it. */
  readonly segment: number | null;
  readonly size: readonly [number, number];
  readonly position: Triple;
  readonly direction: Float64Array;
  readonly pixelSpacing: readonly [number, number];
  readonly thickness: number | null;
}

function framesOf(dataSet: DataSet): SegmentFrame[] {
  const isLabelMap = dataSet.string(TAG.segmentationType) === 'LABELMAP';
  const { rows, columns } = pixelFormat(dataSet);
  return Array.from({ length: numberOfFrames(dataSet) }, (_, number) => {
    const groups = functionalGroups(dataSet, number);
    const place = placeOf(groups);
    const segment = groups(TAG.segmentIdentificationSequence, TAG.referencedSegmentNumber)?.short(TAG.referencedSegmentNumber) ?? null;
    if (segment === null && !isLabelMap) throw damaged(`segment frame ${number + 1} does not say of which segment it is`);
    if (!place.position) throw damaged(`segment frame ${number + 1} does not say where it lies`);
    return { number, segment: isLabelMap ? null : segment, size: [columns, rows], position: place.position, thickness: place.thickness, ...axesOf(place) };
  });
}

/** The image's grid where every frame lies on one of its slices, else the grid the frames span. */
function placeFrames(frames: readonly SegmentFrame[], image: Geometry): { grid: Geometry; slices: number[]; matches: boolean } {
  const toIndex = inverse3(indexToPhysical(image));
  const slices = frames.map((frame) => {
    const slice = Math.round(indexOfPoint(image, toIndex, frame.position)[2]);
    const matrix = indexToPhysical(image);
    const origin = [0, 1, 2].map((row) => image.origin[row] + matrix[row * 3 + 2] * slice) as [number, number, number];
    const own: Geometry = { size: [...frame.size, 1], spacing: [frame.pixelSpacing[1], frame.pixelSpacing[0], image.spacing[2]], origin: frame.position, direction: frame.direction };
    const there: Geometry = { ...image, size: [image.size[0], image.size[1], 1], origin };
    return slice >= 0 && slice < image.size[2] && isSameGrid(compareGeometry(there, own)) ? slice : -1;
  });
  if (slices.every((slice) => slice >= 0)) {
    const { size, spacing, origin, direction } = image;
    return { grid: { size, spacing, origin, direction }, slices, matches: true };
  }
  return { ...ownGrid(frames), matches: false };
}

function ownGrid(frames: readonly SegmentFrame[]): { grid: Geometry; slices: number[] } {
  const [first] = frames as [SegmentFrame];
  const { direction } = first;
  const along = ({ position }: SegmentFrame) => position[0] * direction[2] + position[1] * direction[5] + position[2] * direction[8];
  const places = [...new Set(frames.map((frame) => Math.round(along(frame) * 1e3) / 1e3))].sort((a, b) => a - b);
  const gaps = places.slice(1).map((at, i) => at - places[i]);
  const spacing = gaps.length > 0 ? Math.min(...gaps) : (first.thickness ?? 1);
  const lowest = frames.reduce((low, frame) => (along(frame) < along(low) ? frame : low));
  const size: Triple = [...first.size, Math.round((places.at(-1)! - places[0]) / spacing) + 1];
  const grid: Geometry = { size, spacing: [first.pixelSpacing[1], first.pixelSpacing[0], spacing], origin: lowest.position, direction };
  const toIndex = inverse3(indexToPhysical(grid));
  const slices = frames.map((frame) => {
    const [x, y, z] = indexOfPoint(grid, toIndex, frame.position);
    const tilted = frame.direction.some((cosine, i) => Math.abs(cosine - direction[i]) > 1e-3);
    if (tilted || [x, y, z - Math.round(z)].some((off) => Math.abs(off) > OFF_GRID)) {
      throw new ImageFileError('geometry', `The origin of segment frame ${frame.number + 1} is not on the grid. Export the segmentation again.`);
    }
    return Math.round(z);
  });
  return { grid, slices };
}

interface Painter {
  readonly data: Uint16Array;
  readonly area: number;
  readonly wanted: number | undefined;
  readonly value: number | null;
  readonly kind: string;
  readonly most: number;
}

function paint({ data, area, wanted, value, kind, most }: Painter, pixels: ArrayLike<number>, segment: number | null, slice: number): void {
  const threshold = kind === 'FRACTIONAL' ? most / 2 : 1;
  const start = slice * area;
  for (let i = 0; i < area; i++) {
    const pixel = pixels[i];
    if (pixel === 0 || (segment !== null && pixel < threshold)) continue;
    const number = segment ?? pixel;
    if (wanted !== undefined && number !== wanted) continue;
    if (data[start + i] !== 0 && data[start + i] !== (value ?? number)) throw new ImageFileError('overlap', 'Segments of the file overlap, so that no voxel has one label. Choose one segment by its name or number.');
    data[start + i] = value ?? number;
  }
}

/** A frame's pixels; single bits are unpacked, the lowest first, and frames follow without gaps (PS3.5 section 8.1.1). */
async function segmentPixels(file: DicomFile, format: PixelFormat, frame: number): Promise<ArrayLike<number>> {
  if (format.bitsAllocated !== 1) return readFrame(file, format, frame);
  const element = file.dataSet.element(TAG.pixelData);
  if (!element || element.fragments) throw new ImageFileError('transfer-syntax', 'Single bits are read uncompressed only. Convert the file with: dcmconv +te in out.');
  const count = format.rows * format.columns;
  const needed = Math.ceil(((frame + 1) * count) / 8);
  if (element.length < needed) throw tooShort(needed, element.length);
  const packed = file.dataSet.slice(element);
  return Uint8Array.from({ length: count }, (_, i) => (packed[(frame * count + i) >> 3] >> ((frame * count + i) & 7)) & 1);
}
