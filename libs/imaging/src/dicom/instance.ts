import { ImageFileError } from '../image-file-error.js';
import type { Triple } from '../volume.js';
import { damaged, type DataSet } from './data-set.js';
import type { DicomFile } from './parse.js';
import { TAG } from './tags.js';
import type { TransferSyntax } from './transfer-syntax.js';

export interface Scale {
  readonly slope: number;
  readonly intercept: number;
}

/** One slice of a file: where it lies and what its stored values mean. */
export interface Frame {
  /** 0-based in its file. */
  readonly number: number;
  readonly position: Triple | null;
  /** Cosines of a row, then of a column. */
  readonly orientation: readonly number[] | null;
  /** Millimetres between rows, then between columns. */
  readonly pixelSpacing: readonly [number, number] | null;
  readonly thickness: number | null;
  readonly rescale: Scale | null;
  readonly philipsSlope: number | null;
  readonly realWorld: Scale | null;
  readonly bValue: number | null;
  /** What tells volumes of one series apart, besides orientation and size: echo, b-value, direction, image type, phase, stack. */
  readonly key: string;
}

/** How the pixels of a file are stored. */
export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly kind: 'integer' | 'float32' | 'float64';
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly padding: number | null;
}

/** What is kept of an image file after its header was read; the voxels stay on disk. */
export interface Instance {
  readonly syntax: TransferSyntax;
  readonly format: PixelFormat;
  readonly frames: readonly Frame[];
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly frameOfReferenceUid: string | null;
  readonly patientId: string | null;
  readonly modality: string;
  readonly seriesNumber: number | null;
  readonly description: string | null;
  /** Maker and model, as the scanner wrote them. */
  readonly scanner: string | null;
  readonly protocolName: string | null;
  readonly philips: boolean;
  readonly units: string | null;
  readonly lossy: { readonly ratio: number | null; readonly method: string } | null;
}

/** Why a DICOM file is no slice of a volume. */
export type Unusable = 'no-pixels' | 'colour' | 'burned-in' | 'screenshot' | 'mask';

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
export const SEGMENTATION_CLASSES: ReadonlySet<string> = new Set(['1.2.840.10008.5.1.4.1.1.66.4', '1.2.840.10008.5.1.4.1.1.66.7']);
export const STRUCTURE_SET_CLASS = '1.2.840.10008.5.1.4.1.1.481.3';
const MOST_FRAMES = 65_536;

export function describeInstance({ dataSet, syntax }: DicomFile): Instance | Unusable {
  const sopClass = dataSet.string(TAG.sopClassUid) ?? '';
  if (SEGMENTATION_CLASSES.has(sopClass) || sopClass === STRUCTURE_SET_CLASS) return 'mask';
  if (![TAG.pixelData, TAG.floatPixelData, TAG.doublePixelData].some((tag) => dataSet.element(tag))) return 'no-pixels';
  if ((dataSet.short(TAG.samplesPerPixel) ?? 1) !== 1 || dataSet.string(TAG.photometricInterpretation) === 'PALETTE COLOR') return 'colour';
  if (dataSet.short(TAG.bitsAllocated) === 1) return 'mask';
  if (dataSet.string(TAG.burnedInAnnotation) === 'YES') return 'burned-in';
  if (sopClass.startsWith(SECONDARY_CAPTURE) && !dataSet.has(TAG.imagePosition) && !dataSet.has(TAG.perFrameFunctionalGroups)) return 'screenshot';
  return {
    syntax, format: pixelFormat(dataSet), frames: framesOf(dataSet),
    seriesInstanceUid: dataSet.string(TAG.seriesInstanceUid) ?? '',
    sopInstanceUid: dataSet.string(TAG.sopInstanceUid) ?? '',
    frameOfReferenceUid: dataSet.string(TAG.frameOfReferenceUid),
    patientId: dataSet.string(TAG.patientId),
    modality: dataSet.string(TAG.modality) ?? '',
    seriesNumber: dataSet.number(TAG.seriesNumber),
    description: dataSet.name(TAG.seriesDescription, isUtf8(dataSet)),
    scanner: [TAG.manufacturer, TAG.manufacturerModelName].flatMap((tag) => dataSet.name(tag, isUtf8(dataSet)) ?? []).join(' ') || null,
    protocolName: dataSet.name(TAG.protocolName, isUtf8(dataSet)),
    philips: /^philips/i.test(dataSet.string(TAG.manufacturer) ?? ''),
    units: dataSet.string(TAG.units),
    lossy: lossOf(dataSet, syntax),
  };
}

