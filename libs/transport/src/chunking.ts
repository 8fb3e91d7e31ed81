/** A frame carries at most one head (1 MiB) and one chunk; socket.io's own limit lies well above, also as base64 in a poll. */
export const HEAD_LIMIT_BYTES = 1 << 20;
export const CHUNK_BYTES = 1 << 19;
/** Chunks of one body that travel without having been received. */
export const WINDOW_CHUNKS = 8;
export const SOCKET_LIMIT_BYTES = 4 << 20;

/** The bytes from `start` to `end` of pieces that lie one after another; views, no copies. */
export function sliceOf(pieces: readonly Uint8Array[], start: number, end: number): Uint8Array[] {
  const slices: Uint8Array[] = [];
  let offset = 0;
  for (const piece of pieces) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, piece.length);
    if (from < to) slices.push(piece.subarray(from, to));
    offset += piece.length;
    if (offset >= end) break;
  }
  return slices;
}
