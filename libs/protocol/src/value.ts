/**
 * What travels between the parties: JSON with numeric blocks in it.
 *
 * A block is a Float64Array and is carried as raw little-endian doubles, so a million numbers cost eight megabytes and no parsing.
 * The encoding is canonical (object keys in code-unit order, no spaces, shortest round-trip numbers): equal values give equal bytes
 * on every machine, and so equal digests.
 *
 *   bytes = 'CV1\0' | u32 length of the JSON head | head (UTF-8), space-padded to a multiple of 8 | blocks, one after another
 *
 * In the head a block stands as {"$f64":[offset in doubles, length]}. A key that starts with '$' is refused in the value itself.
 */
export type Value = null | boolean | number | string | Float64Array | readonly Value[] | { readonly [key: string]: Value | undefined };

export class ValueFormatError extends Error {
  override readonly name = 'ValueFormatError';
}

const MAGIC = 0x00315643; // 'CV1\0' read as a little-endian integer
const HEAD_START = 8;
const MAXIMUM_DEPTH = 64;
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Memory of a length, with anything in it. */
export type MemoryFor = (length: number) => Uint8Array<ArrayBuffer>;

/**
 * Bytes of a value. Refuses NaN and infinities outside blocks and inside them: no number that is not finite crosses a boundary.
 * Every byte of the memory is written.
 */
export function encodeValue(value: Value, memoryFor: MemoryFor = (length) => new Uint8Array(length)): Uint8Array<ArrayBuffer> {
  const blocks: Float64Array[] = [];
  let doubles = 0;
  const describe = (node: Value | undefined, depth: number): string => {
    if (depth > MAXIMUM_DEPTH) throw new ValueFormatError('nested too deep');
    if (node instanceof Float64Array) {
      if (!allFinite(node)) throw new ValueFormatError('a block holds a number that is not finite');
      blocks.push(node);
      doubles += node.length;
      return `{"$f64":[${doubles - node.length},${node.length}]}`;
    }
    if (node === null || typeof node === 'boolean' || typeof node === 'string') return JSON.stringify(node);
    if (typeof node === 'number') {
      if (!Number.isFinite(node)) throw new ValueFormatError('a number is not finite');
      return Object.is(node, -0) ? '-0' : JSON.stringify(node);
    }
    if (Array.isArray(node)) return `[${(node as readonly Value[]).map((item) => describe(item, depth + 1)).join(',')}]`;
    if (typeof node !== 'object') throw new ValueFormatError(`a ${typeof node} cannot travel`);
    const members = Object.entries(node as Record<string, Value | undefined>).filter(([, item]) => item !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members
      .map(([key, item]) => {
        if (key.startsWith('$') || key === '__proto__') throw new ValueFormatError(`the key ${key} is reserved`);
        return `${JSON.stringify(key)}:${describe(item, depth + 1)}`;
      })
      .join(',')}}`;
  };
  const head = new TextEncoder().encode(describe(value, 0));
  const blockStart = Math.ceil((HEAD_START + head.length) / 8) * 8;
  const { buffer, byteOffset, byteLength } = memoryFor(blockStart + doubles * 8);
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const view = new DataView(buffer, byteOffset, byteLength);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, blockStart - HEAD_START, true);
  bytes.set(head, HEAD_START);
  bytes.fill(0x20, HEAD_START + head.length, blockStart);
  let offset = blockStart;
  for (const block of blocks) {
    if (littleEndian) bytes.set(new Uint8Array(block.buffer, block.byteOffset, block.byteLength), offset);
    else block.forEach((x, i) => view.setFloat64(offset + i * 8, x, true));
    offset += block.byteLength;
  }
  return bytes;
}

export interface DecodeOptions {
  /** Blocks are views of `bytes` where their place allows it, and must not outlive them: for readers that only add. Copies otherwise. */
  readonly shareMemory?: boolean;
  /** Numbers of blocks are not looked at: for readers that look at each themselves, or at none. */
  readonly uncheckedBlocks?: boolean;
}

/** The value of bytes made by encodeValue. Every length is checked against the bytes at hand before anything is allocated. */
export function decodeValue(bytes: Uint8Array, options: DecodeOptions = {}): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD_START || view.getUint32(0, true) !== MAGIC) throw new ValueFormatError('not an encoded value');
  const blockStart = HEAD_START + view.getUint32(4, true);
  if (blockStart > bytes.length || blockStart % 8 !== 0 || (bytes.length - blockStart) % 8 !== 0) throw new ValueFormatError('the lengths do not agree');
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(HEAD_START, blockStart)));
  } catch {
    throw new ValueFormatError('the head is not JSON');
  }
  const available = (bytes.length - blockStart) / 8;
  const revive = (node: unknown, depth: number): Value => {
    if (depth > MAXIMUM_DEPTH) throw new ValueFormatError('nested too deep');
    if (Array.isArray(node)) return node.map((item) => revive(item, depth + 1));
    if (node === null || typeof node !== 'object') return node as Value;
    const record = node as Record<string, unknown>;
    if ('$f64' in record) return readBlock(record['$f64'], { bytes, blockStart, available, ...options });
    const result: Record<string, Value> = {};
    for (const [key, item] of Object.entries(record)) {
      if (key.startsWith('$') || key === '__proto__') throw new ValueFormatError('a reserved key');
      result[key] = revive(item, depth + 1);
    }
    return result;
  };
  return revive(head, 0);
}

interface Blocks extends DecodeOptions {
  readonly bytes: Uint8Array;
  readonly blockStart: number;
  readonly available: number;
}

function readBlock(place: unknown, blocks: Blocks): Float64Array {
  const { bytes, blockStart, available, shareMemory, uncheckedBlocks } = blocks;
  const [offset, length] = Array.isArray(place) ? (place as unknown[]) : [];
  if (typeof offset !== 'number' || typeof length !== 'number' || !Number.isInteger(offset) || !Number.isInteger(length) || offset < 0 || length < 0 || offset + length > available) {
    throw new ValueFormatError('a block lies outside the message');
  }
  const start = bytes.byteOffset + blockStart + offset * 8;
  const shared = shareMemory && littleEndian && start % 8 === 0;
  const block = shared ? new Float64Array(bytes.buffer, start, length) : new Float64Array(length);
  if (shared) {
    // The doubles are already where they are read.
  } else if (littleEndian) new Uint8Array(block.buffer).set(new Uint8Array(bytes.buffer, start, length * 8));
  else {
    const view = new DataView(bytes.buffer, start, length * 8);
    for (let i = 0; i < length; i++) block[i] = view.getFloat64(i * 8, true);
  }
  if (!uncheckedBlocks && !allFinite(block)) throw new ValueFormatError('a block holds a number that is not finite');
  return block;
}

/** Zero times a number is zero, unless the number is not finite. Four sums at once: one alone waits for itself at every addition. */
function allFinite(block: Float64Array): boolean {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (const end = block.length - 3; i < end; i += 4) {
    a += block[i]! * 0;
    b += block[i + 1]! * 0;
    c += block[i + 2]! * 0;
    d += block[i + 3]! * 0;
  }
  for (; i < block.length; i++) a += block[i]! * 0;
  return a + b + c + d === 0;
}