export const isUtf8 = (dataSet: DataSet): boolean => dataSet.string(TAG.specificCharacterSet) === 'ISO_IR 192';

function lossOf(dataSet: DataSet, { lossy, compression }: TransferSyntax): Instance['lossy'] {
  const stated = dataSet.string(TAG.lossyImageCompression);
  // A syntax that allows loss may hold a reversible image, if that says so itself; baseline JPEG never does.
  const lost = stated === '01' || (lossy && (stated !== '00' || compression === 'jpeg'));
  if (!lost) return null;
  const method = compression === 'none' ? 'before this copy' : compression.toUpperCase().replace('JPEG-2000', 'JPEG 2000');
  return { ratio: dataSet.numbers(TAG.lossyCompressionRatio)?.at(-1) ?? null, method };
}

export function pixelFormat(dataSet: DataSet): PixelFormat {
  const kind = dataSet.element(TAG.floatPixelData) ? 'float32' : dataSet.element(TAG.doublePixelData) ? 'float64' : 'integer';
  const [rows, columns] = [dataSet.short(TAG.rows) ?? 0, dataSet.short(TAG.columns) ?? 0];
  if (rows < 1 || columns < 1) throw damaged('it states no rows or columns');
  const bitsAllocated = dataSet.short(TAG.bitsAllocated) ?? 16;
  const bitsStored = dataSet.short(TAG.bitsStored) ?? bitsAllocated;
  const highBit = dataSet.short(TAG.highBit) ?? bitsStored - 1;
  if (kind === 'integer' && (![1, 8, 16, 32].includes(bitsAllocated) || bitsStored < 1 || bitsStored > bitsAllocated || highBit >= bitsAllocated || highBit < bitsStored - 1)) {
    throw damaged('its bits a pixel contradict each other');
  }
  const signed = dataSet.short(TAG.pixelRepresentation) === 1;
  const padding = dataSet.short(TAG.pixelPaddingValue);
  return { rows, columns, kind, bitsAllocated, bitsStored, highBit, signed, padding: padding !== null && signed ? (padding << 16) >> 16 : padding };
}

export function numberOfFrames(dataSet: DataSet): number {
  const count = dataSet.number(TAG.numberOfFrames) ?? 1;
  if (!Number.isInteger(count) || count < 1) throw damaged('its number of frames is not a positive whole number');
  if (count > MOST_FRAMES) throw new ImageFileError('too-large', `The DICOM file declares ${count} frames; at most ${MOST_FRAMES} are read.`);
  return count;
}

/** Reads an attribute from a frame's functional groups: its own, then those all frames share, then the data set itself (files of one slice). */
type Groups = (macro: number, tag: number) => DataSet | null;

export function functionalGroups(dataSet: DataSet, frame: number): Groups {
  const own = dataSet.items(TAG.perFrameFunctionalGroups)[frame] ?? null;
  const shared = dataSet.item(TAG.sharedFunctionalGroups);
  return (macro, tag) => [own?.item(macro), shared?.item(macro), dataSet].find((candidate) => candidate?.has(tag)) ?? null;
}

function framesOf(dataSet: DataSet): Frame[] {
  return Array.from({ length: numberOfFrames(dataSet) }, (_, number) => frameOf(dataSet, number));
}

