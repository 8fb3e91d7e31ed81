import { damaged } from '../data-set.js';

export interface CodestreamSize {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly bits: number;
}

const SOI = 0xffd8;
const SOC = 0xff4f;
const SIZ = 0xff51;
/** Start of frame of JPEG (all processes) and of JPEG-LS; 0xc4, 0xc8 and 0xcc are other segments. */
const isFrameStart = (marker: number): boolean => marker === 0xfff7 || (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker));

/** Size of a JPEG, JPEG-LS or JPEG 2000 codestream from its own header, without decoding it. */
export function codestreamSize(bytes: Uint8Array): CodestreamSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const start = view.getUint16(0);
    if (start === SOC && view.getUint16(2) === SIZ) return jpeg2000Size(view);
    if (start === SOI) return jpegSize(view);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw damaged('its compressed pixels have no header');
}

function jpeg2000Size(view: DataView): CodestreamSize {
  return {
    columns: view.getUint32(8) - view.getUint32(16),
    rows: view.getUint32(12) - view.getUint32(20),
    components: view.getUint16(40),
    bits: (view.getUint8(42) & 0x7f) + 1,
  };
}

function jpegSize(view: DataView): CodestreamSize {
  for (let at = 2; ; ) {
    const marker = view.getUint16(at);
    if (marker === 0xffff) {
      at++;
      continue;
    }
    const length = view.getUint16(at + 2);
    if (marker < 0xff01 || length < 2) throw damaged('its compressed pixels have no header');
    if (isFrameStart(marker)) return { bits: view.getUint8(at + 4), rows: view.getUint16(at + 5), columns: view.getUint16(at + 7), components: view.getUint8(at + 9) };
    at += 2 + length;
  }
}
