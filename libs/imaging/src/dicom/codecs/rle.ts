import { damaged } from '../data-set.js';

/**
 * DICOM run-length encoding (PS3.5 annex G): one segment a byte plane, the most significant first, each packed as Apple's PackBits. Returns the pixels as little-endian bytes.
 *
 * @param bytesEach bytes a pixel, 1 or 2
 */
export function decodeRle(bytes: Uint8Array, pixels: number, bytesEach: number): Uint8Array<ArrayBuffer> {
  if (bytes.length < 64) throw damaged('its compressed pixels have no header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== bytesEach) throw damaged('its compressed pixels are of another size than its header says');
  const decoded = new Uint8Array(pixels * bytesEach);
  for (let segment = 0; segment < bytesEach; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < bytesEach ? view.getUint32(8 + 4 * segment, true) : bytes.length;
    if (start < 64 || end > bytes.length || start > end) throw damaged('its compressed pixels are cut off');
    unpack(bytes.subarray(start, end), decoded, bytesEach - 1 - segment, bytesEach);
  }
  return decoded;
}

/** Writes every `step`-th byte from `offset` on, and never beyond the pixels the header declares. */
function unpack(packed: Uint8Array, target: Uint8Array, offset: number, step: number): void {
  let at = offset;
  for (let i = 0; i < packed.length && at < target.length; ) {
    const count = packed[i++];
    if (count === 128) continue;
    if (count > 128) {
      const value = packed[i++];
      for (let k = 257 - count; k > 0 && at < target.length; k--, at += step) target[at] = value;
    } else {
      for (let k = count + 1; k > 0 && i < packed.length && at < target.length; k--, at += step) target[at] = packed[i++]!;
    }
  }
  if (at < target.length) throw damaged('its compressed pixels are cut off');
}
