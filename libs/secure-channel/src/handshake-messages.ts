import { channelErrors, errorCodes, type ErrorCode } from '@consilium/protocol';
import { createHash, hkdfSync } from 'node:crypto';
import { SUITES, type SuiteName } from './suites.js';

/** The forms of the three handshake messages, their digests and the keys that follow from them. Everything from outside is checked field by field. */
export const HANDSHAKE_LIMIT_BYTES = 8192;
export const NONCE_BYTES = 32;

/** First message, from the agent. */
export interface Offer {
  readonly format: 'consilium channel 1';
  readonly protocol: number;
  readonly productVersion: string;
  readonly suites: readonly SuiteName[];
  readonly ephemeral: string;
  readonly nonce: string;
  readonly clock: number;
}

/** Second message, from the coordinator, signed. It repeats what the coordinator would have allowed, so that the agent can check the choice. */
export interface Choice extends Offer {
  readonly identity: string;
  readonly suite: SuiteName;
}

/** The signed second message where the coordinator says no. */
export interface Refusal {
  readonly identity: string;
  readonly refusal: string;
  readonly sentence: string;
}

/** Third message, from the agent, signed and sealed: nobody on the way learns which site this is. */
export interface Claims {
  readonly identity: string;
  readonly name: string;
  /** Random, made when the agent program started: tells a reconnecting agent from a second one with the same key. */
  readonly instance: string;
}

export const encode = (message: object): Buffer => Buffer.from(JSON.stringify(message));

export function decode(bytes: Uint8Array): Record<string, unknown> | null {
  if (bytes.length > HANDSHAKE_LIMIT_BYTES) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export function readOffer(fields: Record<string, unknown>): Offer | null {
  const { format, protocol, productVersion, suites, ephemeral, nonce, clock } = fields;
  if (format !== 'consilium channel 1' || !isCount(protocol) || !isShortText(productVersion, 40) || !isCount(clock)) return null;
  if (!isBase64Of(ephemeral, 32) || !isBase64Of(nonce, NONCE_BYTES) || !Array.isArray(suites) || suites.length > 16) return null;
  // Names of suites that a later release may add are no mistake of this message.
  const known = SUITES.filter((suite) => suites.includes(suite));
  return { format, protocol, productVersion, suites: known, ephemeral, nonce, clock };
}

export function readChoice(fields: Record<string, unknown>): Choice | null {
  const offer = readOffer(fields);
  const { identity, suite } = fields;
  return offer !== null && isPublicKeyText(identity) && isSuite(suite) ? { ...offer, identity, suite } : null;
}

export function readRefusal(fields: Record<string, unknown>): (Refusal & { readonly code: ErrorCode }) | null {
  const { identity, refusal, sentence } = fields;
  const code = errorCodes.find((each) => each.code === refusal);
  return code && isPublicKeyText(identity) && isShortText(sentence, 300) ? { identity, refusal: code.code, sentence, code } : null;
}

export function readClaims(fields: Record<string, unknown>): Claims | null {
  const { identity, name, instance } = fields;
  return isPublicKeyText(identity) && isShortText(name, 60) && isBase64Of(instance, 16) ? { identity, name, instance } : null;
}

/** The best suite both allow, by the fixed order; undefined where there is none. */
export const bestCommonSuite = (ours: readonly SuiteName[], theirs: readonly SuiteName[]): SuiteName | undefined =>
  SUITES.find((suite) => ours.includes(suite) && theirs.includes(suite));

export const signatureProblem = (fromPinnedKey: boolean): ErrorCode => (fromPinnedKey ? channelErrors.transcriptMismatch : channelErrors.wrongKey);

/** sha512 over a label and the parts, each after its length, so that no two lists of parts give the same bytes. */
export function transcriptOf(label: string, parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha512').update(`consilium channel 1 ${label}\0`);
  for (const part of parts) {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(part.length);
    hash.update(length).update(part);
  }
  return hash.digest();
}

export const deriveKey = (secret: Uint8Array, transcript: Uint8Array, label: string): Buffer =>
  Buffer.from(hkdfSync('sha512', secret, transcript, `consilium channel 1 ${label}`, 32));

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isShortText = (value: unknown, longest: number): value is string => typeof value === 'string' && value.length <= longest && !/[\u0000-\u001f\u007f-\u009f]/.test(value);
const isBase64Of = (value: unknown, bytes: number): value is string =>
  typeof value === 'string' && value.length <= 64 && Buffer.from(value, 'base64').length === bytes && Buffer.from(value, 'base64').toString('base64') === value;
const isPublicKeyText = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isSuite = (value: unknown): value is SuiteName => SUITES.includes(value as SuiteName);
