/** The frames of a link, inside the seal. Numbers are little-endian. */
export const FRAME = {
  /** u32 head length | head | body */
  message: 1,
  /** u32 length of the announcement | announcement | head. The body follows in chunks once credit is given. */
  begin: 2,
  /** u32 transfer | bytes */
  chunk: 3,
  /** Credit for a transfer: start (or go on) at `offset`, send up to `until`. */
  grant: 4,
  /** The first frame of a coordinator: the agent is admitted under this name. */
  welcome: 5,
  /** Why the sender hangs up. */
  close: 6,
  probe: 7,
  alive: 8,
} as const;

export interface Announcement {
  readonly transfer: number;
  readonly length: number;
  readonly digest: string;
}

export interface Grant {
  readonly transfer: number;
  readonly offset: number;
  readonly until: number;
}

export const jsonFrame = (value: object): Buffer => Buffer.from(JSON.stringify(value));

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** The two parts of a payload that starts with the first one's length, or null where the lengths do not agree. */
export function splitPayload(payload: Uint8Array): [Uint8Array, Uint8Array] | null {
  if (payload.length < 4) return null;
  const length = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0, true);
  return length <= payload.length - 4 ? [payload.subarray(4, 4 + length), payload.subarray(4 + length)] : null;
}

const text = new TextDecoder('utf-8', { fatal: true });

/** A parsed JSON object, or null. */
export function readJson(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text.decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

export function readAnnouncement(bytes: Uint8Array): Announcement | null {
  const { transfer, length, digest } = readJson(bytes) ?? {};
  return isCount(transfer) && isCount(length) && typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest) ? { transfer, length, digest } : null;
}

export function readGrant(bytes: Uint8Array): Grant | null {
  const { transfer, offset, until } = readJson(bytes) ?? {};
  return isCount(transfer) && isCount(offset) && isCount(until) && offset <= until ? { transfer, offset, until } : null;
}
