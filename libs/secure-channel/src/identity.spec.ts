import { channelErrors } from '@consilium/protocol';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf } from './fingerprint.js';
import { FINGERPRINT_WORDS } from './fingerprint-words.js';
import { createIdentity, identityFromSeed, parsePublicKey, verifySignature } from './identity.js';
import { createIdentityFile, loadIdentity } from './identity-file.js';
import { declareRevocation, declareSuccession, readStatement } from './statement.js';

describe('an identity', () => {
  const identity = identityFromSeed(new Uint8Array(32).fill(7));

  it('signs for one purpose only', () => {
    const message = 'sha256 of a plan';
    const signature = identity.signText('plan', message);
    expect(verifySignature({ publicKey: identity.publicKey, purpose: 'plan', message, signature })).toBe(true);
    expect(verifySignature({ publicKey: identity.publicKey, purpose: 'decision', message, signature })).toBe(false);
    expect(verifySignature({ publicKey: identity.publicKey, purpose: 'plan', message: `${message}.`, signature })).toBe(false);
    expect(verifySignature({ publicKey: createIdentity().publicKey, purpose: 'plan', message, signature })).toBe(false);
  });

  it.each(['', 'zz', 'AA'.repeat(32), '00'.repeat(32), `01${'00'.repeat(31)}`])('cannot be claimed with the key "%s"', (publicKey) => {
    expect(parsePublicKey(publicKey)).toBeNull();
    expect(verifySignature({ publicKey, purpose: 'plan', message: 'x', signature: Buffer.alloc(64) })).toBe(false);
  });

  it('refuses signatures of other lengths without an exception', () => {
    for (const length of [0, 1, 63, 65, 128]) expect(verifySignature({ publicKey: identity.publicKey, purpose: 'x', message: 'x', signature: Buffer.alloc(length) })).toBe(false);
  });
});

describe('a fingerprint', () => {
  it('is ten words, of a list of 256 different short ones', () => {
    expect(new Set(FINGERPRINT_WORDS).size).toBe(256);
    expect(FINGERPRINT_WORDS.every((word) => /^[a-z]{3,9}$/.test(word))).toBe(true);
    expect(fingerprintOf(createIdentity().publicKey).words.split(' ')).toHaveLength(10);
  });

  it('is the same in every release: people have written it down', () => {
    // sha256 of 'consilium fingerprint 1\0' and 32 zero bytes, by sha256sum.
    const { hex, words } = fingerprintOf('00'.repeat(32));
    expect(hex.replaceAll(' ', '')).toBe('cb421331b028940ad85c2d6710c557a7d5a74e9052ed26caf7a612a9eb38bb61');
    expect(words).toBe(Array.from(Buffer.from(hex.slice(0, 24).replaceAll(' ', ''), 'hex'), (byte) => FINGERPRINT_WORDS[byte]).join(' '));
    expect([FINGERPRINT_WORDS[0], FINGERPRINT_WORDS[127], FINGERPRINT_WORDS[255]]).toStrictEqual(['acorn', 'hero', 'zebra']);
  });
});

describe('an identity file', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'consilium-identity-'))));
  afterAll(() => rm(folder, { recursive: true }));

  it('gives the identity back, is for its owner only, and leaves nothing beside it', async () => {
    const path = join(folder, 'identity.json');
    const made = await createIdentityFile(path);
    expect((await loadIdentity(path)).publicKey).toBe(made.publicKey);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toStrictEqual(['identity.json']);
  });

  it('is never overwritten', async () => {
    const path = join(folder, 'identity.json');
    const before = await readFile(path);
    await expect(createIdentityFile(path)).rejects.toMatchObject({ code: channelErrors.identityExists.code });
    expect(await readFile(path)).toStrictEqual(before);
    expect(await readdir(folder)).toStrictEqual(['identity.json']);
  });

  it.each(['absent', 'readable by the group', 'no JSON', 'of a later version', 'with halves that do not fit', 'with a short seed'])('is refused when %s', async (how) => {
    const path = join(folder, `${how}.json`);
    const content = { format: 'consilium-identity', version: 1, publicKey: createIdentity().publicKey, seed: Buffer.alloc(how === 'with a short seed' ? 8 : 32).toString('base64') };
    if (how === 'of a later version') content.version = 2;
    if (how !== 'absent') await writeFile(path, how === 'no JSON' ? '{' : JSON.stringify(content), { mode: 0o600 });
    if (how === 'readable by the group') await chmod(path, 0o640);
    const refusal = await loadIdentity(path).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(refusal).toMatchObject({ code: channelErrors.identityUnreadable.code });
    expect(refusal!.message).not.toContain(folder);
  });
});

describe('signed statements', () => {
  const [old, next, centre, stranger] = [createIdentity(), createIdentity(), createIdentity(), createIdentity()];
  const at = '2026-11-23T08:00:00.000Z';

  it('a succession holds when both keys signed it, and not with one', () => {
    const statement = declareSuccession(old, next, at);
    expect(readStatement(statement)).toStrictEqual({ kind: 'succession', oldKey: old.publicKey, newKey: next.publicKey, at });
    for (const key of [old, next]) {
      const { [key.publicKey]: _, ...signatures } = statement.signatures;
      expect(readStatement({ ...statement, signatures })).toBeNull();
    }
  });

  it('a revocation holds when the key itself or the centre signed it, and not from a stranger', () => {
    const words = { at, reason: 'the laptop was stolen' };
    expect(readStatement(declareRevocation(old.publicKey, old, words))).toMatchObject({ kind: 'revocation', key: old.publicKey });
    expect(readStatement(declareRevocation(old.publicKey, centre, words), [centre.publicKey])).not.toBeNull();
    expect(readStatement(declareRevocation(old.publicKey, centre, words))).toBeNull();
    expect(readStatement(declareRevocation(old.publicKey, stranger, words), [centre.publicKey])).toBeNull();
  });

  it('any changed character is refused, and so is another spelling of the same content', () => {
    const statement = declareSuccession(old, next, at);
    for (let i = 0; i < statement.text.length; i++) {
      const text = `${statement.text.slice(0, i)}${statement.text[i] === '1' ? '2' : '1'}${statement.text.slice(i + 1)}`;
      expect(readStatement({ ...statement, text })).toBeNull();
    }
    const spaced = JSON.stringify(JSON.parse(statement.text), null, 1);
    const signatures = Object.fromEntries([old, next].map((key) => [key.publicKey, key.signText('key statement', spaced)]));
    expect(readStatement({ text: spaced, signatures })).toBeNull();
  });

  it('a signature for another purpose does not count', () => {
    const { text } = declareRevocation(old.publicKey, old, { at, reason: 'lost' });
    expect(readStatement({ text, signatures: { [old.publicKey]: old.signText('plan', text) } })).toBeNull();
  });
});
