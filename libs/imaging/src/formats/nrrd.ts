import { ImageFileError } from '../image-file-error.js';
import { allocateVoxels, bytesPerVoxel, identityDirection, type PixelType, type Triple, type Volume, type VoxelArray } from '../volume.js';
import { columnLengths, orthonormal, sheared } from './direction.js';
import { countVoxels, inflate, swapBytes, truncated, viewVoxels, voxelBytes } from './voxel-bytes.js';

/** NRRD, the format of 3D Slicer (teem, "Definition of NRRD File Format", versions 1-5): one attached header, three spatial axes, raw, gzip or ascii. */

const PIXEL_TYPES: Readonly<Record<string, PixelType>> = {
  'signed char': 'int8', int8: 'int8', int8_t: 'int8',
  uchar: 'uint8', 'unsigned char': 'uint8', uint8: 'uint8', uint8_t: 'uint8',
  short: 'int16', 'short int': 'int16', 'signed short': 'int16', 'signed short int': 'int16', int16: 'int16', int16_t: 'int16',
  ushort: 'uint16', 'unsigned short': 'uint16', 'unsigned short int': 'uint16', uint16: 'uint16', uint16_t: 'uint16',
  int: 'int32', 'signed int': 'int32', int32: 'int32', int32_t: 'int32',
  uint: 'uint32', 'unsigned int': 'uint32', uint32: 'uint32', uint32_t: 'uint32',
  float: 'float32', double: 'float64',
};
const NRRD_NAMES: Readonly<Record<PixelType, string>> = {
  int8: 'signed char', uint8: 'unsigned char', int16: 'short', uint16: 'unsigned short', int32: 'int', uint32: 'unsigned int', float32: 'float', float64: 'double',
};

/** Signs that take a space's axes to LPS. */
const SPACES: Readonly<Record<string, Triple>> = {
  'left-posterior-superior': [1, 1, 1], lps: [1, 1, 1],
  'right-anterior-superior': [-1, -1, 1], ras: [-1, -1, 1],
  'left-anterior-superior': [1, -1, 1], las: [1, -1, 1],
};

export const looksLikeNrrd = (bytes: Uint8Array): boolean => latin1(bytes.subarray(0, 4)) === 'NRRD';

/** The volume of an NRRD file's bytes. Throws ImageFileError with a sentence. */
export function readNrrd(bytes: Uint8Array): Volume {
  const { fields, dataStart } = readHeader(bytes);
  const dimension = Number(fields.get('dimension'));
  if (dimension !== 3) throw new ImageFileError('dimension', `The NRRD file has ${Number.isFinite(dimension) ? dimension : 'no stated'} dimensions; an image or mask has 3. Export one volume a file; in 3D Slicer, export segments as a label map.`);
  const pixelType = PIXEL_TYPES[(fields.get('type') ?? '').toLowerCase()];
  if (!pixelType) throw new ImageFileError('pixel-type', 'The NRRD file holds a pixel type that is not a number type. Export it as short, int, float or double.');
  const size = triple(fields.get('sizes'), 'sizes');
  const count = countVoxels(size, bytesPerVoxel(pixelType));
  return { size, ...readGeometry(fields), pixelType, data: readVoxels(bytes.subarray(dataStart), fields, pixelType, count) };
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** The first bytes as text, and where the empty line after the header lies in them. */
function headerIn(bytes: Uint8Array, most: number): [string, RegExpExecArray | null] {
  const head = latin1(bytes.subarray(0, most));
  return [head, /\r?\n\r?\n/.exec(head)];
}

function readHeader(bytes: Uint8Array): { fields: Map<string, string>; dataStart: number } {
  if (!looksLikeNrrd(bytes)) throw new ImageFileError('format', 'The file does not begin as NRRD files do.');
  let [head, end] = headerIn(bytes, 1 << 14);
  if (!end) [head, end] = headerIn(bytes, 1 << 20);
  if (!end) throw new ImageFileError('truncated', 'The NRRD header has no end. The file is cut off; copy it again.');
  const fields = new Map<string, string>();
  for (const line of head.slice(0, end.index).split(/\r?\n/).slice(1)) {
    const field = /^([^#:]+): ?(.*)$/.exec(line);
    if (field && !line.includes(':=')) fields.set(field[1].trim().toLowerCase(), field[2].trim());
  }
  if (fields.has('data file') || fields.has('datafile')) throw new ImageFileError('detached', 'The NRRD header points to a separate data file. Save image and header in one .nrrd file.');
  return { fields, dataStart: end.index + end[0].length };
}

function triple(text: string | undefined, field: string): [number, number, number] {
  const numbers = (text ?? '').trim().split(/\s+/).map(Number);
  if (numbers.length !== 3 || numbers.some((x) => !Number.isFinite(x))) throw new ImageFileError('header', `The NRRD field "${field}" does not hold three numbers.`);
  return numbers as [number, number, number];
}

function readGeometry(fields: Map<string, string>): Pick<Volume, 'spacing' | 'origin' | 'direction'> {
  const space = (fields.get('space') ?? '').toLowerCase();
  const signs = SPACES[space] ?? [1, 1, 1];
  if (space && !SPACES[space]) throw new ImageFileError('space', 'The NRRD file uses a space other than LPS, RAS or LAS. Export it in one of these.');
  const stated = fields.get('space directions');
  if (stated === undefined) {
    const spacing = fields.has('spacings') ? triple(fields.get('spacings'), 'spacings') : ([1, 1, 1] as const);
    if (spacing.some((length) => !(length > 0))) throw new ImageFileError('spacing', 'The NRRD file states a spacing that is not positive.');
    return { spacing, origin: [0, 0, 0], direction: identityDirection() };
  }
  const vectors = /^\(([^)]*)\)\s*\(([^)]*)\)\s*\(([^)]*)\)$/.exec(stated);
  if (!vectors) throw new ImageFileError('header', 'An axis of the NRRD file is not an axis in space. Export one volume of one number a voxel.');
  const matrix = new Float64Array(9);
  for (let axis = 0; axis < 3; axis++) {
    const vector = triple(vectors[axis + 1].replaceAll(',', ' '), 'space directions');
    for (let row = 0; row < 3; row++) matrix[row * 3 + axis] = vector[row] * signs[row];
  }
  const spacing = columnLengths(matrix);
  if (spacing.some((length) => !(length > 0))) throw new ImageFileError('spacing', 'The NRRD file has an axis of length zero.');
  const direction = orthonormal(matrix, spacing);
  if (!direction) throw sheared();
  const origin = triple((fields.get('space origin') ?? '(0,0,0)').replaceAll(/[(),]/g, ' '), 'space origin').map((x, row) => x * signs[row]) as [number, number, number];
  return { spacing, origin, direction };
}

