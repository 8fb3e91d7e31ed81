import iconv from 'iconv-lite';

export interface DecodedText {
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'gb18030';
}

/**
 * Text of a table's bytes: UTF-8 with or without a byte order mark, UTF-16 with one (what spreadsheets write as "Unicode text"), else
 * GB18030, which contains GBK and GB2312. Null when the bytes are none of these.
 */
export function decodeText(bytes: Uint8Array): DecodedText | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: iconv.decode(Buffer.from(bytes), 'utf-16le'), encoding: 'utf-16le' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    const text = iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 'gb18030');
    return text.includes('\ufffd') ? null : { text, encoding: 'gb18030' };
  }
}
