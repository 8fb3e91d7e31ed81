import { createHash, hkdfSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { openBox, openSecretBox, sealBox, sealSecretBox } from './boxes.js';
import { isStrongPublicKey, publicKeyOf, sign, signingKey, verify, verifyByTweetnacl } from './ed25519.js';
import { agree } from './x25519.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const base64 = (text: string): Buffer => Buffer.from(text, 'base64');
const read = (path: string): never => JSON.parse(readFileSync(path, 'utf8')) as never;

interface Agreement {
  tcId: number;
  public: string;
  private: string;
  shared: string;
}
interface Verification {
  tcId: number;
  comment: string;
  publicKey: string;
  msg: string;
  sig: string;
  result: 'valid' | 'invalid';
}
interface Vectors {
  x25519: Agreement[];
  ed25519: Verification[];
  sign: [string, string, string][];
  box: [string, string, string, string][];
  secretbox: [string, string, string, string][];
}

const ZERO_SECRET = '00'.repeat(32);

/** Every secret equal, and every all-zero one refused; returns how many were refused. */
function checkAgreements(cases: Agreement[]): number {
  let refused = 0;
  for (const each of cases) {
    const secret = agree(hex(each.private), hex(each.public));
    if (each.shared === ZERO_SECRET) {
      refused++;
      expect(secret, `case ${each.tcId} has a weak peer key`).toBeNull();
    } else expect(Buffer.from(secret!).toString('hex'), `case ${each.tcId}`).toBe(each.shared);
  }
  return refused;
}

/** Both implementations say what the vector says, and neither throws. */
function checkVerifications(cases: Verification[]): void {
  for (const each of cases) {
    for (const check of [verify, verifyByTweetnacl]) {
      expect(check(hex(each.publicKey), hex(each.msg), hex(each.sig)), `case ${each.tcId} (${each.comment}) by ${check.name}`).toBe(each.result === 'valid');
    }
  }
}

function checkSignatures(cases: [string, string, string][]): void {
  for (const [secretKey, message, expected] of cases) {
    const seed = base64(secretKey).subarray(0, 32);
    const signature = sign(signingKey(seed), base64(message));
    expect(signature.toString('base64')).toBe(expected);
    expect(Buffer.from(publicKeyOf(seed))).toStrictEqual(base64(secretKey).subarray(32));
    expect(verify(publicKeyOf(seed), base64(message), signature)).toBe(true);
  }
}

function checkBoxes(cases: [string, string, string, string][]): void {
  const nonce = new Uint8Array(24);
  for (const [publicKey, secretKey, message, box] of cases) {
    const parties = { nonce, peerPublicKey: base64(publicKey), secretKey: base64(secretKey) };
    expect(Buffer.from(sealBox(base64(message), parties)!).toString('base64')).toBe(box);
    expect(Buffer.from(openBox(base64(box), parties)!)).toStrictEqual(base64(message));
  }
}

function checkSecretBoxes(cases: [string, string, string, string][]): void {
  for (const [key, nonce, message, box] of cases) {
    expect(Buffer.from(sealSecretBox(base64(message), base64(nonce), base64(key))!).toString('base64')).toBe(box);
    expect(Buffer.from(openSecretBox(base64(box), base64(nonce), base64(key))!)).toStrictEqual(base64(message));
  }
}

describe('published vectors carried here', () => {
  const vectors: Vectors = read(fileURLToPath(new URL('./fixtures/vectors.json', import.meta.url)));
  it('fault 1: X25519: equal secrets, weak keys refused', () => expect(checkAgreements(vectors.x25519)).toBe(8));
  it('fault 2: Ed25519: valid accepted, everything else refused', () => checkVerifications(vectors.ed25519));
  it('Ed25519: signatures are those of the standard', () => checkSignatures(vectors.sign));
  it('boxes between key pairs', () => checkBoxes(vectors.box));
  it('boxes under a shared key', () => checkSecretBoxes(vectors.secretbox));
});

const folder = process.env['CONSILIUM_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const wycheproof = (name: string): string => `${folder}/crypto/wycheproof/${name}_test.json`;
const naclFile = (name: string): string => `${folder}/crypto/nacl/${name}.json`;

interface Suite<T> {
  numberOfTests: number;
  testGroups: { publicKey: { pk: string }; tests: T[] }[];
}

describe.skipIf(!existsSync(wycheproof('x25519')))('all published vectors', () => {
  it('fault 1: 518 of Wycheproof X25519, 31 of them with a weak key', () => {
    const suite: Suite<Agreement> = read(wycheproof('x25519'));
    const cases = suite.testGroups.flatMap((group) => group.tests);
    expect(cases).toHaveLength(518);
    expect(checkAgreements(cases)).toBe(31);
  });

  it('fault 2: 151 of Wycheproof Ed25519, by both implementations', () => {
    const suite: Suite<Verification> = read(wycheproof('ed25519'));
    const cases = suite.testGroups.flatMap((group) => group.tests.map((test) => ({ ...test, publicKey: group.publicKey.pk })));
    expect(cases).toHaveLength(151);
    checkVerifications(cases);
    expect(cases.every((each) => isStrongPublicKey(hex(each.publicKey)))).toBe(true);
  });

  it('83 of Wycheproof HKDF-SHA-512, which derives the session keys', () => {
    const suite: Suite<{ tcId: number; ikm: string; salt: string; info: string; size: number; okm: string; result: string }> = read(wycheproof('hkdf_sha512'));
    for (const each of suite.testGroups.flatMap((group) => group.tests)) {
      const derive = (): string => Buffer.from(hkdfSync('sha512', hex(each.ikm), hex(each.salt), hex(each.info), each.size)).toString('hex');
      if (each.result === 'valid') expect(derive(), `case ${each.tcId}`).toBe(each.okm);
      else expect(derive, `case ${each.tcId}`).toThrow();
    }
  });

  it('signatures of NaCl', () => checkSignatures(read(naclFile('sign.spec'))));
  it('boxes of NaCl', () => checkBoxes(read(naclFile('box.random'))));
  it('secret boxes of NaCl', () => checkSecretBoxes(read(naclFile('secretbox.random'))));

  it('scalar multiplications of NaCl', () => {
    for (const [publicA, secretA, publicB, secretB, shared] of read(naclFile('scalarmult.random')) as [string, string, string, string, string][]) {
      expect(Buffer.from(agree(base64(secretA), base64(publicB))!).toString('base64')).toBe(shared);
      expect(Buffer.from(agree(base64(secretB), base64(publicA))!).toString('base64')).toBe(shared);
    }
  });

  it('hashes and one-time authenticators of NaCl', () => {
    for (const [message, expected] of read(naclFile('hash.random')) as [string, string][]) {
      expect(createHash('sha512').update(base64(message)).digest('base64')).toBe(expected);
    }
    for (const [expected, message] of read(naclFile('hash.spec')) as [number[], number[]][]) {
      expect([...createHash('sha512').update(new Uint8Array(message)).digest()]).toStrictEqual(expected);
    }
    const { crypto_onetimeauth: authenticate } = (nacl as unknown as { lowlevel: { crypto_onetimeauth(...args: unknown[]): void } }).lowlevel;
    for (const { m, k, out } of read(naclFile('onetimeauth.spec')) as { m: number[]; k: number[]; out: number[] }[]) {
      const tag = new Uint8Array(16);
      authenticate(tag, 0, new Uint8Array(m), 0, m.length, new Uint8Array(k));
      expect([...tag]).toStrictEqual(out);
    }
  });
});

describe('faults 3, 5: what must be refused', () => {
  const orderEight = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a';
  it.each([
    ['the identity', `01${'00'.repeat(31)}`],
    ['the identity with a sign', `01${'00'.repeat(30)}80`],
    ['order two', `ec${'ff'.repeat(30)}7f`],
    ['order four', '00'.repeat(32)],
    ['order eight', orderEight],
    ['order eight, negative', `${orderEight.slice(0, 62)}fa`],
    ['the identity spelled as p + 1', `ee${'ff'.repeat(30)}7f`],
    ['zero spelled as p', `ed${'ff'.repeat(30)}7f`],
    ['a y beyond p', `f1${'ff'.repeat(30)}ff`],
    ['a point off the curve', `02${'00'.repeat(31)}`],
    ['31 bytes', '11'.repeat(31)],
    ['nothing', ''],
  ])('%s as a public key', (_, key) => {
    expect(isStrongPublicKey(hex(key))).toBe(false);
    // Under a key of small order this signature (R = identity, S = 0) would hold for every message that hashes kindly.
    const signature = hex(`01${'00'.repeat(63)}`);
    for (let i = 0; i < 16; i++) {
      expect(verify(hex(key), Buffer.from([i]), signature)).toBe(false);
      expect(verifyByTweetnacl(hex(key), Buffer.from([i]), signature)).toBe(false);
    }
  });

  it('secret boxes with keys, nonces or boxes of a wrong length, without an exception', () => {
    for (const length of [0, 1, 31, 33]) {
      expect(sealSecretBox(new Uint8Array(3), new Uint8Array(24), new Uint8Array(length))).toBeNull();
      expect(openSecretBox(new Uint8Array(40), new Uint8Array(24), new Uint8Array(length))).toBeNull();
    }
    for (const length of [0, 23, 25]) expect(openSecretBox(new Uint8Array(40), new Uint8Array(length), new Uint8Array(32))).toBeNull();
    for (let length = 0; length < 16; length++) expect(openSecretBox(new Uint8Array(length), new Uint8Array(24), new Uint8Array(32))).toBeNull();
    expect(agree(new Uint8Array(31), new Uint8Array(32))).toBeNull();
    expect(sealBox(new Uint8Array(3), { nonce: new Uint8Array(24), peerPublicKey: new Uint8Array(32), secretKey: new Uint8Array(32).fill(9) })).toBeNull();
  });
});
