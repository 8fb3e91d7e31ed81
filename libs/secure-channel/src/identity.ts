import { createHash, randomBytes } from 'node:crypto';
import { isStrongPublicKey, publicKeyOf, SEED_BYTES, sign, signingKey, verify } from './ed25519.js';
import { fingerprintOf, type Fingerprint } from './fingerprint.js';

const PUBLIC_KEY = /^[0-9a-f]{64}$/;

/** One party's Ed25519 key pair. The secret half does not leave the object but by `seed`, which only the identity file reads. */
export interface Identity {
  /** 64 lower-case hexadecimal characters. */
  readonly publicKey: string;
  readonly fingerprint: Fingerprint;
  /** Signs the sha512 of a message for one purpose; a signature given for one purpose says nothing for another. */
  sign(purpose: string, message: Uint8Array | string): Buffer;
  /** The same as base64, for messages that are JSON. */
  signText(purpose: string, message: string): string;
  seed(): Uint8Array;
}

export function createIdentity(): Identity {
  return identityFromSeed(randomBytes(SEED_BYTES));
}

export function identityFromSeed(seed: Uint8Array): Identity {
  const kept = Uint8Array.from(seed);
  const publicKey = Buffer.from(publicKeyOf(kept)).toString('hex');
  const key = signingKey(kept);
  const signFor = (purpose: string, message: Uint8Array | string): Buffer => sign(key, signedBytes(purpose, message));
  return {
    publicKey,
    fingerprint: fingerprintOf(publicKey),
    sign: signFor,
    signText: (purpose, message) => signFor(purpose, message).toString('base64'),
    seed: () => Uint8Array.from(kept),
  };
}

export interface SignedMessage {
  /** 64 hexadecimal characters. */
  readonly publicKey: string;
  readonly purpose: string;
  readonly message: Uint8Array | string;
  /** Bytes, or base64. */
  readonly signature: Uint8Array | string;
}

/** Whether Identity.sign of this key made the signature. Malformed keys and signatures are false. */
export function verifySignature({ publicKey, purpose, message, signature }: SignedMessage): boolean {
  if (!PUBLIC_KEY.test(publicKey)) return false;
  return verify(Buffer.from(publicKey, 'hex'), signedBytes(purpose, message), typeof signature === 'string' ? Buffer.from(signature, 'base64') : signature);
}

/** The bytes of a public key, or null unless it is 64 lower-case hexadecimal characters of a strong key. Check at enrolment, before storing. */
export function parsePublicKey(publicKey: unknown): Buffer | null {
  if (typeof publicKey !== 'string' || !PUBLIC_KEY.test(publicKey)) return null;
  const bytes = Buffer.from(publicKey, 'hex');
  return isStrongPublicKey(bytes) ? bytes : null;
}

function signedBytes(purpose: string, message: Uint8Array | string): Buffer {
  return Buffer.concat([Buffer.from(`consilium signature 1\0${purpose}\0`), createHash('sha512').update(message).digest()]);
}
