import { createHash } from 'node:crypto';
import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeUnfinished, writeDurably } from '@consilium/operations';
import { ConsiliumError, coordinatorErrors } from '@consilium/protocol';

/** Content-addressed files: a file's name is the sha256 of its bytes. What is here is on the disk. */
export class ArtefactStore {
  private constructor(private readonly folder: string) {}

  static async open(folder: string): Promise<ArtefactStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeUnfinished(folder);
    return new ArtefactStore(folder);
  }

  /** Resolves with the digest when the bytes would survive a power cut. */
  async put(bytes: Uint8Array, digest = createHash('sha256').update(bytes).digest('hex')): Promise<string> {
    const path = join(this.folder, digest);
    if (!(await exists(path))) await writeDurably(path, bytes);
    return digest;
  }

  /** The bytes, checked against their name. */
  async get(digest: string): Promise<Buffer> {
    const bytes = await readFile(join(this.folder, digest)).catch(() => null);
    if (bytes === null || createHash('sha256').update(bytes).digest('hex') !== digest) {
      throw new ConsiliumError(
        coordinatorErrors.artefactMissing,
        `The file ${digest.slice(0, 12)} is absent from the artefacts folder, or altered. The run waits; nothing was asked of a site.`,
      );
    }
    return bytes;
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
