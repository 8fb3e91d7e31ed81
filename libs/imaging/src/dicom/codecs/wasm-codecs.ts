import { createRequire } from 'node:module';
import { damaged } from '../data-set.js';
import type { Compression } from '../transfer-syntax.js';

/** The part of the decoders' common interface that is used. */
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  delete(): void;
}

type DecoderClass = new () => Decoder;
type ModuleFactory = (options: object) => Promise<Record<string, DecoderClass>>;

/** The packages are CommonJS without types. */
const load = createRequire(import.meta.url) as (name: string) => ModuleFactory;

const decoders: Readonly<Partial<Record<Compression, { readonly factory: () => ModuleFactory; readonly name: string }>>> = {
  jpeg: { factory: () => load('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'), name: 'JPEGDecoder' },
  'jpeg-ls': { factory: () => load('@cornerstonejs/codec-charls/decodewasmjs'), name: 'JpegLSDecoder' },
  'jpeg-2000': { factory: () => load('@cornerstonejs/codec-openjpeg/decodewasmjs'), name: 'J2KDecoder' },
  htj2k: { factory: () => load('@cornerstonejs/codec-openjph/wasmjs'), name: 'HTJ2KDecoder' },
};
const loaded = new Map<Compression, Promise<DecoderClass>>();

const silent = () => undefined;

function decoderOf(compression: Compression): Promise<DecoderClass> {
  const decoder = decoders[compression];
  if (!decoder) throw new RangeError(`no module decodes ${compression}`);
  const found = loaded.get(compression) ?? decoder.factory()({ print: silent, printErr: silent }).then((module) => module[decoder.name]);
  loaded.set(compression, found);
  return found;
}

/** Decodes a codestream whose size was checked. The bytes are copied out of the module's memory before it is used again. */
export async function decodeWithModule(bytes: Uint8Array, compression: Compression): Promise<Uint8Array> {
  const Decoder = await decoderOf(compression);
  const decoder = new Decoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    return new Uint8Array(decoder.getDecodedBuffer());
  } catch {
    throw damaged('its compressed pixels cannot be decoded');
  } finally {
    decoder.delete();
  }
}
