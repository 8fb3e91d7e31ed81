import { constants, gunzipSync } from 'node:zlib';
import { ImageFileError } from '../image-file-error.js';
import { bytesPerVoxel, isInteger, type PixelType, type Triple, type Volume, type VoxelArray } from '../volume.js';
import { niftiGeometry, type NiftiFrame } from './nifti-geometry.js';
import { countVoxels, inflate, swapBytes, truncated, viewVoxels, voxelBytes } from './voxel-bytes.js';

/**
 * NIfTI-1 in one file, plain or gzip (R. W. Cox et al., "A (sort of) new image data format standard: NIfTI-1", 2004). Voxels that carry a slope or an intercept become
 * single precision, as in ITK. Coordinates are turned from RAS to LPS.
 */

const PIXEL_TYPES: Readonly<Record<number, PixelType>> = { 2: 'uint8', 4: 'int16', 8: 'int32', 16: 'float32', 64: 'float64', 256: 'int8', 512: 'uint16', 768: 'uint32' };
const WIDE_INTEGERS: Readonly<Record<number, 'signed' | 'unsigned'>> = { 1024: 'signed', 1280: 'unsigned' };
const HEADER_BYTES = 348;
/** Millimetres of the three spatial units; an unknown unit is taken as millimetres. */
const UNITS: Readonly<Record<number, number>> = { 1: 1000, 2: 1, 3: 0.001 };

/** The bytes begin as a NIfTI-1 header or as a gzip stream does. */
export function looksLikeNifti(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  if (isGzip(bytes)) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4);
  return view.getInt32(0, true) === HEADER_BYTES || view.getInt32(0, false) === HEADER_BYTES;
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The volume of a NIfTI file's bytes. Throws ImageFileError with a sentence; nothing is allocated before the header is checked. */
export function readNifti(bytes: Uint8Array): Volume {
  const header = readHeader(isGzip(bytes) ? firstBytes(bytes) : bytes);
  const count = countVoxels(header.size, header.bytes);
  const expected = header.offset + count * header.bytes;
  const whole = isGzip(bytes) ? inflate(bytes, expected) : bytes;
  if (whole.length < expected) throw truncated(whole.length, expected);
  const voxels = voxelBytes(whole, { start: header.offset, length: count * header.bytes, inflated: isGzip(bytes) });
  if (!header.littleEndian) swapBytes(voxels, header.bytes);
  const stored = 'wide' in header.type ? narrowed(voxels, header.type.wide) : { pixelType: header.type.pixelType, data: viewVoxels(voxels, header.type.pixelType, count) };
  const { spacing, origin, direction, notes } = niftiGeometry(header.frame);
  return { size: header.size, spacing, origin, direction, ...rescaled(stored, header), ...(notes.length > 0 ? { notes } : {}) };
}

interface Header {
  readonly littleEndian: boolean;
  readonly size: Triple;
  readonly type: { readonly pixelType: PixelType } | { readonly wide: 'signed' | 'unsigned' };
  readonly bytes: number;
  readonly offset: number;
  readonly slope: number;
  readonly intercept: number;
  readonly frame: NiftiFrame;
}

