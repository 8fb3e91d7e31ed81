import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const unfinished = /^\..+\.[0-9a-f]{12}\.unfinished$/;

export interface DurableWriteOptions {
  /** Permissions of a new file; only its owner by default. */
  readonly mode?: number;
}

/** Makes the names in a folder survive a power cut: without it a renamed file may have its old name back. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders and needs no such call.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a file as a whole: after a crash at any instant the file holds either its old bytes or all of the new ones, and once the promise
 * resolves the new ones survive a power cut. Costs two waits for the disk.
 */
export async function writeDurably(path: string, data: string | Uint8Array, options: DurableWriteOptions = {}): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.unfinished`);
  try {
    const handle = await open(temporary, 'wx', options.mode ?? 0o600);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Removes what a crash left behind in a folder. Call at start, before anything writes there. */
export async function removeUnfinished(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => unfinished.test(name));
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
  return names.length;
}
