import { ImageFileError } from '../image-file-error.js';

/** An element of a data set: where its value lies in the file, the items of a sequence, or the fragments of compressed pixel data. */
export interface Element {
  readonly vr: string;
  readonly start: number;
  readonly length: number;
  readonly items?: readonly DataSet[];
  readonly fragments?: readonly Fragment[];
}

export interface Fragment {
  readonly start: number;
  readonly length: number;
}

const text = new TextDecoder('latin1');

/**
 * A DICOM data set over the bytes of its file (PS3.5 section 7). Values are read when asked for; an absent or empty element is null. Text is returned as Latin-1: only codes, numbers,
 * identifiers and names that are compared with themselves are used.
 */
export class DataSet {
  constructor(
    private readonly bytes: Uint8Array,
    private readonly littleEndian: boolean,
    private readonly elements: ReadonlyMap<number, Element>,
  ) {}

  element(tag: number): Element | null {
    return this.elements.get(tag) ?? null;
  }

  has(tag: number): boolean {
    return (this.elements.get(tag)?.length ?? 0) > 0;
  }

  string(tag: number): string | null {
    const element = this.elements.get(tag);
    if (!element || element.items || element.length === 0) return null;
    // NUL and space pad values to an even length.
    return text.decode(this.bytes.subarray(element.start, element.start + element.length)).replace(/[\0 ]+$/, '').trim() || null;
  }

  /** Text as UTF-8 where the data set says so, for names a person chooses. */
  name(tag: number, utf8: boolean): string | null {
    const element = this.elements.get(tag);
    if (!utf8 || !element) return this.string(tag);
    return new TextDecoder('utf-8').decode(this.bytes.subarray(element.start, element.start + element.length)).replace(/[\0 ]+$/, '').trim() || null;
  }

  strings(tag: number): string[] {
    return this.string(tag)?.split('\\').map((part) => part.trim()) ?? [];
  }

  /** Numbers written as text (DS, IS) or, by their value representation, as binary. Null where one of them is no number. */
  numbers(tag: number): number[] | null {
    const element = this.elements.get(tag);
    if (!element || element.length === 0 || element.items) return null;
    const binary = BINARY[element.vr];
    if (binary) return Array.from({ length: Math.floor(element.length / binary.width) }, (_, i) => binary.read(this.view(), element.start + i * binary.width, this.littleEndian));
    const values = this.strings(tag).map((part) => (part === '' ? NaN : Number(part)));
    return values.every(Number.isFinite) ? values : null;
  }

  number(tag: number): number | null {
    return this.numbers(tag)?.[0] ?? null;
  }

  /** Unsigned 16-bit numbers of an element, whatever value representation was written (implicit files state none). */
  short(tag: number): number | null {
    const element = this.elements.get(tag);
    if (!element || element.length < 2) return null;
    return this.view().getUint16(element.start, this.littleEndian);
  }

  shorts(tag: number): number[] {
    const element = this.elements.get(tag);
    return element ? Array.from({ length: element.length >> 1 }, (_, i) => this.view().getUint16(element.start + 2 * i, this.littleEndian)) : [];
  }

  /** Single or double precision numbers of an element written without a value representation, by the width the dictionary gives it. */
  float(tag: number, width: 4 | 8): number | null {
    const element = this.elements.get(tag);
    if (!element || element.length < width) return null;
    const number = BINARY[element.vr];
    if (number) return this.number(tag);
    return width === 4 ? this.view().getFloat32(element.start, this.littleEndian) : this.view().getFloat64(element.start, this.littleEndian);
  }

  items(tag: number): readonly DataSet[] {
    return this.elements.get(tag)?.items ?? [];
  }

  /** The first item of a sequence. */
  item(tag: number): DataSet | null {
    return this.items(tag)[0] ?? null;
  }

  /** The bytes of an element or fragment, without a copy. */
  slice({ start, length }: Fragment): Uint8Array {
    return this.bytes.subarray(start, start + length);
  }

  private view(): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }
}

interface BinaryNumber {
  readonly width: number;
  readonly read: (view: DataView, at: number, littleEndian: boolean) => number;
}

const BINARY: Readonly<Record<string, BinaryNumber>> = {
  US: { width: 2, read: (view, at, little) => view.getUint16(at, little) },
  SS: { width: 2, read: (view, at, little) => view.getInt16(at, little) },
  UL: { width: 4, read: (view, at, little) => view.getUint32(at, little) },
  SL: { width: 4, read: (view, at, little) => view.getInt32(at, little) },
  FL: { width: 4, read: (view, at, little) => view.getFloat32(at, little) },
  FD: { width: 8, read: (view, at, little) => view.getFloat64(at, little) },
};

export const damaged = (what: string): ImageFileError => new ImageFileError('dicom', `The DICOM file is damaged: ${what}. Export it again.`);
