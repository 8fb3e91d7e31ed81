import { ImageFileError } from '../../image-file-error.js';
import { damaged } from '../data-set.js';
import type { PixelFormat } from '../instance.js';
import type { StoredPixels } from '../pixel-data.js';
import type { Compression } from '../transfer-syntax.js';
import { codestreamSize, type CodestreamSize } from './codestream-size.js';
import { decodeRle } from './rle.js';

/** The stored values of a compressed frame. What the codestream says of its own size is compared with the header before anything is decoded. */
export async function decodeFrame(bytes: Uint8Array, compression: Compression, format: PixelFormat): Promise<StoredPixels> {
  const { rows, columns, bitsAllocated } = format;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) throw new ImageFileError('pixel-type', `Compressed pixels of ${bitsAllocated} bits are not read. Convert the file with: dcmconv +te in out.`);
  if (compression === 'rle') return pixelsOf(decodeRle(bytes, rows * columns, bitsAllocated / 8), bitsAllocated);
  const size = codestreamSize(bytes);
  if (size.rows !== rows || size.columns !== columns || size.components !== 1) throw damaged('its compressed pixels are of another size than its header says');
  if (size.bits > bitsAllocated) throw damaged('its compressed pixels have more bits than its header says');
  if (compression === 'jpeg-lossless') return (await import('./jpeg-lossless.js')).decodeJpegLossless(bytes, format);
  const { decodeWithModule } = await import('./wasm-codecs.js');
  return widened(await decodeWithModule(bytes, compression), size, format);
}

/** Decoders return bytes for up to 8 bits and 16-bit numbers beyond, whatever the header allocates. */
function widened(decoded: Uint8Array, { bits }: CodestreamSize, { rows, columns, bitsAllocated }: PixelFormat): StoredPixels {
  const width = bits <= 8 ? 1 : 2;
  if (decoded.length < rows * columns * width) throw damaged('its compressed pixels end early');
  const pixels = pixelsOf(new Uint8Array(decoded.subarray(0, rows * columns * width)), 8 * width);
  return width === 1 && bitsAllocated === 16 ? Uint16Array.from(pixels) : pixels;
}

const pixelsOf = (bytes: Uint8Array<ArrayBuffer>, bits: number): StoredPixels => (bits === 8 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1));
