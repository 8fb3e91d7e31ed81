import { gunzipSync, unzipSync } from 'node:zlib';
import { ImageFileError } from '../image-file-error.js';
import { allocateVoxels, type PixelType, type Triple, type VoxelArray } from '../volume.js';

/** No volume larger than this is read: 512 × 512 × 4096 voxels of 16 bits. A header that declares more is refused before anything is allocated. */
export const LARGEST_VOLUME_BYTES = 2 ** 31;

/** Deflate cannot shrink its input by more than 1032 to 1 (its longest match, 258 bytes, costs 2 bits). */
const LARGEST_RATIO = 1032;
/** Images shrink to a half or a tenth, masks to a thousandth; only masks may be this much larger than their file, and they are not larger than this. */
const MASK_RATIO = 100;
const LARGEST_MASK_BYTES = 2 ** 29;

export const truncated = (got: number, expected: number): ImageFileError =>
  new ImageFileError('truncated', `The file declares ${expected} bytes and holds ${got}. Copy it again from its source.`);

/** Voxels of a size; throws where the size is not whole and positive, or larger than is read. */
export function countVoxels(size: Triple, bytesEach: number): number {
  if (size.some((length) => !Number.isInteger(length) || length < 1)) throw new ImageFileError('size', 'The file states a size that is not a positive whole number.');
  const count = size[0] * size[1] * size[2];
  if (count * bytesEach <= LARGEST_VOLUME_BYTES) return count;
  throw new ImageFileError('too-large', `The file declares ${gigabytes(count * bytesEach)} GB of voxels; at most ${gigabytes(LARGEST_VOLUME_BYTES)} GB are read.`);
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);

/**
 * Inflates a gzip stream to at most what the header declares, so that a small file cannot fill the memory. Bytes after the declared ones, and streams that end before them, are left
 * to the caller's check of the length. The result is written where it stays: memory is touched once.
 */
export function inflate(compressed: Uint8Array, expected: number, kind: 'gzip' | 'zlib' = 'gzip'): Uint8Array {
  if (expected > compressed.length * LARGEST_RATIO + 1024) throw truncated(compressed.length, expected);
  if (expected > LARGEST_MASK_BYTES && expected > compressed.length * MASK_RATIO) {
    throw new ImageFileError('too-large', `The file declares ${gigabytes(expected)} GB of voxels in ${(compressed.length / 1e6).toFixed(1)} MB.`);
  }
  try {
    return (kind === 'gzip' ? gunzipSync : unzipSync)(compressed, { maxOutputLength: expected + (1 << 16), chunkSize: expected + 1024 });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw new ImageFileError('compression', 'The compressed voxels are longer than the header declares.');
    throw new ImageFileError('compression', 'The compressed voxels are damaged or cut off. Copy the file again.');
  }
}

/** The bytes of the voxels, at an aligned offset: a view of what was inflated for them, a copy of what belongs to the caller. */
export function voxelBytes(raw: Uint8Array, { start, length, inflated }: { start: number; length: number; inflated: boolean }): Uint8Array<ArrayBuffer> {
  const part = raw.subarray(start, start + length);
  return inflated && part.byteOffset % 8 === 0 ? (part as Uint8Array<ArrayBuffer>) : new Uint8Array(part);
}

export function swapBytes(bytes: Uint8Array, width: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else if (width === 8) buffer.swap64();
}

/** The bytes as voxels of a type, without a copy; the bytes begin at an aligned offset of their buffer. */
export function viewVoxels(bytes: Uint8Array<ArrayBuffer>, pixelType: PixelType, count: number): VoxelArray {
  const view = allocateVoxels(pixelType, 0).constructor as new (buffer: ArrayBuffer, offset: number, length: number) => VoxelArray;
  return new view(bytes.buffer, bytes.byteOffset, count);
}