/** What the first kilobytes of a gzip stream hold. */
function firstBytes(compressed: Uint8Array): Uint8Array {
  try {
    return gunzipSync(compressed.subarray(0, 4096), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    throw new ImageFileError('compression', 'The compressed file is damaged. Copy it again from its source.');
  }
}

function readHeader(bytes: Uint8Array): Header {
  if (bytes.length < HEADER_BYTES) throw truncated(bytes.length, HEADER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = view.getInt32(0, true) === HEADER_BYTES;
  if (!littleEndian && view.getInt32(0, false) !== HEADER_BYTES) throw new ImageFileError('format', 'The file does not begin as NIfTI-1 files do.');
  const magic = new TextDecoder('latin1').decode(bytes.subarray(344, 347));
  if (magic === 'ni1') throw new ImageFileError('detached', 'The NIfTI header points to a separate .img file. Save image and header in one .nii file.');
  if (magic !== 'n+1') throw new ImageFileError('format', 'The file does not begin as NIfTI-1 files do.');
  const dimensions = Array.from({ length: 8 }, (_, i) => view.getInt16(40 + 2 * i, littleEndian));
  const code = view.getInt16(70, littleEndian);
  const type = pixelTypeOf(code);
  const offset = view.getFloat32(108, littleEndian);
  if (!(offset >= 0 && offset < 2 ** 24)) throw new ImageFileError('header', 'The NIfTI header places the voxels outside the file.');
  const scale = UNITS[bytes[123] & 7] ?? 1;
  const single = (at: number) => view.getFloat32(at, littleEndian);
  const row = (at: number) => [single(at), single(at + 4), single(at + 8), single(at + 12)] as const;
  return {
    littleEndian, size: sizeOf(dimensions), type, bytes: 'wide' in type ? 8 : bytesPerVoxel(type.pixelType),
    offset: Math.max(352, Math.trunc(offset)), slope: single(112), intercept: single(116),
    frame: {
      spacing: [single(80) * scale, single(84) * scale, single(88) * scale], handedness: single(76) < 0 ? -1 : 1, scale,
      quaternion: view.getInt16(252, littleEndian) > 0 ? [single(256), single(260), single(264)] : null, offset: [single(268), single(272), single(276)],
      rows: view.getInt16(254, littleEndian) > 0 ? [row(280), row(296), row(312)] : null,
    },
  };
}

function pixelTypeOf(code: number): Header['type'] {
  const wide = WIDE_INTEGERS[code];
  if (wide) return { wide };
  const pixelType = PIXEL_TYPES[code];
  if (!pixelType) throw new ImageFileError('pixel-type', 'The NIfTI file holds colours, complex or bit values. Export it as one number a voxel.');
  return { pixelType };
}

function sizeOf([count = 0, ...lengths]: readonly number[]): Triple {
  if (count < 1 || count > 7 || lengths.slice(0, count).some((length) => length < 1)) throw new ImageFileError('size', 'The NIfTI file states a size that is not a positive whole number.');
  const extra = lengths.slice(3, count).reduce((product, length) => product * length, 1);
  if (extra > 1) throw new ImageFileError('dimension', `The NIfTI file holds ${extra} volumes; an image or mask has one. Export one volume a file.`);
  return [0, 1, 2].map((axis) => (axis < count ? lengths[axis] : 1)) as [number, number, number];
}

/** 64-bit whole numbers as 32-bit ones, when they fit. */
function narrowed(bytes: Uint8Array<ArrayBuffer>, kind: 'signed' | 'unsigned'): { pixelType: PixelType; data: VoxelArray } {
  const wide = kind === 'signed' ? new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3) : new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3);
  const data = new Int32Array(wide.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(wide[i]);
    data[i] = value;
    if (data[i] !== value) throw new ImageFileError('pixel-type', 'The NIfTI file holds 64-bit numbers beyond 32 bits. Export it as short, int, float or double.');
  }
  return { pixelType: 'int32', data };
}

/** value · slope + intercept; a slope of 0 or not a number means none. */
function rescaled({ pixelType, data }: { pixelType: PixelType; data: VoxelArray }, { slope, intercept }: Header): { pixelType: PixelType; data: VoxelArray } {
  const factor = Number.isFinite(slope) && slope !== 0 ? slope : 1;
  const added = Number.isFinite(slope) && slope !== 0 && Number.isFinite(intercept) ? intercept : 0;
  if (factor === 1 && added === 0) return { pixelType, data };
  const target = isInteger(pixelType) ? new Float32Array(data.length) : data;
  for (let i = 0; i < target.length; i++) target[i] = data[i] * factor + added;
  return { pixelType: isInteger(pixelType) ? 'float32' : pixelType, data: target };
}
