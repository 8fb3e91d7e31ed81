import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** Up to here a write into the page cache costs less than to hand it to another thread. */
export const SMALL_BYTES = 256 * 1024;

/** Writes all bytes at a position; in append mode (null) at the end. Small ones in the caller's thread: only the wait for the disk is worth another one. */
export async function writeWhole(handle: FileHandle, bytes: Uint8Array, position: number | null): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const at = position === null ? null : position + from;
    from += bytes.length <= SMALL_BYTES ? writeSync(handle.fd, bytes, from, bytes.length - from, at) : (await handle.write(bytes, from, bytes.length - from, at)).bytesWritten;
  }
}
