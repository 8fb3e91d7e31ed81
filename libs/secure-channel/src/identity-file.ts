import { channelErrors, ConsiliumError } from '@consilium/protocol';
import { randomBytes } from 'node:crypto';
import { link, lstat, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createIdentity, identityFromSeed, type Identity } from './identity.js';

const FORMAT = 'consilium-identity';
const VERSION = 1;

/** Makes an identity and stores it, durably, for its owner's eyes only. Refuses to replace one. */
export async function createIdentityFile(path: string): Promise<Identity> {
  const identity = createIdentity();
  await storeIdentity(path, identity);
  return identity;
}

export async function storeIdentity(path: string, identity: Identity): Promise<void> {
  const content = { format: FORMAT, version: VERSION, publicKey: identity.publicKey, seed: Buffer.from(identity.seed()).toString('base64') };
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    // A hard link, not a rename: it fails where the name is taken.
    await link(draft, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw new ConsiliumError(channelErrors.identityExists);
    throw cause;
  } finally {
    await unlink(draft);
  }
  const folder = await open(dirname(path));
  await folder.sync().finally(() => folder.close());
}

/** Puts the identity of one file in the place of another, at once and durably. The key that stood there is gone. */
export async function replaceIdentity(from: string, to: string): Promise<void> {
  await loadIdentity(from);
  await rename(from, to);
  const folder = await open(dirname(to));
  await folder.sync().finally(() => folder.close());
}

/** Reads an identity. Refuses a file that others may read, or whose halves do not belong together. */
export async function loadIdentity(path: string): Promise<Identity> {
  const status = await lstat(path).catch(() => undefined);
  if (!status?.isFile()) throw unusable('The identity file is missing.');
  if ((status.mode & 0o077) !== 0) throw unusable('The identity file can be read by other users. Set its mode to 600.');
  let seed: Buffer;
  let publicKey: unknown;
  try {
    const content = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    if (content['format'] !== FORMAT || content['version'] !== VERSION) throw unusable('The identity file is of another release.');
    seed = Buffer.from(String(content['seed']), 'base64');
    publicKey = content['publicKey'];
  } catch (cause) {
    throw cause instanceof ConsiliumError ? cause : unusable('The identity file is damaged.');
  }
  if (seed.length !== 32) throw unusable('The identity file is damaged.');
  const identity = identityFromSeed(seed);
  if (identity.publicKey !== publicKey) throw unusable('The identity file is damaged: its two keys do not belong together.');
  return identity;
}

const unusable = (sentence: string): ConsiliumError => new ConsiliumError(channelErrors.identityUnreadable, sentence);