function readVoxels(body: Uint8Array, fields: Map<string, string>, pixelType: PixelType, count: number): VoxelArray {
  const expected = count * bytesPerVoxel(pixelType);
  if (['byte skip', 'byteskip', 'line skip', 'lineskip'].some((field) => Number(fields.get(field) ?? 0) !== 0)) {
    throw new ImageFileError('encoding', 'The NRRD file skips bytes before its voxels, which is not read. Save it again.');
  }
  const encoding = (fields.get('encoding') ?? '').toLowerCase();
  if (encoding === 'ascii' || encoding === 'text' || encoding === 'txt') return readAscii(body, pixelType, count);
  let raw = body;
  if (encoding === 'gzip' || encoding === 'gz') raw = inflate(body, expected);
  else if (encoding !== 'raw') throw new ImageFileError('encoding', 'The NRRD file is not raw, gzip or ascii encoded. Save it as gzip.');
  if (raw.length < expected) throw truncated(raw.length, expected);
  const voxels = voxelBytes(raw, { start: 0, length: expected, inflated: raw !== body });
  if ((fields.get('endian') ?? 'little').toLowerCase() === 'big') swapBytes(voxels, bytesPerVoxel(pixelType));
  return viewVoxels(voxels, pixelType, count);
}

function readAscii(body: Uint8Array, pixelType: PixelType, count: number): VoxelArray {
  if (body.length < 2 * count - 1) throw truncated(body.length, 2 * count - 1);
  const words = new TextDecoder('latin1').decode(body).trim().split(/[\s,]+/);
  if (words.length < count) throw new ImageFileError('truncated', `The file holds ${words.length} of ${count} voxels. Copy it again.`);
  const data = allocateVoxels(pixelType, count);
  for (let i = 0; i < count; i++) {
    const value = Number(words[i]);
    if (Number.isNaN(value) && !/^[+-]?nan$/i.test(words[i])) throw new ImageFileError('header', 'The NRRD file holds text where voxels are expected.');
    data[i] = value;
  }
  return data;
}

/** A gzip-encoded NRRD file in LPS, little-endian. */
export async function writeNrrd(volume: Volume): Promise<Uint8Array> {
  const { gzipSync } = await import('node:zlib');
  const { size, spacing, origin, direction, pixelType, data } = volume;
  const axis = (i: number) => `(${[0, 1, 2].map((row) => direction[row * 3 + i] * spacing[i]).join(',')})`;
  const header = [
    'NRRD0004', `type: ${NRRD_NAMES[pixelType]}`, 'dimension: 3', 'space: left-posterior-superior', `sizes: ${size.join(' ')}`,
    `space directions: ${axis(0)} ${axis(1)} ${axis(2)}`, 'kinds: domain domain domain', 'endian: little', 'encoding: gzip', `space origin: (${origin.join(',')})`, '', '',
  ].join('\n');
  const body = gzipSync(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), { level: 4 });
  return Buffer.concat([Buffer.from(header, 'latin1'), body]);
}