function frameOf(dataSet: DataSet, number: number): Frame {
  const groups = functionalGroups(dataSet, number);
  const bValue = bValueOf(dataSet, groups);
  const type = groups(TAG.mrImageFrameTypeSequence, TAG.frameType)?.string(TAG.frameType) ?? dataSet.string(TAG.imageType) ?? '';
  const content = (tag: number) => groups(TAG.frameContentSequence, tag);
  const echo = groups(TAG.mrEchoSequence, TAG.effectiveEchoTime)?.float(TAG.effectiveEchoTime, 8) ?? dataSet.number(TAG.echoNumbers);
  const directionality = groups(TAG.mrDiffusionSequence, TAG.diffusionDirectionality)?.string(TAG.diffusionDirectionality) ?? '';
  const phase = content(TAG.temporalPositionIndex)?.number(TAG.temporalPositionIndex) ?? dataSet.number(TAG.temporalPositionIdentifier);
  const stack = content(TAG.stackId)?.string(TAG.stackId) ?? '';
  return {
    number, ...placeOf(groups), bValue,
    rescale: scaleOf(groups(TAG.pixelValueTransformationSequence, TAG.rescaleSlope)),
    philipsSlope: (dataSet.items(TAG.perFrameFunctionalGroups)[number]?.item(TAG.philipsFrameSequence) ?? dataSet).float(TAG.philipsScaleSlope, 4),
    realWorld: realWorldOf(dataSet, number),
    key: [type, echo ?? '', bValue ?? '', directionality, phase ?? '', stack].join('|'),
  };
}

export function placeOf(groups: Groups): Pick<Frame, 'position' | 'orientation' | 'pixelSpacing' | 'thickness'> {
  const numbers = (macro: number, tag: number, count: number): number[] | null => {
    const values = groups(macro, tag)?.numbers(tag);
    return values?.length === count ? values : null;
  };
  const pixelSpacing = numbers(TAG.pixelMeasuresSequence, TAG.pixelSpacing, 2) as [number, number] | null;
  return {
    position: numbers(TAG.planePositionSequence, TAG.imagePosition, 3) as [number, number, number] | null,
    orientation: numbers(TAG.planeOrientationSequence, TAG.imageOrientation, 6),
    pixelSpacing: pixelSpacing?.every((length) => length > 0) ? pixelSpacing : null,
    thickness: groups(TAG.pixelMeasuresSequence, TAG.sliceThickness)?.number(TAG.sliceThickness) ?? null,
  };
}

function scaleOf(transformation: DataSet | null): Scale | null {
  const slope = transformation?.number(TAG.rescaleSlope) ?? null;
  if (slope === null) return null;
  return { slope, intercept: transformation!.number(TAG.rescaleIntercept) ?? 0 };
}

function realWorldOf(dataSet: DataSet, frame: number): Scale | null {
  const own = dataSet.items(TAG.perFrameFunctionalGroups)[frame]?.item(TAG.realWorldValueMappingSequence);
  const mapping = own ?? dataSet.item(TAG.sharedFunctionalGroups)?.item(TAG.realWorldValueMappingSequence) ?? dataSet.item(TAG.realWorldValueMappingSequence);
  const [slope, intercept] = [mapping?.float(TAG.realWorldSlope, 8), mapping?.float(TAG.realWorldIntercept, 8)];
  return slope !== null && slope !== undefined ? { slope, intercept: intercept ?? 0 } : null;
}

/** The standard attribute, then Philips', GE's (which adds 10⁹ to some) and Siemens' own. */
function bValueOf(dataSet: DataSet, groups: Groups): number | null {
  const standard = groups(TAG.mrDiffusionSequence, TAG.diffusionBValue)?.float(TAG.diffusionBValue, 8) ?? null;
  if (standard !== null) return standard;
  const philips = dataSet.float(TAG.philipsBValue, 4);
  if (philips !== null) return philips;
  const ge = Number(dataSet.strings(TAG.geBValue)[0] ?? NaN);
  if (Number.isFinite(ge)) return ge % 1e9;
  const siemens = Number(dataSet.strings(TAG.siemensBValue)[0] ?? NaN);
  return Number.isFinite(siemens) ? siemens : null;
}
