import { inflateRawSync } from 'node:zlib';
import { ImageFileError } from '../image-file-error.js';
import { damaged, DataSet, type Element, type Fragment } from './data-set.js';
import { transferSyntax, type TransferSyntax } from './transfer-syntax.js';

/**
 * DICOM files (PS3.10) into data sets, for bytes nobody vouches for: sequences nest at most 64 deep, a file holds at most a million elements, every declared length is checked against what
 * encloses it before it is used, deflated data sets inflate to at most 256 MB, and pixel data is never copied here.
 */
const DEEPEST = 64;
const MOST_ELEMENTS = 1_000_000;
const LARGEST_INFLATED = 1 << 28;

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const PIXEL_DATA = 0x7fe00010;
const UNDEFINED = 0xffffffff;
const TRANSFER_SYNTAX = 0x00020010;
/** Value representations whose length takes four bytes, after two that are reserved. */
const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

export interface DicomFile {
  readonly dataSet: DataSet;
  readonly syntax: TransferSyntax;
}

/** The file has the DICOM preamble, or begins as data sets without one do: with an element of group 2 or 8. */
export function looksLikeDicom(bytes: Uint8Array): boolean {
  if (hasPreamble(bytes)) return true;
  return bytes.length > 16 && (bytes[0] === 2 || bytes[0] === 8) && bytes[1] === 0 && bytes[3] < 0x10;
}

const hasPreamble = (bytes: Uint8Array): boolean => bytes.length >= 132 && bytes[128] === 0x44 && bytes[129] === 0x49 && bytes[130] === 0x43 && bytes[131] === 0x4d;

export function parseDicom(bytes: Uint8Array): DicomFile {
  if (!looksLikeDicom(bytes)) throw new ImageFileError('format', 'The file is of no known image format (NRRD, NIfTI, MetaImage or DICOM).');
  const start = hasPreamble(bytes) ? 132 : 0;
  const meta = new Parser(bytes, { littleEndian: true, explicit: true });
  const [elements, end] = start === 132 || bytes[0] === 2 ? meta.metaElements(start) : [new Map<number, Element>(), start];
  const uid = new DataSet(bytes, true, elements).string(TRANSFER_SYNTAX);
  const syntax = uid === null ? guessSyntax(bytes, end) : transferSyntax(uid);
  const body = syntax.deflated ? inflateBody(bytes.subarray(end)) : bytes;
  const parser = new Parser(body, syntax);
  return { dataSet: parser.dataSet(syntax.deflated ? 0 : end, body.length), syntax };
}

/** Files without meta information: explicit when two capitals stand where the value representation would. */
function guessSyntax(bytes: Uint8Array, at: number): TransferSyntax {
  const capitals = [bytes[at + 4], bytes[at + 5]].every((byte) => byte !== undefined && byte >= 0x41 && byte <= 0x5a);
  return transferSyntax(capitals ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2');
}

function inflateBody(compressed: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(compressed, { maxOutputLength: LARGEST_INFLATED });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw new ImageFileError('too-large', 'The deflated DICOM file holds more than 256 MB. Export it uncompressed.');
    throw damaged('its deflated data does not inflate');
  }
}

interface Reading {
  readonly littleEndian: boolean;
  readonly explicit: boolean;
}

interface Header {
  readonly tag: number;
  readonly vr: string;
  readonly length: number;
  /** First byte of the value. */
  readonly start: number;
}

class Parser {
  private readonly view: DataView;
  private elementsRead = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly reading: Reading,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The elements of group 2, and where they end. */
  metaElements(start: number): [Map<number, Element>, number] {
    const elements = new Map<number, Element>();
    let at = start;
    while (at + 8 <= this.bytes.length && this.view.getUint16(at, true) === 2) {
      const header = this.header(at, this.bytes.length);
      if (header.length === UNDEFINED) throw damaged('its meta information has no length');
      elements.set(header.tag, { vr: header.vr, start: header.start, length: header.length });
      at = header.start + header.length;
    }
    return [elements, at];
  }

  dataSet(start: number, end: number): DataSet {
    return this.elementsUntil(start, { end, undefinedLength: false, depth: 0, reading: this.reading }).dataSet;
  }

  /** Elements up to `end`, or up to the item's delimiter where its length is undefined. */
  private elementsUntil(start: number, level: Level): { dataSet: DataSet; next: number } {
    const elements = new Map<number, Element>();
    let at = start;
    while (at + 8 <= level.end) {
      const header = this.header(at, level.end, level.reading);
      if (header.tag === ITEM_END && level.undefinedLength) return { dataSet: this.made(elements, level.reading), next: header.start };
      if (++this.elementsRead > MOST_ELEMENTS) throw new ImageFileError('dicom', `The DICOM file holds more than ${MOST_ELEMENTS} elements.`);
      const { element, next } = this.value(header, level);
      elements.set(header.tag, element);
      at = next;
    }
    if (level.undefinedLength) throw damaged('an item has no end');
    // A few stray bytes after the last element are padding of the medium.
    return { dataSet: this.made(elements, level.reading), next: level.end };
  }

