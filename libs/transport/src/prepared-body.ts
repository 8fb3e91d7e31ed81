import { createHash } from 'node:crypto';

/** A body that many links send: measured and hashed once, never copied. */
export interface PreparedBody {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
  /** sha256 of all pieces one after another, hexadecimal; computed when first asked for. */
  digest(): string;
}

/** `digest`: of the whole body, where the caller knows it already. */
export function prepareBody(body: Uint8Array | readonly Uint8Array[], digest?: string): PreparedBody {
  const pieces = body instanceof Uint8Array ? [body] : body;
  return {
    pieces,
    length: pieces.reduce((total, piece) => total + piece.length, 0),
    digest() {
      if (digest === undefined) {
        const hash = createHash('sha256');
        for (const piece of pieces) hash.update(piece);
        digest = hash.digest('hex');
      }
      return digest;
    },
  };
}
