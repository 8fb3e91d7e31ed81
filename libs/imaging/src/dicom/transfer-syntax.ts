import { ImageFileError } from '../image-file-error.js';

export type Compression = 'none' | 'rle' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** How a file's data set is written and its pixels are compressed (PS3.5 annex A). */
export interface TransferSyntax {
  readonly littleEndian: boolean;
  readonly explicit: boolean;
  readonly deflated: boolean;
  readonly compression: Compression;
  /** The syntax allows loss; whether the image lost anything, it says itself. */
  readonly lossy: boolean;
}

export function transferSyntax(uid: string): TransferSyntax {
  const uncompressed = UNCOMPRESSED[uid];
  if (uncompressed) return { ...uncompressed, compression: 'none', lossy: false };
  const compressed = COMPRESSED[uid];
  if (compressed) return { littleEndian: true, explicit: true, deflated: false, ...compressed };
  const known = /^1\.2\.840\.10008\.1\.2\.[\d.]{1,20}$/.test(uid) ? ` ${uid}` : '';
  throw new ImageFileError('transfer-syntax', `Transfer syntax${known} is not readable. Convert the file, for example with: dcmconv +te in out.`);
}

const UNCOMPRESSED: Readonly<Record<string, { littleEndian: boolean; explicit: boolean; deflated: boolean }>> = {
  '1.2.840.10008.1.2': { littleEndian: true, explicit: false, deflated: false },
  '1.2.840.10008.1.2.1': { littleEndian: true, explicit: true, deflated: false },
  '1.2.840.10008.1.2.1.99': { littleEndian: true, explicit: true, deflated: true },
  '1.2.840.10008.1.2.2': { littleEndian: false, explicit: true, deflated: false },
};

const COMPRESSED: Readonly<Record<string, { compression: Compression; lossy: boolean }>> = {
  '1.2.840.10008.1.2.5': { compression: 'rle', lossy: false },
  '1.2.840.10008.1.2.4.50': { compression: 'jpeg', lossy: true },
  '1.2.840.10008.1.2.4.57': { compression: 'jpeg-lossless', lossy: false },
  '1.2.840.10008.1.2.4.70': { compression: 'jpeg-lossless', lossy: false },
  '1.2.840.10008.1.2.4.80': { compression: 'jpeg-ls', lossy: false },
  '1.2.840.10008.1.2.4.81': { compression: 'jpeg-ls', lossy: true },
  '1.2.840.10008.1.2.4.90': { compression: 'jpeg-2000', lossy: false },
  '1.2.840.10008.1.2.4.91': { compression: 'jpeg-2000', lossy: true },
  '1.2.840.10008.1.2.4.201': { compression: 'htj2k', lossy: false },
  '1.2.840.10008.1.2.4.202': { compression: 'htj2k', lossy: false },
  '1.2.840.10008.1.2.4.203': { compression: 'htj2k', lossy: true },
};
