import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * sha256 of a file's bytes, or of the names and digests of a folder's files. Remembered while size, time and inode stay: an image is read again only
 * when it changed.
 */
export class ContentDigests {
  private readonly known = new Map<string, { readonly stamp: string; readonly digest: string }>();

  async of(path: string): Promise<string> {
    const { isFolder, stamp } = stampOf(path);
    const before = this.known.get(path);
    if (before?.stamp === stamp) return before.digest;
    const digest = isFolder ? await this.ofFolder(path) : await ofFile(path);
    this.known.set(path, { stamp, digest });
    return digest;
  }

  private async ofFolder(path: string): Promise<string> {
    const hash = createHash('sha256');
    for (const name of filesIn(path)) hash.update(JSON.stringify([name, await this.of(join(path, name))]));
    return hash.digest('hex');
  }
}

const filesIn = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name).sort();

function stampOf(path: string): { isFolder: boolean; stamp: string } {
  const one = statSync(path);
  const text = ({ size, mtimeMs, ino }: typeof one) => `${size} ${mtimeMs} ${ino}`;
  if (!one.isDirectory()) return { isFolder: false, stamp: text(one) };
  return { isFolder: true, stamp: filesIn(path).map((name) => `${name} ${text(statSync(join(path, name)))}`).join() };
}

async function ofFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
