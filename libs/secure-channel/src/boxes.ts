import nacl from 'tweetnacl';
import { agree } from './x25519.js';

/** NaCl's authenticated boxes behind checked lengths: whatever came from outside and does not fit or open is null, never an exception. */
export const BOX_KEY_BYTES = 32;
export const BOX_NONCE_BYTES = 24;
export const BOX_OVERHEAD_BYTES = 16;

const fits = (key: Uint8Array, nonce: Uint8Array): boolean => key.length === BOX_KEY_BYTES && nonce.length === BOX_NONCE_BYTES;

/** xsalsa20-poly1305 under a shared key. A (key, nonce) pair may be used once. */
export function sealSecretBox(message: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | null {
  return fits(key, nonce) ? nacl.secretbox(message, nonce, key) : null;
}

export function openSecretBox(box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | null {
  return fits(key, nonce) && box.length >= BOX_OVERHEAD_BYTES ? nacl.secretbox.open(box, nonce, key) : null;
}

/** The two ends of a box between key pairs (curve25519-xsalsa20-poly1305). Null also where the peer's key is weak. */
export interface BoxParties {
  readonly nonce: Uint8Array;
  readonly peerPublicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

export function sealBox(message: Uint8Array, parties: BoxParties): Uint8Array | null {
  const key = boxKey(parties);
  return key && sealSecretBox(message, parties.nonce, key);
}

export function openBox(box: Uint8Array, parties: BoxParties): Uint8Array | null {
  const key = boxKey(parties);
  return key && openSecretBox(box, parties.nonce, key);
}

function boxKey({ peerPublicKey, secretKey }: BoxParties): Uint8Array | null {
  return agree(secretKey, peerPublicKey) && nacl.box.before(peerPublicKey, secretKey);
}
