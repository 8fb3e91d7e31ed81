import { ImageFileError } from '../image-file-error.js';
import { swapBytes } from '../formats/voxel-bytes.js';
import { damaged, type DataSet, type Fragment } from './data-set.js';
import { numberOfFrames, type PixelFormat } from './instance.js';
import type { DicomFile } from './parse.js';
import { TAG } from './tags.js';

/** Stored values of one frame, without masks, signs or scales. */
export type StoredPixels = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** The stored values of a frame; compressed frames load their codec when first met. */
export async function readFrame(file: DicomFile, format: PixelFormat, frame: number): Promise<StoredPixels> {
  if (file.syntax.compression === 'none') return nativeFrame(file, format, frame);
  const { decodeFrame } = await import('./codecs/decode-frame.js');
  return decodeFrame(encapsulatedFrame(file.dataSet, frame), file.syntax.compression, format);
}

function nativeFrame({ dataSet, syntax }: DicomFile, format: PixelFormat, frame: number): StoredPixels {
  const { rows, columns, kind, bitsAllocated } = format;
  const tag = kind === 'integer' ? TAG.pixelData : kind === 'float32' ? TAG.floatPixelData : TAG.doublePixelData;
  const width = kind === 'integer' ? bitsAllocated / 8 : kind === 'float32' ? 4 : 8;
  const element = dataSet.element(tag);
  const length = rows * columns * width;
  if (!element || element.fragments || element.length < (frame + 1) * length) throw tooShort((frame + 1) * length, element?.length ?? 0);
  const bytes = new Uint8Array(dataSet.slice({ start: element.start + frame * length, length }));
  if (!syntax.littleEndian) swapBytes(bytes, width);
  const { buffer } = bytes;
  if (kind !== 'integer') return kind === 'float32' ? new Float32Array(buffer) : new Float64Array(buffer);
  return width === 1 ? bytes : width === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer);
}

export const tooShort = (declared: number, got: number): ImageFileError =>
  new ImageFileError('truncated', `The DICOM file declares ${declared} bytes of pixels and holds ${got}. Copy it again from its source.`);

/** The compressed bytes of one frame: its fragments joined. */
export function encapsulatedFrame(dataSet: DataSet, frame: number): Uint8Array {
  const all = dataSet.element(TAG.pixelData)?.fragments;
  if (!all || all.length < 2) throw damaged('its compressed pixel data is missing');
  const [table, ...fragments] = all as [Fragment, ...Fragment[]];
  const frames = numberOfFrames(dataSet);
  if (frames === 1) return joined(dataSet, fragments);
  if (fragments.length === frames) return dataSet.slice(fragments[frame]);
  const offsets = offsetsOf(dataSet, table);
  if (offsets.length !== frames) throw damaged('it does not say where its frames begin');
  // Offsets count from the first fragment's own header, which takes 8 bytes.
  const origin = fragments[0].start - 8;
  const [from, to] = [origin + offsets[frame], frame + 1 < frames ? origin + offsets[frame + 1] : Infinity];
  const own = fragments.filter(({ start }) => start - 8 >= from && start - 8 < to);
  if (own.length === 0) throw damaged('a frame has no fragment');
  return joined(dataSet, own);
}

function offsetsOf(dataSet: DataSet, table: Fragment): number[] {
  const basic = dataSet.slice(table);
  const view = new DataView(basic.buffer, basic.byteOffset, basic.byteLength);
  if (basic.length >= 4) return Array.from({ length: basic.length >> 2 }, (_, i) => view.getUint32(4 * i, true));
  const extended = dataSet.element(TAG.extendedOffsetTable);
  if (!extended) return [];
  const wide = dataSet.slice(extended);
  const wideView = new DataView(wide.buffer, wide.byteOffset, wide.byteLength);
  return Array.from({ length: wide.length >> 3 }, (_, i) => Number(wideView.getBigUint64(8 * i, true)));
}

function joined(dataSet: DataSet, fragments: readonly Fragment[]): Uint8Array {
  return fragments.length === 1 ? dataSet.slice(fragments[0]) : Buffer.concat(fragments.map((fragment) => dataSet.slice(fragment)));
}
