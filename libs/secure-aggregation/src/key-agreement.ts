import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import nacl from 'tweetnacl';

export const AGREEMENT_KEY_BYTES = 32;

/** A key pair for one session, and what the peers are told of it. */
export interface SessionKeys {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');

export function newSessionKeys(): SessionKeys {
  const { privateKey } = generateKeyPairSync('x25519');
  return sessionKeysOf(rawKey(privateKey.export({ format: 'der', type: 'pkcs8' })));
}

export const sessionKeysOf = (secretKey: Uint8Array): SessionKeys => ({
  secretKey,
  publicKey: rawKey(createPublicKey(privateKeyObject(secretKey)).export({ format: 'der', type: 'spki' })),
});

/**
 * What two sites share: X25519 through HSalsa20, the same from either side, as nacl.box.before computes it. The agreement is the machine's own (a hundred
 * times tweetnacl's). Null where the peer's key has a wrong length or small order: such a key would make the shared key known to everybody.
 */
export function agreedKey(secretKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | null {
  if (secretKey.length !== AGREEMENT_KEY_BYTES || peerPublicKey.length !== AGREEMENT_KEY_BYTES) return null;
  let secret: Buffer;
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, peerPublicKey]), format: 'der', type: 'spki' });
    secret = diffieHellman({ privateKey: privateKeyObject(secretKey), publicKey });
  } catch {
    return null;
  }
  return secret.every((byte) => byte === 0) ? null : expand(secret);
}

const rawKey = (der: Buffer): Uint8Array => Uint8Array.from(der.subarray(der.length - AGREEMENT_KEY_BYTES));

/** Reading a key costs more than agreeing with it. */
const privateKeys = new WeakMap<Uint8Array, KeyObject>();

function privateKeyObject(secretKey: Uint8Array): KeyObject {
  const known = privateKeys.get(secretKey);
  if (known) return known;
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secretKey]), format: 'der', type: 'pkcs8' });
  privateKeys.set(secretKey, key);
  return key;
}

interface LowLevel {
  crypto_core_hsalsa20(out: Uint8Array, input: Uint8Array, key: Uint8Array, constant: Uint8Array): void;
}

const SIGMA = new TextEncoder().encode('expand 32-byte k');

function expand(secret: Uint8Array): Uint8Array {
  const key = new Uint8Array(AGREEMENT_KEY_BYTES);
  (nacl as unknown as { readonly lowlevel: LowLevel }).lowlevel.crypto_core_hsalsa20(key, new Uint8Array(16), secret, SIGMA);
  return key;
}
