import nacl from 'tweetnacl';

export interface AgreementKeys {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** A fresh X25519 key pair; used for one handshake and forgotten. */
export function agreementKeys(): AgreementKeys {
  return nacl.box.keyPair();
}

/**
 * The X25519 shared secret (RFC 7748), or null where the peer's key has a wrong length or small order.
 *
 * A clamped scalar is a multiple of eight, so exactly the points of small order (and their second spellings) give an all-zero secret; RFC 7748 section 6.1
 * lets a protocol refuse it, and this one does: such a peer would fix the session key whatever we contribute.
 */
export function agree(secretKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | null {
  if (secretKey.length !== 32 || peerPublicKey.length !== 32) return null;
  const secret = nacl.scalarMult(secretKey, peerPublicKey);
  let bits = 0;
  for (const byte of secret) bits |= byte;
  return bits === 0 ? null : secret;
}
