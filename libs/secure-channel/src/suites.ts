import { createCipheriv, createDecipheriv, type CipherGCMTypes } from 'node:crypto';
import { openSecretBox, sealSecretBox } from './boxes.js';

export type SuiteName = 'aes-256-gcm' | 'chacha20-poly1305' | 'xsalsa20-poly1305';

/** All suites, best first. The one used is the first that both sides allow; this order is the same everywhere and is never negotiated. */
export const SUITES: readonly SuiteName[] = ['aes-256-gcm', 'chacha20-poly1305', 'xsalsa20-poly1305'];

export const TAG_BYTES = 16;

/** An authenticated cipher. Sequence numbers become nonces, so a (key, sequence) pair may be used once. */
export interface Suite {
  /** Ciphertext and tag of the pieces one after another, themselves in pieces. */
  seal(key: Uint8Array, sequence: number, pieces: readonly Uint8Array[]): Uint8Array[];
  /** The first `split` bytes of the plaintext and the rest, or null if the box does not open. */
  open(key: Uint8Array, sequence: number, box: Uint8Array, split: number): [Uint8Array, Uint8Array] | null;
}

export const suiteNamed = (name: SuiteName): Suite => (name === 'xsalsa20-poly1305' ? xsalsa20 : name === 'aes-256-gcm' ? aes256gcm : chacha20);

function nonceOf(bytes: number, sequence: number): Buffer {
  const nonce = Buffer.alloc(bytes);
  nonce.writeUInt32LE(sequence % 2 ** 32, bytes - 8);
  nonce.writeUInt32LE(Math.floor(sequence / 2 ** 32), bytes - 4);
  return nonce;
}

const nodeSuite = (algorithm: CipherGCMTypes | 'chacha20-poly1305'): Suite => ({
  seal(key, sequence, pieces) {
    const cipher = createCipheriv(algorithm as CipherGCMTypes, key, nonceOf(12, sequence), { authTagLength: TAG_BYTES });
    const sealed: Uint8Array[] = [];
    for (const piece of pieces) if (piece.length > 0) sealed.push(cipher.update(piece));
    cipher.final();
    sealed.push(cipher.getAuthTag());
    return sealed;
  },
  open(key, sequence, box, split) {
    if (box.length < split + TAG_BYTES) return null;
    const decipher = createDecipheriv(algorithm as CipherGCMTypes, key, nonceOf(12, sequence), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(box.subarray(box.length - TAG_BYTES));
    const first = decipher.update(box.subarray(0, split));
    const rest = decipher.update(box.subarray(split, box.length - TAG_BYTES));
    try {
      decipher.final();
      return [first, rest];
    } catch {
      return null;
    }
  },
});

const aes256gcm = nodeSuite('aes-256-gcm');
const chacha20 = nodeSuite('chacha20-poly1305');

const xsalsa20: Suite = {
  seal(key, sequence, pieces) {
    const sealed = sealSecretBox(Buffer.concat(pieces), nonceOf(24, sequence), key);
    if (sealed === null) throw new RangeError('a secretbox key has 32 bytes');
    return [sealed];
  },
  open(key, sequence, box, split) {
    const plain = openSecretBox(box, nonceOf(24, sequence), key);
    return plain !== null && plain.length >= split ? [plain.subarray(0, split), plain.subarray(split)] : null;
  },
};