  private made(elements: ReadonlyMap<number, Element>, { littleEndian }: Reading): DataSet {
    return new DataSet(this.bytes, littleEndian, elements);
  }

  private value(header: Header, level: Level): { element: Element; next: number } {
    const { vr, start, length } = header;
    if (header.tag === PIXEL_DATA && length === UNDEFINED) return this.fragments(header, level.end);
    const plain = { element: { vr, start, length }, next: start + length };
    if (vr === 'SQ' || length === UNDEFINED) return this.sequence(header, level);
    if (!this.looksLikeSequence(header)) return plain;
    try {
      return this.sequence(header, level);
    } catch (error) {
      // Bytes that only began as a sequence does are a value; what nests without end is refused wherever it stands.
      if (error instanceof ImageFileError && error.kind !== 'nesting' && this.elementsRead <= MOST_ELEMENTS) return plain;
      throw error;
    }
  }

  private sequence({ vr, start, length }: Header, level: Level): { element: Element; next: number } {
    // Unknown sequences of undefined length are implicit, whatever the file is (PS3.5 section 6.2.2).
    const reading = vr === 'UN' ? { littleEndian: true, explicit: false } : level.reading;
    const depth = level.depth + 1;
    if (depth > DEEPEST) throw new ImageFileError('nesting', `The DICOM file nests sequences more than ${DEEPEST} deep. It is damaged or made to harm.`);
    const items: DataSet[] = [];
    const end = length === UNDEFINED ? level.end : start + length;
    let at = start;
    while (at + 8 <= end) {
      const item = this.header(at, end, reading);
      if (item.tag === SEQUENCE_END && length === UNDEFINED) return { element: { vr: 'SQ', start, length: at - start, items }, next: item.start };
      if (item.tag !== ITEM) throw damaged('a sequence holds something else than items');
      const undefinedLength = item.length === UNDEFINED;
      const { dataSet, next } = this.elementsUntil(item.start, { end: undefinedLength ? end : item.start + item.length, undefinedLength, depth, reading });
      items.push(dataSet);
      at = next;
    }
    if (length === UNDEFINED) throw damaged('a sequence has no end');
    return { element: { vr: 'SQ', start, length, items }, next: end };
  }

  /** Implicit and unknown elements do not say that they are sequences; those that are begin with an item. */
  private looksLikeSequence({ vr, start, length, tag }: Header): boolean {
    if (vr !== '' || length < 8 || tag === PIXEL_DATA || this.tagAt(start, this.reading) !== ITEM) return false;
    const item = this.view.getUint32(start + 4, this.reading.littleEndian);
    return item === UNDEFINED || item <= length - 8;
  }

  private fragments({ start }: Header, end: number): { element: Element; next: number } {
    const fragments: Fragment[] = [];
    let at = start;
    while (at + 8 <= end) {
      const item = this.header(at, end);
      if (item.tag === SEQUENCE_END) return { element: { vr: 'OB', start, length: at - start, fragments }, next: item.start };
      if (item.tag !== ITEM || item.length === UNDEFINED) throw damaged('its compressed pixel data holds something else than fragments');
      fragments.push({ start: item.start, length: item.length });
      at = item.start + item.length;
    }
    throw new ImageFileError('truncated', 'The DICOM file ends within its pixel data. Copy it again from its source.');
  }

  private header(at: number, end: number, reading: Reading = this.reading): Header {
    const tag = this.tagAt(at, reading);
    const delimiter = tag === ITEM || tag === ITEM_END || tag === SEQUENCE_END;
    const { littleEndian } = reading;
    const vr = reading.explicit && !delimiter ? String.fromCharCode(this.bytes[at + 4], this.bytes[at + 5]) : '';
    const wide = LONG.has(vr);
    if (wide && at + 12 > end) throw damaged('an element is cut off');
    const start = at + (wide ? 12 : 8);
    let length = vr === '' ? this.view.getUint32(at + 4, littleEndian) : this.view.getUint16(at + 6, littleEndian);
    if (wide) length = this.view.getUint32(at + 8, littleEndian);
    if (delimiter && tag !== ITEM) return { tag, vr, length: 0, start };
    if (length !== UNDEFINED && length > end - start) throw declaresMore(tag, length, end - start);
    return { tag, vr, length, start };
  }

  private tagAt(at: number, { littleEndian }: Reading): number {
    return this.view.getUint16(at, littleEndian) * 0x10000 + this.view.getUint16(at + 2, littleEndian);
  }
}

interface Level {
  readonly end: number;
  readonly undefinedLength: boolean;
  readonly depth: number;
  readonly reading: Reading;
}

function declaresMore(tag: number, length: number, left: number): ImageFileError {
  const what = tag === PIXEL_DATA ? 'of pixel data' : 'in one element';
  return new ImageFileError('truncated', `The DICOM file declares ${length} bytes ${what} and holds ${left}. Copy it again from its source.`);
}
