import { damaged } from '../data-set.js';
import type { PixelFormat } from '../instance.js';

/**
 * JPEG lossless, process 14 (ITU-T T.81 annex H): one component, Huffman coded, any of the seven predictors, 2 to 16 bits, with point transform and restart intervals.
 *
 * Every difference is coded as in figure H.2: the category by Huffman, then its bits; category 16 is 32768 without bits. Samples are modulo 2^16.
 */
export function decodeJpegLossless(bytes: Uint8Array, { rows, columns, bitsAllocated }: Pick<PixelFormat, 'rows' | 'columns' | 'bitsAllocated'>): Uint8Array | Uint16Array {
  const scan = readSegments(bytes);
  const pixels = bitsAllocated === 8 ? new Uint8Array(rows * columns) : new Uint16Array(rows * columns);
  decodeScan(new BitReader(bytes, scan.start), scan, pixels, columns);
  return pixels;
}

interface Scan {
  readonly start: number;
  readonly table: HuffmanTable;
  readonly predictor: number;
  readonly precision: number;
  readonly pointTransform: number;
  /** Samples between restart markers, 0 for none. */
  readonly restart: number;
}

const SOF3 = 0xc3;
const DHT = 0xc4;
const DRI = 0xdd;
const SOS = 0xda;

function readSegments(bytes: Uint8Array): Scan {
  const tables = new Map<number, HuffmanTable>();
  let [precision, restart] = [0, 0];
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw damaged('its compressed pixels have no header');
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = bytes[at + 2] * 256 + bytes[at + 3];
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (length < 2 || body.length !== length - 2) throw damaged('its compressed pixels are cut off');
    if (marker === SOF3) precision = body[0]!;
    else if (marker === DHT) readTables(body, tables);
    else if (marker === DRI) restart = body[0] * 256 + body[1];
    else if (marker === SOS) return scanOf(body, { tables, precision, restart, start: at + 2 + length });
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) throw damaged('its compressed pixels are not JPEG lossless');
    at += 2 + length;
  }
  throw damaged('its compressed pixels are cut off');
}

function scanOf(body: Uint8Array, { tables, precision, restart, start }: { tables: Map<number, HuffmanTable>; precision: number; restart: number; start: number }): Scan {
  const table = tables.get(body[2] >> 4);
  const predictor = body[3];
  const pointTransform = body[5] & 15;
  if (!table || body[0] !== 1 || predictor < 1 || predictor > 7 || precision < 2 || precision > 16 || pointTransform >= precision) throw damaged('its compressed pixels are not JPEG lossless');
  return { start, table, predictor, precision, pointTransform, restart };
}

function readTables(body: Uint8Array, tables: Map<number, HuffmanTable>): void {
  for (let at = 0; at + 17 <= body.length; ) {
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    tables.set(body[at] & 15, new HuffmanTable(counts, body.subarray(at + 17, at + 17 + total)));
    at += 17 + total;
  }
}

/** Codes of up to 16 bits, decoded by the smallest code of each length (annex F.2.2.3). */
class HuffmanTable {
  private readonly largest = new Int32Array(17).fill(-1);
  private readonly offset = new Int32Array(17);

  constructor(
    counts: Uint8Array,
    private readonly values: Uint8Array,
  ) {
    for (let length = 1, code = 0, first = 0; length <= 16; length++) {
      const count = counts[length - 1];
      if (count > 0) {
        this.offset[length] = first - code;
        code += count;
        first += count;
        this.largest[length] = code - 1;
      }
      code <<= 1;
    }
  }

  category(bits: BitReader): number {
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      code = (code << 1) | bits.bit();
      if (code <= this.largest[length]) {
        const category = this.values[this.offset[length] + code];
        if (category !== undefined && category <= 16) return category;
        break;
      }
    }
    throw damaged('its compressed pixels hold an unknown code');
  }
}

/** Bits of the entropy-coded data: a zero byte after 0xff is stuffing, another byte a marker, after which only zeros come. */
class BitReader {
  private buffer = 0;
  private left = 0;
  private past = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  bit(): number {
    if (this.left === 0) this.fill();
    this.left--;
    return (this.buffer >> this.left) & 1;
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = (value << 1) | this.bit();
    return value;
  }

  /** Goes on after the next restart marker. */
  restart(): void {
    this.left = 0;
    while (this.at + 1 < this.bytes.length && !(this.bytes[this.at] === 0xff && this.bytes[this.at + 1] >= 0xd0 && this.bytes[this.at + 1] <= 0xd7)) this.at++;
    if (this.at + 1 >= this.bytes.length) throw damaged('its compressed pixels are cut off');
    this.at += 2;
  }

  private fill(): void {
    const byte = this.bytes[this.at];
    const marker = byte === 0xff && this.bytes[this.at + 1] !== 0;
    if (byte === undefined || marker) {
      // The last code may be short of some bits, not of bytes.
      if (++this.past > 2) throw damaged('its compressed pixels are cut off');
      this.buffer = 0;
    } else {
      this.buffer = byte;
      this.at += byte === 0xff ? 2 : 1;
    }
    this.left = 8;
  }
}

function decodeScan(bits: BitReader, scan: Scan, pixels: Uint8Array | Uint16Array, columns: number): void {
  const { table, predictor, precision, pointTransform, restart } = scan;
  const initial = 1 << (precision - pointTransform - 1);
  const samples = new Uint16Array(pixels.length);
  // Rows up to this one are predicted as the first of the image is (after a restart).
  let firstRow = 0;
  for (let i = 0; i < samples.length; i++) {
    const row = Math.floor(i / columns);
    const column = i - row * columns;
    if (restart > 0 && i > 0 && i % restart === 0) {
      bits.restart();
      firstRow = row;
    }
    const begins = row === firstRow && (column === 0 || (restart > 0 && i % restart === 0));
    let predicted = initial;
    if (!begins) {
      if (row === firstRow) predicted = samples[i - 1]!;
      else if (column === 0) predicted = samples[i - columns]!;
      else predicted = predict(predictor, samples[i - 1], samples[i - columns], samples[i - columns - 1]);
    }
    samples[i] = predicted + difference(table.category(bits), bits);
    pixels[i] = samples[i] << pointTransform;
  }
}

function difference(category: number, bits: BitReader): number {
  if (category === 0) return 0;
  if (category === 16) return 32768;
  const value = bits.bits(category);
  return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
}

/** Table H.1, of the samples to the left, above, and above to the left. */
function predict(predictor: number, left: number, above: number, corner: number): number {
  switch (predictor) {
    case 1: return left;
    case 2: return above;
    case 3: return corner;
    case 4: return left + above - corner;
    case 5: return left + ((above - corner) >> 1);
    case 6: return above + ((left - corner) >> 1);
    default: return (left + above) >> 1;
  }
}
