import { createPrivateKey, createPublicKey, sign as nodeSign, verify as nodeVerify, type KeyObject } from 'node:crypto';
import nacl from 'tweetnacl';

/**
 * Ed25519 (RFC 8032) with the checks that tweetnacl leaves out, the same before either implementation: signature of exactly 64 bytes with S < L
 * (no second valid signature of a message), public key canonical and not of small order (no key that verifies for everybody).
 * Nothing here throws for what came from outside: a bad key or signature is `false`.
 */
export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
export const SEED_BYTES = 32;

/** Order of the base point, little-endian. */
const GROUP_ORDER = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex');

const FIELD = 2n ** 255n - 19n;
const CURVE_D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** The canonical y of the points of order 1, 2, 4 and 8, little-endian, sign bit off. */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map((hex) => Buffer.from(hex, 'hex'));

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Whether bytes may serve as somebody's Ed25519 public key: a point of the curve, spelled canonically, not of small order. For enrolment. */
export function isStrongPublicKey(key: Uint8Array): boolean {
  return isAcceptablePublicKey(key) && isOnCurve(key);
}

/** What is checked before every verification; a point off the curve fails in the verification itself. */
function isAcceptablePublicKey(key: Uint8Array): boolean {
  if (key.length !== PUBLIC_KEY_BYTES) return false;
  const y = withoutSign(key);
  return !isFieldOverflow(y) && !SMALL_ORDER_Y.some((weak) => weak.equals(y));
}

function withoutSign(key: Uint8Array): Buffer {
  const y = Buffer.from(key);
  y[31]! &= 0x7f;
  return y;
}

/** y ≥ p = 2^255 - 19: a second spelling of a smaller y. */
function isFieldOverflow(y: Buffer): boolean {
  return y[31] === 0x7f && y[0]! >= 0xed && y.subarray(1, 31).every((byte) => byte === 0xff);
}

/** Whether x² = (y² - 1) / (d·y² + 1) has a root, by Euler's criterion on the product of both sides. */
function isOnCurve(key: Uint8Array): boolean {
  const y = BigInt(`0x${withoutSign(key).reverse().toString('hex')}`);
  const numerator = (y * y - 1n + FIELD) % FIELD;
  const denominator = (CURVE_D * y * y + 1n) % FIELD;
  return power((numerator * denominator) % FIELD, (FIELD - 1n) / 2n) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, bits = exponent; bits > 0n; bits >>= 1n, square = (square * square) % FIELD) {
    if (bits & 1n) result = (result * square) % FIELD;
  }
  return result;
}

function areAcceptable(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === SIGNATURE_BYTES && isReducedScalar(signature.subarray(32)) && isAcceptablePublicKey(publicKey);
}

function isReducedScalar(s: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) if (s[i] !== GROUP_ORDER[i]) return s[i]! < GROUP_ORDER[i]!;
  return false;
}

/** Whether `signature` is the holder of `publicKey`'s over `message`, computed by node:crypto. */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!areAcceptable(publicKey, signature)) return false;
  try {
    return nodeVerify(null, message, publicKeyObject(publicKey), signature);
  } catch {
    return false;
  }
}

/** The same answer by tweetnacl: the witness of the fast path. */
export function verifyByTweetnacl(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return areAcceptable(publicKey, signature) && nacl.sign.detached.verify(message, signature, publicKey);
}

/** A key that signs many times: import it once. */
export function signingKey(seed: Uint8Array): KeyObject {
  if (seed.length !== SEED_BYTES) throw new RangeError('an Ed25519 seed has 32 bytes');
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return createPublicKey(signingKey(seed)).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
}

export function sign(key: KeyObject, message: Uint8Array): Buffer {
  return nodeSign(null, message, key);
}

/** Keys that were imported, by their bytes: the same few parties sign every message. */
const imported = new Map<string, KeyObject>();
const IMPORTED_KEPT = 128;

function publicKeyObject(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.length).toString('latin1');
  const known = imported.get(name);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  if (imported.size >= IMPORTED_KEPT) imported.delete(imported.keys().next().value!);
  imported.set(name, key);
  return key;
}
