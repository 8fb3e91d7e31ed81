import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ConsiliumError, infrastructureErrors } from '@consilium/protocol';

import { processIdentity } from './processes.js';

export interface FolderLock {
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly identity: string;
  readonly nonce: string;
}

const fileName = 'supervisor.lock';

async function read(path: string): Promise<{ text: string; holder?: Holder } | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return { text, holder: JSON.parse(text) as Holder };
  } catch {
    return { text };
  }
}

/** A holder that died leaves its file; a process that only has the same number is not the holder. */
async function isAlive(holder: Holder | undefined): Promise<boolean> {
  return holder !== undefined && (await processIdentity(holder.pid)) === holder.identity;
}

/** Moves a dead holder's file away. Two may try at once: whoever finds that it moved a living one's file puts it back. */
async function removeDead(path: string, expected: string, nonce: string): Promise<void> {
  const aside = `${path}.${nonce}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== expected) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function tryLock(folder: string, mine: Holder): Promise<FolderLock | undefined> {
  const path = join(folder, fileName);
  const text = JSON.stringify(mine);
  const draft = `${path}.${mine.nonce}.draft`;
  await writeFile(draft, text, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        // A link appears whole or not at all, and never over another.
        await link(draft, path);
        return { release: async () => void ((await read(path))?.text === text && (await rm(path, { force: true }))) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const found = await read(path);
      if (found && (await isAlive(found.holder))) return undefined;
      if (found) await removeDead(path, found.text, mine.nonce);
    }
    return undefined;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * The right to look after a data folder: one living process at a time, on one machine. Waits up to `waitMilliseconds`, then refuses with E701.
 * The lock of a killed process is free at once.
 */
export async function lockFolder(folder: string, waitMilliseconds = 0): Promise<FolderLock> {
  const identity = await processIdentity(process.pid);
  const mine: Holder = { pid: process.pid, identity: identity ?? '', nonce: randomBytes(8).toString('hex') };
  for (const end = Date.now() + waitMilliseconds; ; ) {
    const lock = await tryLock(folder, mine);
    if (lock) return lock;
    if (Date.now() >= end) {
      throw new ConsiliumError(infrastructureErrors.dataFolderInUse, 'Another program looks after the database in this data folder. Nothing was started.');
    }
    await sleep(25);
  }
}
