import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';

export interface BackedUpFile {
  /** From the site folder, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface BackupContent {
  readonly madeAt: string;
  readonly site: string;
  readonly files: readonly BackedUpFile[];
}

const headSchema = z.strictObject({
  format: z.literal(1),
  madeAt: z.iso.datetime(),
  site: z.string(),
  files: z.array(z.strictObject({ path: z.string().max(400), length: z.int().nonnegative(), sha256: z.string().length(64) })).max(1_000_000),
});

const MAGIC = Buffer.from('CONSILIUM BACKUP 1\n', 'latin1');
const [COST, SALT, NONCE, TAG] = [1, 16, 12, 16];
/** log2 of scrypt's N: 128 MiB and half a second a guess. Below the least a backup is not opened, above the most it would not fit into memory. */
const USUAL_COST = 17;
const [LEAST_COST, MOST_COST] = [14, 20];
const LENGTH_BYTES = 4;
export const SHORTEST_PASSPHRASE = 12;

/**
 * One file: magic | cost | salt | nonce | AES-256-GCM of the gzipped content | tag, under scrypt of the passphrase (N = 2^cost, r 8). The key is new for each backup, since its salt is, so that no key seals two.
 * The content: length of the head | head as JSON | the files' bytes, one after another.
 */
export async function sealBackup({ madeAt, site, files }: BackupContent, passphrase: string, cost = USUAL_COST): Promise<Buffer> {
  const head = Buffer.from(JSON.stringify({ format: 1, madeAt, site, files: files.map(({ path, bytes }) => ({ path, length: bytes.length, sha256: sha256(bytes) })) }), 'utf8');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(head.length);
  const content = await promisify(gzip)(Buffer.concat([length, head, ...files.map(({ bytes }) => bytes)]));
  const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)];
  const front = Buffer.concat([MAGIC, Buffer.of(cost), salt]);
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt, cost), nonce).setAAD(front);
  return Buffer.concat([front, nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** What sealBackup wrote. E374 for anything else, also under another passphrase: the two cannot be told apart. */
export async function openBackup(sealed: Uint8Array, passphrase: string): Promise<BackupContent> {
  const bytes = Buffer.from(sealed);
  const start = MAGIC.length + COST + SALT + NONCE;
  const cost = bytes[MAGIC.length] ?? 0;
  if (cost < LEAST_COST || cost > MOST_COST || bytes.length < start + TAG || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw unreadable('The file is no backup of a site.');
  const front = bytes.subarray(0, start - NONCE);
  const decipher = createDecipheriv('aes-256-gcm', await keyOf(passphrase, front.subarray(MAGIC.length + COST), cost), bytes.subarray(front.length, start)).setAAD(front).setAuthTag(bytes.subarray(bytes.length - TAG));
  let content: Buffer;
  try {
    content = await promisify(gunzip)(Buffer.concat([decipher.update(bytes.subarray(start, bytes.length - TAG)), decipher.final()]));
  } catch {
    throw unreadable('The passphrase is another one, or the backup is damaged.');
  }
  return readContent(content);
}

function readContent(content: Buffer): BackupContent {
  const start = LENGTH_BYTES + content.readUInt32LE(0);
  const head = headSchema.safeParse(JSON.parse(content.subarray(LENGTH_BYTES, start).toString('utf8')));
  if (!head.success) throw unreadable('The backup is of another release.');
  let at = start;
  const files = head.data.files.map(({ path, length, sha256: digest }) => {
    const bytes = content.subarray(at, (at += length));
    if (bytes.length !== length || sha256(bytes) !== digest || !isInside(path)) throw unreadable('The backup is damaged.');
    return { path, bytes };
  });
  return { madeAt: head.data.madeAt, site: head.data.site, files };
}

/** A path that stays in the folder it is written to. */
export const isInside = (path: string): boolean => /^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split('/').some((part) => part === '.' || part === '..');

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function keyOf(passphrase: string, salt: Uint8Array, cost: number): Promise<Buffer> {
  return promisify<string, Uint8Array, number, object, Buffer>(scrypt)(passphrase.normalize('NFKC'), salt, 32, { N: 2 ** cost, r: 8, p: 1, maxmem: 2 ** (cost + 11) });
}

const unreadable = (why: string): ConsiliumError => new ConsiliumError(agentErrors.backupUnreadable, `${why} Nothing was restored.`);
