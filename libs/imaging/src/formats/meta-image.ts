import { ImageFileError } from '../image-file-error.js';
import { bytesPerVoxel, identityDirection, type PixelType, type Volume } from '../volume.js';
import { orthonormal, sheared } from './direction.js';
import { countVoxels, inflate, swapBytes, truncated, viewVoxels, voxelBytes } from './voxel-bytes.js';

/** MetaImage, ITK's own format (Kitware, "MetaIO"): .mha holds header and voxels, .mhd a header that names a file of voxels beside it. Coordinates are LPS. */

const PIXEL_TYPES: Readonly<Record<string, PixelType>> = {
  MET_CHAR: 'int8', MET_UCHAR: 'uint8', MET_SHORT: 'int16', MET_USHORT: 'uint16', MET_INT: 'int32', MET_UINT: 'uint32', MET_LONG: 'int32', MET_ULONG: 'uint32',
  MET_FLOAT: 'float32', MET_DOUBLE: 'float64',
};
const LARGEST_HEADER = 1 << 16;

/** The bytes begin with a MetaImage field. */
export const looksLikeMetaImage = (bytes: Uint8Array): boolean => /^\s*(ObjectType|NDims|Comment)\s*=/.test(new TextDecoder('latin1').decode(bytes.subarray(0, 64)));

/**
 * The volume of a MetaImage.
 *
 * @param bytes the .mha or .mhd file
 * @param readBeside reads the file of voxels that an .mhd names, a plain file name in the same folder
 */
export async function readMetaImage(bytes: Uint8Array, readBeside?: (name: string) => Promise<Uint8Array>): Promise<Volume> {
  const { fields, end } = readHeader(bytes);
  if (fields.get('NDims') !== '3') throw new ImageFileError('dimension', 'The MetaImage file does not have 3 dimensions. Export one volume a file.');
  if (Number(fields.get('ElementNumberOfChannels') ?? 1) !== 1) throw new ImageFileError('pixel-type', 'The MetaImage file holds several numbers a voxel. Export one.');
  const pixelType = PIXEL_TYPES[fields.get('ElementType') ?? ''];
  if (!pixelType) throw new ImageFileError('pixel-type', 'The MetaImage file holds a pixel type that is not read. Export it as short, int, float or double.');
  const size = numbers(fields, ['DimSize'], 3) as [number, number, number];
  const count = countVoxels(size, bytesPerVoxel(pixelType));
  const file = fields.get('ElementDataFile') ?? '';
  const body = file === 'LOCAL' ? bytes.subarray(end) : await beside(file, readBeside);
  const voxels = storedVoxels(body, fields, count * bytesPerVoxel(pixelType));
  if (isTrue(fields, 'BinaryDataByteOrderMSB') || isTrue(fields, 'ElementByteOrderMSB')) swapBytes(voxels, bytesPerVoxel(pixelType));
  return { size, ...geometry(fields), pixelType, data: viewVoxels(voxels, pixelType, count) };
}

function readHeader(bytes: Uint8Array): { fields: Map<string, string>; end: number } {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, LARGEST_HEADER));
  const last = /^ElementDataFile\s*=[^\n]*\r?(\n|$)/m.exec(head);
  if (!looksLikeMetaImage(bytes) || !last) throw new ImageFileError('format', 'The MetaImage header has no end. The file is cut off or of another kind.');
  const end = last.index + last[0].length;
  const fields = new Map<string, string>();
  for (const line of head.slice(0, end).split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) fields.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return { fields, end };
}

/** A name with a path in it could point anywhere on the machine. */
async function beside(name: string, read: ((name: string) => Promise<Uint8Array>) | undefined): Promise<Uint8Array> {
  if (!read || !/^[^/\\:*%]+$/.test(name) || name === 'LIST' || name.startsWith('.')) {
    throw new ImageFileError('detached', 'The MetaImage header does not name one file of voxels beside it. Save image and header in one .mha file.');
  }
  return read(name);
}

function storedVoxels(body: Uint8Array, fields: Map<string, string>, expected: number): Uint8Array<ArrayBuffer> {
  if ((fields.get('BinaryData') ?? 'True').toLowerCase() === 'false') throw new ImageFileError('encoding', 'The MetaImage file holds its voxels as text. Save it as binary.');
  let raw = body;
  if (isTrue(fields, 'CompressedData')) raw = inflate(body, expected, 'zlib');
  else {
    const skipped = Number(fields.get('HeaderSize') ?? 0);
    if (skipped === -1) raw = body.subarray(Math.max(0, body.length - expected));
    else if (skipped > 0) raw = body.subarray(skipped);
  }
  if (raw.length < expected) throw truncated(raw.length, expected);
  return voxelBytes(raw, { start: 0, length: expected, inflated: isTrue(fields, 'CompressedData') });
}

function geometry(fields: Map<string, string>): Pick<Volume, 'spacing' | 'origin' | 'direction'> {
  const spacing = (fields.has('ElementSpacing') || fields.has('ElementSize') ? numbers(fields, ['ElementSpacing', 'ElementSize'], 3) : [1, 1, 1]) as [number, number, number];
  if (spacing.some((length) => !(length > 0))) throw new ImageFileError('spacing', 'The MetaImage file states a spacing that is not positive.');
  const origins = ['Offset', 'Origin', 'Position'];
  const origin = (origins.some((name) => fields.has(name)) ? numbers(fields, origins, 3) : [0, 0, 0]) as [number, number, number];
  const rotations = ['TransformMatrix', 'Rotation', 'Orientation'];
  if (!rotations.some((name) => fields.has(name))) return { spacing, origin, direction: identityDirection() };
  const rows = numbers(fields, rotations, 9);
  // The file lists one axis after the other; here they are columns.
  const direction = orthonormal(Float64Array.from(rows, (_, i) => rows[(i % 3) * 3 + Math.floor(i / 3)]), [1, 1, 1]);
  if (!direction) throw sheared();
  return { spacing, origin, direction };
}

const isTrue = (fields: Map<string, string>, name: string): boolean => fields.get(name)?.toLowerCase() === 'true';

function numbers(fields: Map<string, string>, names: readonly string[], count: number): number[] {
  const text = names.map((name) => fields.get(name)).find((value) => value !== undefined) ?? '';
  const values = text.split(/\s+/).map(Number);
  if (values.length !== count || !values.every(Number.isFinite)) throw new ImageFileError('header', `The MetaImage field "${names[0]}" does not hold ${count} numbers.`);
  return values;
}
