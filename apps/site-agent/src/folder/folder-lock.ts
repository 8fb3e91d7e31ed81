import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { readFileSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { storageTrouble } from './storage-trouble.js';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * The right to work in a site folder: one agent at a time, since two would write one ledger. A lock whose program is gone (killed, or
 * the machine restarted) is taken over.
 */
export async function lockFolder(path: string): Promise<FolderLock> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      return await takeLock(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotStart(error);
      if ((await holderOf(path)) !== undefined) break;
      await rm(path, { force: true });
    }
  }
  throw new ConsiliumError(agentErrors.agentRunning);
}

async function takeLock(path: string): Promise<FolderLock> {
  const handle = await open(path, 'wx', 0o600);
  const release = () => rm(path, { force: true });
  try {
    await handle.writeFile(JSON.stringify({ pid: process.pid, started: startOf(process.pid) }));
  } catch (error) {
    await release();
    throw error;
  } finally {
    await handle.close();
  }
  return { release };
}

/** Whatever keeps the lock from being written keeps ledger and outbox from it too. */
const cannotStart = (cause: unknown): ConsiliumError =>
  storageTrouble(cause, 'Nothing was started.') ?? new ConsiliumError(agentErrors.storageTrouble, 'The agent may not write in the site folder. Nothing was started.', { cause });

/** Process id of the live program that holds the lock. */
export async function holderOf(path: string): Promise<number | undefined> {
  try {
    const { pid, started } = JSON.parse(await readFile(path, 'utf8')) as { pid: number; started: string | null };
    process.kill(pid, 0);
    // A process id is used again after a while; its start time tells the two apart where the system gives it.
    return isZombie(pid) || startOf(pid) !== started ? undefined : pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? -1 : undefined;
  }
}

const statOf = (pid: number): string[] | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
};

const startOf = (pid: number): string | null => statOf(pid)?.[19] ?? null;

const isZombie = (pid: number): boolean => statOf(pid)?.[0] === 'Z';
